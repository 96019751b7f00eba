"""Quarantine: what was set aside is given to the bot once more."""

from __future__ import annotations

from datetime import datetime

from roost.ports import QuarantinedEvent, Tx

_GONE = "it is not quarantined any more"


async def requeue(tx: Tx, event: QuarantinedEvent, *, at: datetime) -> str:
    """Let the bot try a quarantined event again, with all its attempts.

    A conversation that waits for an agent since the bot failed is the bot's again. One that an
    agent has taken stays theirs, and the event where it is.

    Args:
        tx: The transaction all of it happens in.
        event: As it was found; it may have been requeued since.
        at: When.

    Returns:
        Why it was not requeued; `""` where it was.
    """
    account_id, conversation_id = event.account_id, event.conversation_id
    if not event.attempts:
        # It could not be read, so it was never filed: whoever controls it then is asked then.
        return "" if await tx.events.requeue(event) else _GONE
    control = await tx.conversations.control_of(account_id, conversation_id)
    match control:
        case None:
            return f"there is no conversation {conversation_id}"
        case "bot" | "queue":
            pass
        case _:
            return f"{conversation_id} is controlled by {control}; hand it back first"
    if not await tx.events.requeue(event):
        return _GONE
    if control == "queue":
        await tx.conversations.hand_back(account_id, conversation_id)
    await tx.conversations.make_ready([(account_id, conversation_id, at)])
    await tx.changes.append(
        account_id, "event_requeued", conversation_id=conversation_id, ref=event.event_key, at=at
    )
    return ""
