"""Going into conversations and out of them, and tapping what stands there."""

from __future__ import annotations

import re

from msgspec import UnsetType

from roost.simulator import actions, visits, welcome_views
from roost.simulator.actions import Action, Done, InvalidAction, plays
from roost.simulator.entries import UserEntry
from roost.simulator.simulation import Simulation
from roost.simulator.visits import Way

_ID = re.compile(r"[0-9]{1,19}")


@plays("open_conversation")
def open_conversation(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Open a conversation, by hand or by a link, and see the welcome message.

    Raises:
        InvalidAction: There is no such user, or the Post's id is none.
    """
    other = actions.other_user(simulation, action)
    if action.post_id and not _ID.fullmatch(action.post_id):
        raise InvalidAction("post_id", "is not an id")
    way = Way(action.welcome_message_id, action.text, action.post_id)
    shown = visits.open_conversation(simulation, user.user_id, other.user_id, way)
    return Done(
        other.user_id,
        welcome_message=None if shown is None else welcome_views.welcome_message(shown),
    )


@plays("leave_conversation")
def leave_conversation(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Leave a conversation, so that opening it is as the first time.

    Raises:
        InvalidAction: It is not open.
    """
    other = actions.other_user(simulation, action)
    if not visits.leave_conversation(simulation, user.user_id, other.user_id):
        raise InvalidAction("to", f"the conversation with @{other.screen_name} is not open")
    return Done(other.user_id)


@plays("tap_button")
def tap_button(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Tap a button of a message that was received, or of a welcome message. X tells nobody.

    Raises:
        InvalidAction: There is no such message or button.
    """
    data = visits.content_seen(simulation.world, user.user_id, action.message_id)
    if data is None:
        raise InvalidAction("message_id", "is not a message this user got")
    ctas = [] if isinstance(data.ctas, UnsetType) else data.ctas
    if not 0 <= action.index < len(ctas):
        raise InvalidAction("index", f"that message has {len(ctas)} buttons")
    url = ctas[action.index].url
    simulation.records.ledger.append(
        "button", user_id=user.user_id, message_id=action.message_id, url=url
    )
    return Done(action.message_id, url=url)
