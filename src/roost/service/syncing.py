"""Bringing what a bot declares to X: its welcome messages."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from roost.bot import welcoming
from roost.bot.welcoming import MARK, Declared, Kept, Plan
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.xapi import XClient, envelope, wire_dm
from roost.xapi.wire_welcome import WelcomeMessage


class Synced(msgspec.Struct, frozen=True):
    """What was done, or would be; names of welcome messages.

    Attributes:
        made: New at X.
        changed: They say something else now.
        removed: Gone.
        default: Newly shown to everybody; `""` where nothing changed in that.
        is_done: False where only the plan was asked for.
    """

    made: list[str]
    changed: list[str]
    removed: list[str]
    default: str
    is_done: bool


async def sync(
    x: XClient, account_id: UserId, declared: Sequence[Declared], *, is_tried: bool = False
) -> Synced:
    """Bring welcome messages to X. Those others made are left alone; to repeat it is safe.

    Args:
        x: Speaks for the account.
        account_id: The account.
        declared: By its bot.
        is_tried: Whether only to tell what would be done.

    Raises:
        SendError: X did not take something; what was done before it stays.
    """
    wanted = welcoming.plan(declared, await _kept(x, account_id))
    if not is_tried:
        await _do(x, account_id, wanted)
    return Synced(
        made=[one.name for one in wanted.make],
        changed=[one.name for _, one in wanted.change],
        removed=[one.name.removeprefix(MARK) for one in wanted.remove],
        default=wanted.default,
        is_done=not is_tried,
    )


async def _kept(x: XClient, account_id: UserId) -> Sequence[Kept]:
    rules = [one async for one in x.welcome_rules.all()]
    default = max((int(one.id or 0), one.welcome_message_id) for one in rules)[1] if rules else ""
    return [
        Kept(
            str(one.id),
            "" if one.name is UNSET else str(one.name),
            _readable(one, account_id),
            is_default=one.id == default,
        )
        async for one in x.welcome_messages.all()
    ]


async def _do(x: XClient, account_id: UserId, wanted: Plan) -> None:
    for one in wanted.make:
        await x.welcome_messages.new(one.message, name=MARK + one.name)
    for x_id, one in wanted.change:
        await x.welcome_messages.update(x_id, one.message)
    if wanted.default:
        ids = {one.name: one.x_id for one in await _kept(x, account_id)}
        await x.welcome_rules.set_default(ids[MARK + wanted.default])
    for one in wanted.remove:
        await x.welcome_messages.delete(one.x_id)


def _readable(one: WelcomeMessage, account_id: UserId) -> OutboundMessage:
    """Read what X has back into what was sent: short links and entities undone."""
    target = wire_dm.Target(account_id)
    create = wire_dm.MessageCreate(target, one.message_data, sender_id=account_id)
    event = wire_dm.MessageEvent("message_create", create, id="1", created_timestamp="0")
    found = envelope.message_event(event, account_id, {}).message
    return OutboundMessage(found.text, found.quick_replies, found.buttons)
