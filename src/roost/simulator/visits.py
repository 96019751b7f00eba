"""Opening a conversation as a person does, which is when welcome messages are shown.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides
/setting-default-welcome-message and /deeplinking-to-welcome-message (archived).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from roost.simulator.clock import from_milliseconds
from roost.simulator.simulation import Simulation
from roost.simulator.welcome_entries import OpeningEntry, WelcomeMessageEntry
from roost.simulator.welcome_views import welcome_message
from roost.simulator.world import World
from roost.xapi.wire_dm import MessageData

IDLE_AFTER = timedelta(days=7)
"""After so long without a message the default welcome message is shown again."""


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody comes into a conversation; `""` for what a link does not say.

    Attributes:
        welcome_message_id: Overrides the default.
        text: Put into the composer.
        post_id: The Post that holds the link.
    """

    welcome_message_id: str = ""
    text: str = ""
    post_id: str = ""


def open_conversation(
    simulation: Simulation, user_id: str, with_id: str, way: Way
) -> WelcomeMessageEntry | None:
    """Let a user open a conversation.

    Returns:
        The welcome message that is shown now; `None` where none is, or it was shown before.
    """
    world = simulation.world
    shown = _linked(world, with_id, way) or _default(world, user_id, with_id)
    before = world.openings.find(user_id, with_id) or OpeningEntry(user_id=user_id, with_id=with_id)
    now = world.timestamp()
    welcome_message_id = before.welcome_message_id if shown is None else shown.welcome_message_id
    via = before.via_welcome_message_id if shown is None else shown.welcome_message_id
    opening = OpeningEntry(
        user_id=user_id,
        with_id=with_id,
        opened_at=now,
        welcome_message_id=welcome_message_id,
        shown_at=before.shown_at if shown is None else now,
        text=way.text,
        via_welcome_message_id=via,
        via_post_id=way.post_id or before.via_post_id,
    )
    world.openings.put(opening)
    _tell(simulation, opening, shown)
    return shown


def leave_conversation(simulation: Simulation, user_id: str, with_id: str) -> bool:
    """Let a user leave a conversation; false where it is not open."""
    left = simulation.world.openings.leave(user_id, with_id)
    if left:
        simulation.records.ledger.append("left", user_id=user_id, with_id=with_id)
        simulation.live.publish(
            "left", {"participants": [user_id, with_id], "user_id": user_id, "with_id": with_id}
        )
    return left


def in_view(world: World, opening: OpeningEntry | None) -> WelcomeMessageEntry | None:
    """Give the welcome message that stands in a conversation, while it is open."""
    if opening is None or not opening.is_open:
        return None
    return world.welcome_messages.get(opening.welcome_message_id)


def content_seen(
    world: World, user_id: str, message_id: str, *, from_id: str = ""
) -> MessageData | None:
    """Give what a message says, or a welcome message, that a user got.

    Args:
        world: Where.
        user_id: Who got it; a welcome message, who sees it in a conversation.
        message_id: Of either.
        from_id: Whom it has to be from; `""` for anybody.
    """
    message = world.messages.get(message_id)
    if message is not None:
        is_seen = message.recipient_id == user_id and from_id in {"", message.sender_id}
        return message.data if is_seen else None
    welcome = world.welcome_messages.get(message_id)
    if welcome is None or from_id not in {"", welcome.user_id}:
        return None
    opening = world.openings.find(user_id, welcome.user_id)
    return welcome.data if in_view(world, opening) is welcome else None


def _linked(world: World, with_id: str, way: Way) -> WelcomeMessageEntry | None:
    found = world.welcome_messages.get(way.welcome_message_id)
    return found if found is not None and found.user_id == with_id else None


def _default(world: World, user_id: str, with_id: str) -> WelcomeMessageEntry | None:
    if not _is_due(world, user_id, with_id):
        return None
    rules = [rule for rule in world.welcome_rules.values() if rule.user_id == with_id]
    newest = max(rules, key=lambda rule: int(rule.rule_id), default=None)
    return None if newest is None else world.welcome_messages.get(newest.welcome_message_id)


def _is_due(world: World, user_id: str, with_id: str) -> bool:
    """Say whether a user opens a conversation for the first time, or as if it were."""
    opening = world.openings.find(user_id, with_id)
    if opening is not None and not opening.is_open:
        return True
    messages = world.conversation(user_id, with_id)
    if opening is None and not any(one.sender_id == user_id for one in messages):
        return True
    times = [one.created_timestamp for one in messages[-1:]]
    if opening is not None:
        # A mere visit is no message: it does not put off the next welcome.
        greeted = opening.shown_at or ("" if times else opening.opened_at)
        times.extend([greeted] if greeted else [])
    last = max(map(from_milliseconds, times))
    return world.clock.now() - last >= IDLE_AFTER


def _tell(simulation: Simulation, opening: OpeningEntry, shown: WelcomeMessageEntry | None) -> None:
    simulation.records.ledger.append(
        "opened",
        user_id=opening.user_id,
        with_id=opening.with_id,
        welcome_message_id="" if shown is None else shown.welcome_message_id,
        post_id=opening.via_post_id,
    )
    simulation.live.publish(
        "opened",
        {
            "participants": [opening.user_id, opening.with_id],
            "user_id": opening.user_id,
            "with_id": opening.with_id,
            "welcome_message": None if shown is None else welcome_message(shown),
            "text": opening.text,
        },
    )
