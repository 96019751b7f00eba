"""Direct Messages as the v1.1 API and its webhooks write them.

Ids and times are decimal strings on the wire. Unknown fields are ignored when read.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class Url(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link in a text: `url` is what the text holds, `expanded_url` what it stands for."""

    url: str
    expanded_url: str = ""
    display_url: str = ""
    indices: tuple[int, int] = (0, 0)


class Entities(msgspec.Struct, frozen=True):
    """What a text refers to. All four arrays are always present."""

    hashtags: list[msgspec.Raw] = []
    symbols: list[msgspec.Raw] = []
    user_mentions: list[msgspec.Raw] = []
    urls: list[Url] = []


class Option(msgspec.Struct, frozen=True):
    """One quick reply: label ≤ 36, description ≤ 72, metadata ≤ 1,000 characters."""

    label: str
    description: str | UnsetType = UNSET
    metadata: str | UnsetType = UNSET


class QuickReply(msgspec.Struct, frozen=True):
    """Quick replies offered with a message: 1 to 20 options; `type` is `options`."""

    type: str
    options: list[Option]


class QuickReplyResponse(msgspec.Struct, frozen=True):
    """A tap on a quick reply; no `metadata` if the option had none."""

    type: str
    metadata: str | UnsetType = UNSET


class Cta(msgspec.Struct, frozen=True):
    """A button; `tco_url` is only ever read."""

    type: str
    label: str
    url: str
    tco_url: str | UnsetType = UNSET


class AttachedMedia(msgspec.Struct, frozen=True):
    """Media on a message: `type` is its kind, `url` the link X adds behind the text."""

    type: str = ""
    url: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """What hangs on a message, as far as its kind: `type` is `media` or `location`."""

    type: str
    media: AttachedMedia | UnsetType = UNSET


class MessageData(msgspec.Struct, frozen=True):
    """The content of a message. `attachment` is kept as it came."""

    text: str
    entities: Entities | UnsetType = UNSET
    quick_reply: QuickReply | UnsetType = UNSET
    quick_reply_response: QuickReplyResponse | UnsetType = UNSET
    attachment: msgspec.Raw | UnsetType = UNSET
    ctas: list[Cta] | UnsetType = UNSET


class Target(msgspec.Struct, frozen=True):
    """Whom a message is for."""

    recipient_id: str


class MessageCreate(msgspec.Struct, frozen=True):
    """Who says what to whom. `source_app_id` only on messages of the user who is asking."""

    target: Target
    message_data: MessageData
    sender_id: str | UnsetType = UNSET
    source_app_id: str | UnsetType = UNSET
    custom_profile_id: str | UnsetType = UNSET


class InitiatedVia(msgspec.Struct, frozen=True):
    """What came directly before a message in its sender's view."""

    tweet_id: str | UnsetType = UNSET
    welcome_message_id: str | UnsetType = UNSET


class MessageEvent(msgspec.Struct, frozen=True):
    """A `message_create` event; order by `id`, never by `created_timestamp` (ms)."""

    type: str
    message_create: MessageCreate
    id: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET
    initiated_via: InitiatedVia | UnsetType = UNSET


class App(msgspec.Struct, frozen=True):
    """An app, as the `apps` map names it."""

    id: str
    name: str = ""
    url: str = ""


class User(msgspec.Struct, frozen=True):
    """A user, as the `users` map of a webhook body names them (the fields Roost reads)."""

    id: str
    name: str = ""
    screen_name: str = ""


class OneEvent(msgspec.Struct, frozen=True):
    """Body of `events/new` (both ways) and of `events/show`."""

    event: MessageEvent
    apps: dict[str, App] | UnsetType = UNSET


class EventList(msgspec.Struct, frozen=True):
    """Body of `events/list`: newest first; no `next_cursor` means that was all."""

    events: list[MessageEvent]
    next_cursor: str | UnsetType = UNSET
    apps: dict[str, App] | UnsetType = UNSET


class RawEventList(msgspec.Struct, frozen=True):
    """Body of `events/list`, its elements as X wrote them."""

    events: list[msgspec.Raw]
    next_cursor: str = ""
