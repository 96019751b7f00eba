"""`roost dm`: Direct Messages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated

from cyclopts import Parameter

from roost.cli import content, x_calls, x_texts
from roost.cli.content import NOTHING, Content
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.xapi.wire_dm import MessageEvent, OneEvent

run = x_calls.verb(
    "dm",
    "Send, show, list and delete Direct Messages.",
    'Examples: `roost dm send @ada "Hello"`, `roost dm list --with @ada`',
)


@run.command
async def send(
    recipient: str, text: str = "", *, carried: Content = NOTHING, who: Who = ANYBODY
) -> int:
    """Send a message. What is sent cannot be taken back.

    Examples: `roost dm send @ada "How can we help?" --quick-reply "Track an order|track"`,
    `roost dm send 2002 "Here it is" --button "Open=https://shop.example/o/7" --media cat.png`

    Args:
        recipient: Id or screen name.
        text: Up to 10,000 characters; may be left out where something is attached.
        carried: What else it carries.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> MessageEvent:
        to = await line.user_id(recipient)
        return await line.x.messages.send(to, await content.message(line.x, text, carried))

    return await x_calls.perform(
        who,
        action,
        lambda sent: f"sent as {sent.id}",
        {"recipient": recipient, "text": text[:80], **carried.typed()},
    )


@run.command
async def show(message_id: str, *, who: Who = ANYBODY) -> int:
    """Show a message of the account.

    Example: `roost dm show 1580000000000000030`

    Args:
        message_id: As `roost dm list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> OneEvent:
        return await line.x.messages.show(message_id)

    return await x_calls.perform(
        who, action, lambda one: x_texts.message(one.event), {"message_id": message_id}
    )


@run.command(name="list")
async def list_messages(
    *, peer: Annotated[str, Parameter("--with")] = "", most: int = 20, who: Who = ANYBODY
) -> int:
    """List messages of the last 30 days, sent and received, newest first.

    Examples: `roost dm list`, `roost dm list --with @ada --most 5`

    Args:
        peer: Only those with this user: id or screen name.
        most: How many at most.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> list[MessageEvent]:
        peer_id = await line.user_id(peer) if peer else ""
        found: list[MessageEvent] = []
        async with aclosing(aiter(line.x.messages.all())) as messages:
            async for one in messages:
                if not peer_id or peer_id in _participants(one):
                    found.append(one)
                if len(found) >= most:
                    break
        return found

    return await x_calls.perform(who, action, _listed, {"--with": peer})


@run.command
async def delete(message_id: str, *, who: Who = ANYBODY) -> int:
    """Delete a message from the account's own view at X; the other participant keeps it.

    What Roost has stored of it stays: `roost events erase` takes that away, too.

    Example: `roost dm delete 1580000000000000030`

    Args:
        message_id: As `roost dm list` shows it.
        who: In whose name, and how the answer is shown.
    """
    return await x_calls.done(
        who,
        lambda line: line.x.messages.delete(message_id),
        {"message_id": message_id},
        deleted=message_id,
    )


def _participants(event: MessageEvent) -> set[str]:
    create = event.message_create
    return {create.target.recipient_id, create.sender_id or ""}


def _listed(events: Sequence[MessageEvent]) -> str:
    return "\n".join(map(x_texts.message, events)) or "no messages"
