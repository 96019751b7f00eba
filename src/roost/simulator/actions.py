"""Playing a user: what a person can do in X's own apps, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec
from msgspec import UNSET, UnsetType

from roost.errors import RoostError
from roost.model.capabilities import X_V1
from roost.simulator import media_use, messaging, views, visits, welcome_views
from roost.simulator.courier import Parcel
from roost.simulator.entries import UserEntry
from roost.simulator.messaging import Along
from roost.simulator.simulation import Simulation
from roost.simulator.visits import Way
from roost.simulator.world import X_CLIENT
from roost.xapi.wire_dm import MessageData, MessageEvent, Option, QuickReplyResponse
from roost.xapi.wire_welcome import WelcomeMessage

_ID = re.compile(r"[0-9]{1,19}")


class QuickReplyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tap on one of the options of a message, however old.

    Attributes:
        message_id: The message that offered it.
        metadata: The option's; left out where the option has none.
    """

    message_id: str
    metadata: str | None = None


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a user does.

    Attributes:
        action: One of `ACTIONS`.
        to: The user it is done to.
        text: What is written; with a quick reply it is the option's label and may be left out.
            Where a conversation is opened, what the link puts into the composer.
        media_ids: Media on a message, one at most.
        welcome_message_id: What the link into a conversation names.
        post_id: The Post that holds that link.
        message_id: The message, or welcome message, whose button is tapped.
        index: Which button, from 0.
    """

    action: str
    to: str = ""
    text: str = ""
    quick_reply: QuickReplyAnswer | None = None
    media_ids: tuple[str, ...] = ()
    welcome_message_id: str = ""
    post_id: str = ""
    message_id: str = ""
    index: int = 0


class Made(msgspec.Struct, frozen=True):
    """A delivery that has begun."""

    delivery_id: str
    for_user_id: str


class Done(msgspec.Struct, frozen=True):
    """What an action brought about: the new thing's id, events, deliveries that began.

    Attributes:
        welcome_message: Where a conversation was opened, what is shown there now, or null.
        url: Where a button was tapped, what it opens.
    """

    id: str
    events: Sequence[MessageEvent] = ()
    deliveries: Sequence[Made] = ()
    welcome_message: WelcomeMessage | UnsetType | None = UNSET
    url: str | UnsetType = UNSET


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one field; `limit` and `value` where it is about a size."""

    field: str
    message: str
    limit: int | None = None
    value: int | None = None


class InvalidAction(RoostError):
    """A person could not do this in X's own apps. Nothing happened.

    Attributes:
        error: Names the field.
    """

    def __init__(
        self, field: str, message: str, *, limit: int | None = None, value: int | None = None
    ) -> None:
        super().__init__(f"{field}: {message}")
        self.error = FieldError(field, message, limit, value)


def perform(simulation: Simulation, user_id: str, action: Action) -> Done:
    """Let a user do something.

    Raises:
        InvalidAction: The user or the action is unknown, or it cannot be done.
    """
    user = simulation.world.users.get(user_id)
    if user is None:
        raise InvalidAction("user_id", f"there is no user {user_id}")
    act = ACTIONS.get(action.action)
    if act is None:
        raise InvalidAction("action", f"must be one of: {', '.join(ACTIONS)}")
    return act(simulation, user, action)


def send_dm(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Write a Direct Message in X's own app.

    Raises:
        InvalidAction: The recipient, the text or the quick reply is not possible.
    """
    recipient = _other(simulation, action)
    if not messaging.may_write(simulation.world, user, recipient):
        raise InvalidAction("to", f"@{recipient.screen_name} takes no messages from this user")
    option = _option(simulation, user, action)
    text = action.text if option is None else option.label
    media_id = _media(simulation, user, action)
    _check_text(text, is_bare=not media_id)
    simulation.world.openings.wrote(
        user.user_id, recipient.user_id, now=simulation.world.timestamp()
    )
    answer = UNSET if option is None else QuickReplyResponse("options", option.metadata)
    message, parcels = messaging.send(
        simulation,
        user.user_id,
        recipient.user_id,
        MessageData(text=text, quick_reply_response=answer),
        app_id=X_CLIENT.app_id,
        along=Along(media_id),
    )
    return Done(
        message.message_id, [views.event_for(message, user.user_id)], [_made(p) for p in parcels]
    )


def open_conversation(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Open a conversation, by hand or by a link, and see the welcome message.

    Raises:
        InvalidAction: There is no such user, or the Post's id is none.
    """
    other = _other(simulation, action)
    if action.post_id and not _ID.fullmatch(action.post_id):
        raise InvalidAction("post_id", "is not an id")
    way = Way(action.welcome_message_id, action.text, action.post_id)
    shown = visits.open_conversation(simulation, user.user_id, other.user_id, way)
    return Done(
        other.user_id,
        welcome_message=None if shown is None else welcome_views.welcome_message(shown),
    )


def leave_conversation(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Leave a conversation, so that opening it is as the first time.

    Raises:
        InvalidAction: It is not open.
    """
    other = _other(simulation, action)
    if not visits.leave_conversation(simulation, user.user_id, other.user_id):
        raise InvalidAction("to", f"the conversation with @{other.screen_name} is not open")
    return Done(other.user_id)


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


ACTIONS: Mapping[str, Callable[[Simulation, UserEntry, Action], Done]] = MappingProxyType(
    {
        "send_dm": send_dm,
        "open_conversation": open_conversation,
        "leave_conversation": leave_conversation,
        "tap_button": tap_button,
    }
)
"""Everything a user can do, by the name the API, the command line and the phone use."""


def _other(simulation: Simulation, action: Action) -> UserEntry:
    other = simulation.world.users.get(action.to)
    if other is None:
        raise InvalidAction("to", f"there is no user {action.to}")
    return other


def _media(simulation: Simulation, user: UserEntry, action: Action) -> str:
    if not action.media_ids:
        return ""
    media_id, *more = action.media_ids
    if more:
        value = len(action.media_ids)
        raise InvalidAction("media_ids", "one on a message", limit=1, value=value)
    media = simulation.world.media.media(media_id)
    if media is None:
        raise InvalidAction("media_ids", f"there is no media {media_id}")
    objection = media_use.objection(simulation.world, media, user.user_id)
    if objection:
        raise InvalidAction("media_ids", f"{media_id} {objection}")
    return media_id


def _check_text(text: str, *, is_bare: bool) -> None:
    if not text.strip() and is_bare:
        raise InvalidAction("text", "must not be empty")
    if len(text) > X_V1.text:
        raise InvalidAction("text", "too long", limit=X_V1.text, value=len(text))


def _option(simulation: Simulation, user: UserEntry, action: Action) -> Option | None:
    answer = action.quick_reply
    if answer is None:
        return None
    data = visits.content_seen(simulation.world, user.user_id, answer.message_id, from_id=action.to)
    if data is None:
        raise InvalidAction("quick_reply.message_id", "is not a message this user got from there")
    if isinstance(data.quick_reply, UnsetType):
        raise InvalidAction("quick_reply.message_id", "that message offered no quick replies")
    wanted = UNSET if answer.metadata is None else answer.metadata
    for option in data.quick_reply.options:
        if option.metadata == wanted and action.text in {"", option.label}:
            return option
    raise InvalidAction("quick_reply.metadata", "that message offered no such option")


def _made(parcel: Parcel) -> Made:
    return Made(parcel.delivery_id, parcel.for_user_id)
