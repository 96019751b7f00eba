"""Playing a user: what a person can do in X's own apps, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from roost.errors import RoostError
from roost.model.capabilities import X_V1
from roost.simulator import changes, media_use, messaging, posting, views, visits
from roost.simulator.courier import Parcel
from roost.simulator.entries import PostStanding, RepliesFrom, UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.messaging import Along
from roost.simulator.refusals import Refusal
from roost.simulator.simulation import Simulation
from roost.simulator.world import X_CLIENT
from roost.xapi.wire_dm import InitiatedVia, MessageData, Option, QuickReplyResponse
from roost.xapi.wire_welcome import WelcomeMessage


class QuickReplyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tap on one of the options of a message, however old.

    Attributes:
        message_id: The message that offered it.
        metadata: The option's; left out where the option has none.
    """

    message_id: str
    metadata: str | None = None


class SharedLocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place on a message: a point in degrees, or the id of a place X knows.

    Attributes:
        latitude: From -90 to 90; with `longitude`.
        longitude: From -180 to 180.
        place_id: In their stead.
    """

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    place_id: str = ""


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a user does.

    Attributes:
        action: One of `ACTIONS`.
        to: The user it is done to.
        text: What is written; with a quick reply it is the option's label and may be left out.
            Where a conversation is opened, what the link puts into the composer.
        media_ids: Media: one on a message; on a Post four photos, or one GIF or video.
        location: A place on a message, in the stead of media.
        welcome_message_id: What the link into a conversation names.
        message_id: The message it is done to; where a button is tapped, a welcome message too.
        index: Which button, from 0.
        post_id: The Post it is done to; of a message or an opening, the Post that holds the link.
        app_id: The app it is done to; may be left out where there is only one.
        kind: Of a Post: `mention`, `reply`, `quote` or `repost`; where left out, what the other
            fields say.
        link: Of a Post: a deep link that X shows as a button.
        replies_from: Of a Post: whom its author lets answer.
    """

    action: str
    to: str = ""
    text: str = ""
    quick_reply: QuickReplyAnswer | None = None
    media_ids: tuple[str, ...] = ()
    location: SharedLocation | None = None
    welcome_message_id: str = ""
    message_id: str = ""
    index: int = 0
    post_id: str = ""
    app_id: str = ""
    kind: Literal["", "mention", "reply", "quote", "repost"] = ""
    link: str = ""
    replies_from: RepliesFrom = "everyone"


class Made(msgspec.Struct, frozen=True):
    """A delivery that has begun; for nobody in particular where an authorization is taken back."""

    delivery_id: str
    for_user_id: str | None


class Done(msgspec.Struct, frozen=True):
    """What an action brought about.

    Attributes:
        id: Of the new thing, or of what was done something to.
        events: What happened, as webhooks tell of it; none where nothing has changed.
        deliveries: Those that began.
        welcome_message: Where a conversation was opened, what is shown there now, or null.
        url: Where a button was tapped, what it opens.
    """

    id: str
    events: Sequence[object] = ()
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


Act = Callable[[Simulation, UserEntry, Action], Done]
"""Lets a user do something. Raises `InvalidAction` where they could not."""

ACTIONS: dict[str, Act] = {}
"""Everything a user can do, by the name the API, the command line and the phone use.

Filled where the modules of `roost.simulator.playing` are imported.
"""


POST_STANDINGS: Mapping[str, PostStanding] = MappingProxyType(
    {
        "limit_post": "limited",
        "withdraw_post": "unavailable",
        "remove_post": "violating",
        "restore_post": "normal",
    }
)
"""What X does to Posts of a user, and how they stand then."""

BY_X = frozenset({"suspend", "unsuspend", "lock", "unlock", *POST_STANDINGS})
"""What X does to a user, who need not be able to do anything."""


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
    if (user.suspended or user.locked) and action.action not in BY_X:
        state = "suspended" if user.suspended else "locked"
        raise InvalidAction("user_id", f"@{user.screen_name} is {state} by X and can do nothing")
    with changes.noting(simulation.world, simulation.records, cause=action.action, user_id=user_id):
        return act(simulation, user, action)


