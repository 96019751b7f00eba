"""`roost demo --say`: one message, played once and told step by step, as the ledger has it."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from http import HTTPStatus

import msgspec

from roost.demo import world
from roost.demo.controls import Controls

ANSWERS_WITHIN = 15.0
"""Seconds the bot has to answer."""

_LOOK_AGAIN = 0.05


class Line(msgspec.Struct):
    """One line of the simulator's ledger, as far as the story needs it."""

    n: int
    kind: str
    event_id: str = ""
    delivery_id: str = ""
    attempt: int = 0
    status: int | None = None
    route: str | None = None
    message_id: str = ""
    sender_id: str = ""
    recipient_id: str = ""
    text: str = ""


class Delivery(msgspec.Struct):
    """One attempt of a delivery."""

    delivery_id: str
    attempt: int
    ms: float
    signature: str


class Request(msgspec.Struct):
    """One API call."""

    id: str
    method: str
    path: str
    auth: str
    status: int
    ms: float


class _Deliveries(msgspec.Struct):
    deliveries: list[Delivery]


class _Requests(msgspec.Struct):
    requests: list[Request]


async def play(controls: Controls, text: str, say: Callable[[str], None]) -> bool:
    """Send a message as the demo's customer and tell what happens to it.

    Args:
        controls: Of the simulator.
        text: What the customer writes.
        say: Prints one line.

    Returns:
        Whether the bot answered within 15 s.
    """
    message_id = await controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, text)
    say(f"customer   @ada wrote message {message_id}: {text}")
    teller = _Teller(controls, message_id, say)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            while True:
                if await teller.tell_new():
                    return True
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError:
        say(f"no answer   within {ANSWERS_WITHIN:.0f} s")
        return False


class _Teller:
    def __init__(self, controls: Controls, message_id: str, say: Callable[[str], None]) -> None:
        self._controls = controls
        self._message_id = message_id
        self._say = say
        self._told = 0
        self._is_begun = False
        self._left = {"message", "request"}

    async def tell_new(self) -> bool:
        """Tell what has been added to the ledger; whether the bot's answer and its request are."""
        raw = await self._controls.raw("GET", "/_sim/ledger")
        for row in raw.splitlines():
            line = msgspec.json.decode(row, type=Line)
            if line.n <= self._told:
                continue
            self._told = line.n
            self._is_begun |= line.kind == "message" and line.message_id == self._message_id
            if self._is_begun:
                await self._tell(line)
        return not self._left

    async def _tell(self, line: Line) -> None:
        match line.kind:
            case "attempt":
                await self._tell_delivery(line)
            case "request":
                await self._tell_request(line)
            case "message" if line.sender_id == world.ACCOUNT_ID:
                readable = html.unescape(line.text)
                self._say(f"answer     @acme wrote message {line.message_id}: {readable}")
                self._left.discard("message")
            case _:
                pass

    async def _tell_delivery(self, line: Line) -> None:
        page = msgspec.json.decode(
            await self._controls.raw("GET", "/_sim/deliveries"), type=_Deliveries
        )
        for one in page.deliveries:
            if (one.delivery_id, one.attempt) == (line.delivery_id, line.attempt):
                checked = "signature accepted" if line.status == HTTPStatus.OK else "not accepted"
                self._say(
                    f"delivery   {one.delivery_id} attempt {one.attempt}: {checked}"
                    f" ({one.signature[:19]}…), answered {line.status} in {one.ms:.1f} ms"
                )

    async def _tell_request(self, line: Line) -> None:
        page = msgspec.json.decode(
            await self._controls.raw("GET", "/_sim/requests"), type=_Requests
        )
        same = [one for one in page.requests if one.path == "/1.1/direct_messages/events/new.json"]
        if line.route == "dm.events.new" and same:
            one = same[0]
            self._left.discard("request")
            self._say(
                f"request    {one.id}: {one.method} {one.path}, {one.auth},"
                f" answered {one.status} in {one.ms:.1f} ms"
            )
