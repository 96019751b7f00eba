"""What follows where X no longer has the custom profile that a message was to be said under."""

from __future__ import annotations

from roost.errors import InvalidMessage
from roost.model import signatures
from roost.model.messages import OutboundMessage
from roost.model.outbound import Lane, OutboxEntry
from roost.model.posts import PublicReply
from roost.model.x_objects import XKind
from roost.ports import Tx


async def settle(tx: Tx, entry: OutboxEntry, reason: str) -> bool:
    """Forget the profile; sign a bot's message and send it again, and leave a person's to them.

    A message whose text has no room for the signature waits for a person as it is.

    Args:
        tx: The transaction all of it happens in.
        entry: The attempt that X has refused.
        reason: What X answered.

    Returns:
        Whether it waits for a person.
    """
    message = entry.message
    if isinstance(message, PublicReply):
        await tx.outbox.bury(entry, reason=reason)
        return True
    name = await _forget(tx, entry, message)
    try:
        signed = signatures.signed(message, name)
    except InvalidMessage as error:
        await tx.outbox.bury(entry, reason=f"{reason}; signed as {name}, {error}")
        return True
    await tx.outbox.reword(entry, signed)
    if entry.lane is Lane.AGENT:
        await tx.outbox.bury(entry, reason=f"{reason}; sent again, it goes with a signature")
        return True
    again = entry.attempted_at  # due at once
    await tx.outbox.postpone(entry, again, reason=f"{reason}; it is signed instead")
    return False


async def _forget(tx: Tx, entry: OutboxEntry, message: OutboundMessage) -> str:
    """Let nobody speak under the profile any more; give the name for the signature."""
    account_id, profile_id = entry.account_id, message.custom_profile_id
    there = await tx.x_objects.of(account_id)
    known = (one.name for one in there if (one.kind, one.x_id) == (XKind.PROFILE, profile_id))
    name = message.speaker or next(known, "")
    await tx.x_objects.forget(account_id, XKind.PROFILE, profile_id)
    await tx.composing.drop_profile(account_id, profile_id)
    return name