def plays(name: str) -> Callable[[Act], Act]:
    """Register the decorated function as what an action does."""

    def register(act: Act) -> Act:
        ACTIONS[name] = act
        return act

    return register


def done(happening: Happening) -> Done:
    """Tell what came of an action."""
    parcels = [_made(parcel) for parcel in happening.parcels]
    return Done(happening.thing_id, happening.events, parcels)


@plays("send_dm")
def send_dm(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Write a Direct Message in X's own app.

    Raises:
        InvalidAction: The recipient, the text or the quick reply is not possible.
    """
    recipient = other_user(simulation, action)
    if not messaging.may_write(simulation.world, user, recipient):
        raise InvalidAction("to", f"@{recipient.screen_name} takes no messages from this user")
    if not messaging.is_open_to(simulation.world, user, recipient):
        raise InvalidAction("to", "X takes message requests from verified users only")
    option = _option(simulation, user, action)
    text = action.text if option is None else option.label
    media_id, location = _media(simulation, user, action), _location(action)
    _check_text(text, is_bare=not media_id and location is UNSET)
    _count(simulation, user, recipient)
    simulation.world.openings.wrote(
        user.user_id, recipient.user_id, now=simulation.world.timestamp()
    )
    answer = UNSET if option is None else QuickReplyResponse("options", option.metadata)
    message, parcels = messaging.send(
        simulation,
        user.user_id,
        recipient.user_id,
        MessageData(text=text, quick_reply_response=answer, attachment=location),
        app_id=X_CLIENT.app_id,
        along=Along(media_id, begun_from=_initiated_via(simulation, action)),
    )
    return Done(
        message.message_id, [views.event_for(message, user.user_id)], [_made(p) for p in parcels]
    )


def other_user(simulation: Simulation, action: Action) -> UserEntry:
    """Give the user `to` names.

    Raises:
        InvalidAction: It names none, or there is none of that id.
    """
    if not action.to:
        raise InvalidAction("to", f"is missing: {action.action} needs the id of another user")
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


def _location(action: Action) -> msgspec.Raw | UnsetType:
    """Give a location in the form in which apps send one."""
    location = action.location
    if location is None:
        return UNSET
    if action.media_ids:
        raise InvalidAction("location", "cannot be on a message together with media")
    point = (location.longitude, location.latitude)
    if (None in point) == (location.place_id == ""):
        raise InvalidAction("location", "takes latitude and longitude, or place_id")
    shared: dict[str, object] = (
        {"type": "shared_place", "shared_place": {"place": {"id": location.place_id}}}
        if location.place_id
        else {
            "type": "shared_coordinate",
            "shared_coordinate": {"coordinates": {"type": "Point", "coordinates": point}},
        }
    )
    return msgspec.Raw(msgspec.json.encode({"type": "location", "location": shared}))


def _count(simulation: Simulation, user: UserEntry, recipient: UserEntry) -> None:
    try:
        messaging.count(simulation, user.user_id, recipient.user_id, app_id=X_CLIENT.app_id)
    except Refusal as error:
        limit = simulation.world.rules.user_dm_per_24h
        raise InvalidAction(
            "user_id", "has written all of a day's messages", limit=limit
        ) from error


def _check_text(text: str, *, is_bare: bool) -> None:
    if not text.strip() and is_bare:
        raise InvalidAction("text", "must not be empty")
    if len(text) > X_V1.text:
        raise InvalidAction("text", "too long", limit=X_V1.text, value=len(text))


def _initiated_via(simulation: Simulation, action: Action) -> InitiatedVia | UnsetType:
    """Tell which Post's button a message was begun with."""
    if not action.post_id:
        return UNSET
    post = simulation.world.posts.find(action.post_id)
    link = None if post is None else posting.deep_link_of(post)
    if link is None or link.recipient_id != action.to:
        raise InvalidAction("post_id", "is not a Post whose link opens this conversation")
    return InitiatedVia(tweet_id=action.post_id)


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
    return Made(parcel.delivery_id, parcel.for_user_id or None)
