"""Write `docs/reference/payloads.md`: one delivery of each kind, as the simulator makes it.

Run it with `python docs/payloads/make.py`; a test says when the page is out of date.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from litestar.types import Receive, Scope, Send

from roost.model.messages import OutboundMessage, QuickReply
from roost.simulator import actions, world_file
from roost.simulator.actions import Action
from roost.simulator.app import Options, Simulator
from roost.testing.in_process import InProcess
from roost.xapi import Credentials, XClient, signing

PAGE = Path(__file__).parents[1] / "reference/payloads.md"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOOK, X = "http://bot.test", "http://x.test"
ACME, ADA = "1001", "2002"

HEAD = """# What X delivers

One delivery of each kind, for the account *@acme* (1001), as the simulator makes it:
`python docs/payloads/make.py` writes this page. The header `x-twitter-webhooks-signature` signs
the bytes as they came ([securing a webhook](../howto/secure-a-webhook.md)). Deliveries come more
than once and in any order. Take the ids that are text: as numbers, JavaScript rounds them.
"""


@dataclass
class Stage:
    """A simulator with an account subscribed, and what was delivered last.

    Attributes:
        simulator: X.
        received: Bodies, oldest first.
    """

    simulator: Simulator
    secret: str
    received: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue[bytes])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be the webhook."""
        message = await receive()
        body = b""
        if scope["type"] == "http" and scope["method"] == "GET":
            body = signing.answer_challenge(
                scope["query_string"], signature=None, consumer_secrets=[self.secret]
            )
        elif message["type"] == "http.request":
            self.received.put_nowait(message.get("body", b""))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def act(self, user_id: str, action: str, **fields: object) -> str:
        """Play a user; give the id of what came of it."""
        wanted = msgspec.convert({"action": action, **fields}, Action)
        return str(actions.perform(self.simulator.simulation, user_id, wanted).id)

    async def delivered(self) -> object:
        """Wait for the next delivery, and read it."""
        async with asyncio.timeout(30):
            return json.loads(await self.received.get())


Play = Callable[[Stage, XClient], Awaitable[object]]


async def _received(stage: Stage, _x: XClient) -> object:
    await stage.act(ADA, "send_dm", to=ACME, text="Where is my order? https://shop.example/o/7")
    return await stage.delivered()


async def _sent(stage: Stage, x: XClient) -> object:
    replies = (QuickReply("Track it", "track"), QuickReply("Something else", "other"))
    await x.messages.send(ADA, OutboundMessage("How can we help?", replies))
    return await stage.delivered()


async def _tapped(stage: Stage, x: XClient) -> object:
    sent = await x.messages.send(ADA, OutboundMessage("Which?", (QuickReply("Track it", "track"),)))
    await stage.delivered()
    answer = {"message_id": sent.id, "metadata": "track"}
    await stage.act(ADA, "send_dm", to=ACME, quick_reply=answer)
    return await stage.delivered()


def _done(user_id: str, action: str, **fields: object) -> Play:
    async def play(stage: Stage, _x: XClient) -> object:
        await stage.act(user_id, action, **fields)
        return await stage.delivered()

    return play


def _undone(user_id: str, action: str, to: str) -> Play:
    async def play(stage: Stage, _x: XClient) -> object:
        await stage.act(user_id, action.removeprefix("un"), to=to)
        await stage.delivered()
        await stage.act(user_id, action, to=to)
        return await stage.delivered()

    return play


def _to_a_post(action: str, **fields: object) -> Play:
    async def play(stage: Stage, _x: XClient) -> object:
        post_id = await stage.act(ACME, "post", text="The sale begins")
        await stage.delivered()
        user_id = ACME if action == "delete_post" else ADA
        await stage.act(user_id, action, post_id=post_id, **fields)
        return await stage.delivered()

    return play


async def _read(stage: Stage, x: XClient) -> object:
    sent = await x.messages.send(ADA, OutboundMessage("Hello"))
    await stage.delivered()
    await stage.act(ADA, "read", to=ACME, message_id=sent.id)
    return await stage.delivered()


KINDS: Mapping[str, tuple[str, Play]] = {
    "A message from a customer": ("`direct_message_events`, `sender_id` is not ours.", _received),
    "A message of ours": ("The same key: an echo, with `source_app_id` and `apps`.", _sent),
    "A tap on a quick reply": ("`quick_reply_response` brings the option's metadata.", _tapped),
    "Typing": ("Neither id nor type.", _done(ADA, "typing", to=ACME)),
    "Read": ("Everything up to `last_read_event_id`.", _read),
    "A mention": ("A Post that names the account.", _done(ADA, "post", text="@acme hello")),
    "A reply": (
        "`in_reply_to_status_id_str` is set.",
        _to_a_post("post", kind="reply", text="@acme when?"),
    ),
    "A quote": ("`quoted_status` is set.", _to_a_post("post", kind="quote", text="Look")),
    "A repost": ("`retweeted_status` is set.", _to_a_post("post", kind="repost")),
    "A Post deleted": ("Remove your copy of it.", _to_a_post("delete_post")),
    "A like": ("`timestamp_ms` is a number here.", _to_a_post("like")),
    "A follow": ("`source` follows `target`.", _done(ADA, "follow", to=ACME)),
    "No longer followed": (
        "Under the same key, `type` tells it; only where the account did it.",
        _undone(ACME, "unfollow", ADA),
    ),
    "A block": ("By the account alone.", _done(ACME, "block", to=ADA)),
    "No longer blocked": ("Under the same key.", _undone(ACME, "unblock", ADA)),
    "A mute": ("By the account alone.", _done(ACME, "mute", to=ADA)),
    "No longer muted": ("Under the same key.", _undone(ACME, "unmute", ADA)),
    "An authorization taken back": (
        "One object, no `for_user_id`; the subscription is gone already.",
        _done(ACME, "revoke_app"),
    ),
}


async def page() -> str:
    """Make the page."""
    parts = [HEAD]
    for title, (about, play) in KINDS.items():
        body = json.dumps(await _made(play), indent=2, ensure_ascii=False)
        parts.append(f"## {title}\n\n{about}\n\n```json\n{body}\n```\n")
    return "\n".join(parts)


async def _made(play: Play) -> object:
    """Play one kind in a world of its own, at a moment of its own."""
    ways = InProcess()
    file = world_file.built_in()
    app = file.apps[0]
    async with Simulator(file, options=Options(is_clock_frozen=True), transport=ways) as simulator:
        simulator.simulation.clock.set(NOON, is_frozen=True)
        stage = Stage(simulator, app.consumer_secret)
        ways.mount(HOOK, stage)
        ways.mount(X, simulator.asgi)
        token = Credentials(
            app.consumer_key,
            app.consumer_secret,
            f"{ACME}-token-{app.app_id}",
            f"token-secret-{ACME}-{app.app_id}",
        )
        x = XClient(token, ways, simulator.simulation.clock, base_url=X)
        await x.webhooks.create("prod", HOOK)
        await x.subscriptions.add("prod")
        return await play(stage, x)


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
