"""What has happened in the demo before anybody looks: a Post, and four conversations.

Everything is done as people do it: customers write at the simulated X, agents use the desk's API.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec

from roost.demo import furniture, world
from roost.demo.controls import Controls, DemoFailed
from roost.demo.story import Line
from roost.xapi.transport import Request, Transport

ANSWERS_WITHIN = 30.0
"""Seconds the bot, or the desk, has for each of these."""

POST = "Where is your lamp by now? Our assistant knows."

CANNED = {
    "hello": "Hello {customer.name}, this is {agent.name}. Let me look into it.",
    "sorry": "I am sorry about that. I will send you a new one today.",
}
"""By name; agents find them after `/`."""

_LOOK_AGAIN = 0.05
_ALAN, _GRACE, _MIRA, _TOM = "2003", "2004", "2005", "2006"


class _Me(msgspec.Struct):
    person_id: str
    csrf: str


class Desk:
    """The desk's API as one of its people uses it.

    Args:
        transport: How requests are made.
        url: The application's address.
    """

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self._url = url
        self._headers = {"origin": url, "sec-fetch-site": "same-origin"}
        self.person_id = ""

    async def enter(self, link: str) -> None:
        """Log in by a link.

        Raises:
            DemoFailed: The desk refused.
        """
        token = link.rpartition("#")[2]
        answer = await self.call("POST", "/api/session/enter", {"token": token})
        me = msgspec.json.decode(answer, type=_Me)
        self._headers["x-roost-csrf"] = me.csrf
        self.person_id = me.person_id

    async def call(self, method: str, path: str, body: object = None) -> bytes:
        """Make one call, and keep the session it may begin.

        Raises:
            DemoFailed: The desk refused.
        """
        headers = {**self._headers, "idempotency-key": secrets.token_hex(16)}
        content = b"" if body is None else msgspec.json.encode(body)
        if content:
            headers["content-type"] = "application/json"
        answer = await self._transport.send(Request(method, f"{self._url}{path}", headers, content))
        if answer.status >= HTTPStatus.BAD_REQUEST:
            text = answer.body.decode(errors="replace")
            raise DemoFailed(f"the desk refused {method} {path}: {answer.status} {text}")
        if "set-cookie" in answer.headers:
            self._headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
        return answer.body


async def seed(controls: Controls, sam: Desk, robin: Desk) -> None:
    """Let it all happen.

    Args:
        controls: Of the simulator.
        sam: An admin, logged in; gets a custom profile and canned replies.
        robin: Somebody else, logged in; answers one of the conversations.

    Raises:
        DemoFailed: Somebody refused, or did not answer in time.
    """
    post = {"action": "post", "text": POST, "link": furniture.DEEP_LINK}
    await _act(controls, world.ACCOUNT_ID, post)
    await _furnish(sam)
    await _play(controls, _ALAN, "hello", "Track an order")
    await _play(controls, _GRACE, "I want a refund for my lamp, please.")
    await _play(controls, _TOM, "hello", "Track an order", "A1234", "yes")
    await _play(controls, _MIRA, "Can I talk to a person?")
    where = f"/api/conversations/{world.ACCOUNT_ID}/{world.ACCOUNT_ID}-{_MIRA}"

    async def answer() -> None:
        await robin.call("POST", f"{where}/replies", {"text": "Hello Mira, how can I help you?"})

    await _answered(controls, _MIRA, answer, n_answers=1)


async def _furnish(sam: Desk) -> None:
    account = f"/api/accounts/{world.ACCOUNT_ID}"
    chosen = {"profile_id": furniture.AGENT}
    await sam.call("PUT", f"{account}/voices/{sam.person_id}", chosen)
    for name, text in CANNED.items():
        canned = {"name": name, "text": text}
        await sam.call("PUT", f"{account}/canned/{secrets.token_hex(16)}", canned)


_ANSWERS = {"A1234": 2}
"""How many answers a message gets, where it is more than one."""


async def _play(controls: Controls, customer: str, *texts: str) -> None:
    """Let a customer write one thing after the other, each when the one before is answered."""
    for text in texts:

        async def write(written: str = text) -> None:
            await controls.send_dm(customer, world.ACCOUNT_ID, written)

        await _answered(controls, customer, write, n_answers=_ANSWERS.get(text, 1))


async def _answered(
    controls: Controls, customer: str, act: Callable[[], Awaitable[None]], *, n_answers: int
) -> None:
    before = await _n_answers(controls, customer)
    await act()
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            while True:
                if await _n_answers(controls, customer) >= before + n_answers:
                    return
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError as error:
        raise DemoFailed(f"customer {customer} was not answered") from error


async def _n_answers(controls: Controls, customer: str) -> int:
    raw = await controls.raw("GET", "/_sim/ledger")
    lines = (msgspec.json.decode(row, type=Line) for row in raw.splitlines())
    parties = world.ACCOUNT_ID, customer
    return sum(
        one.kind == "message" and (one.sender_id, one.recipient_id) == parties for one in lines
    )


async def _act(controls: Controls, user: str, action: dict[str, str]) -> None:
    await controls.raw("POST", f"/_sim/users/{user}/actions", msgspec.json.encode(action))
