"""What the v1.1 API tells, by webhook or in a list, decoded into events. Nothing is dropped.

Source: https://developer.x.com/en/docs/x-api/premium/account-activity-api/guides/
account-activity-data-objects (archived).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from roost.errors import MalformedDelivery
from roost.model.events import Event, MessageReceived, MessageSent, Unrecognised
from roost.model.ids import MessageId, UserId, conversation_between, position_of
from roost.model.messages import Button, Entry, Message, Profile, QuickReply
from roost.xapi import activities, outlines, reading, wire_dm
from roost.xapi.signing import VerifiedBody

_ABOUT = frozenset({"for_user_id", "users", "apps", "user_has_blocked", "is_blocked_by"})
_MESSAGES = "direct_message_events"
_REVOCATION = "user_event"

_body = msgspec.json.Decoder(dict[str, msgspec.Raw])
_array = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_users = msgspec.json.Decoder(dict[str, wire_dm.User])
_attachment = msgspec.json.Decoder(wire_dm.Attachment | None)
_message = msgspec.json.Decoder(wire_dm.MessageEvent)
_listed = msgspec.json.Decoder(wire_dm.RawEventList)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one delivery says.

    Attributes:
        account_id: Whom it is for; `""` where the body names nobody.
        events: One for each element of each array, in the body's order.
    """

    account_id: UserId
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of messages.

    Attributes:
        events: One for each element, newest first, as X has them. Customers have only their ids.
        next_cursor: Of the page with older ones; `""` where there are none.
        unread: Positions of those this version cannot read and that may be the account's messages.
    """

    events: tuple[Event, ...]
    next_cursor: str
    unread: tuple[int, ...] = ()


def decode(verified: VerifiedBody, *, received_at: datetime) -> Decoded:
    """Decode a delivery.

    Kinds and shapes this version does not know become `Unrecognised` events.

    Raises:
        MalformedDelivery: The body is not a JSON object.
    """
    try:
        parts = _body.decode(verified.body)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise MalformedDelivery(f"not a JSON object ({len(verified.body)} bytes)") from error
    account_id = _account_in(parts)
    events = tuple(_events(parts, account_id, received_at))
    # A revocation names its account inside.
    named = {event.account_id for event in events} if not account_id else {account_id}
    return Decoded(named.pop() if len(named) == 1 else account_id, events)


def malformed(verified: VerifiedBody, *, received_at: datetime) -> Decoded:
    """Stand in for a body that `decode` refuses: kept under nobody, as one unrecognised event."""
    event = _unrecognised(UserId(""), "malformed", verified.body, received_at)
    return Decoded(UserId(""), (event,))


def decode_page(body: bytes, account_id: UserId, *, received_at: datetime) -> Page:
    """Decode a page of `dm.events.list`, seen from the account it was listed for.

    An event of a list has the same key as the same event in a delivery. Elements this version does
    not know become `Unrecognised` events, so that one odd element does not hide a page.

    Raises:
        MalformedDelivery: The body is not such a page.
    """
    try:
        page = _listed.decode(body)
    except (ValueError, RecursionError) as error:
        raise MalformedDelivery(f"not a page of messages ({len(body)} bytes)") from error
    events = [
        _direct_message(element, {}, account_id)
        or _unrecognised(account_id, "listed", bytes(element), received_at)
        for element in page.events
    ]
    unread = tuple(
        outlines.position_of(element, at=received_at)
        for element, event in zip(page.events, events, strict=True)
        if isinstance(event, Unrecognised) and outlines.may_be_sent_by(account_id, element)
    )
    return Page(tuple(events), page.next_cursor, unread)


def message_event(
    wire: wire_dm.MessageEvent,
    account_id: UserId,
    users: Mapping[str, wire_dm.User],
) -> MessageReceived | MessageSent:
    """Make an event of a `message_create` of X, seen from one account.

    Raises:
        ValueError: It lacks an id, a time or a sender, or the account takes no part in it.
    """
    create = wire.message_create
    if wire.type != "message_create" or not isinstance(create.sender_id, str):
        raise ValueError("not a whole message_create")
    message_id, at = reading.id_of(wire.id), reading.time_of(wire.created_timestamp)
    sender_id, recipient_id = (
        UserId(reading.id_of(create.sender_id)),
        reading.id_of(create.target.recipient_id),
    )
    if account_id not in {sender_id, recipient_id}:
        raise ValueError("the account takes no part in this message")
    is_ours = sender_id == account_id
    customer_id = UserId(recipient_id) if is_ours else sender_id
    return (MessageSent if is_ours else MessageReceived)(
        account_id=account_id,
        event_key=message_id,
        position=position_of(message_id, at=at),
        conversation_id=conversation_between(account_id, customer_id),
        customer=_profile(customer_id, users),
        message=_message_in(MessageId(message_id), create, _entry_of(wire.initiated_via)),
        at=at,
    )


def _account_in(parts: Mapping[str, msgspec.Raw]) -> UserId:
    try:
        return UserId(reading.id_of(_text.decode(parts["for_user_id"])))
    except (KeyError, ValueError):
        return UserId("")


def _events(
    parts: Mapping[str, msgspec.Raw], account_id: UserId, received_at: datetime
) -> Iterator[Event]:
    for name, raw in parts.items():
        if name in _ABOUT:
            continue
        for element in _elements(raw):
            event = _known_event(name, element, parts, account_id)
            yield event or _unrecognised(account_id, name, bytes(element), received_at)


def _elements(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _array.decode(raw)
    except ValueError:
        return [raw]  # `user_event` is an object, not an array


def _known_event(
    name: str, element: msgspec.Raw, parts: Mapping[str, msgspec.Raw], account_id: UserId
) -> Event | None:
    if name == _MESSAGES:
        return _direct_message(element, parts, account_id)
    if not account_id and name != _REVOCATION:
        return None
    try:
        return activities.decode(name, element, account_id, _users_in(parts))
    except (ValueError, RecursionError):
        return None


def _users_in(parts: Mapping[str, msgspec.Raw]) -> Mapping[str, wire_dm.User]:
    return _users.decode(parts["users"]) if "users" in parts else {}


def _direct_message(
    element: msgspec.Raw, parts: Mapping[str, msgspec.Raw], account_id: UserId
) -> MessageReceived | MessageSent | None:
    try:
        return message_event(_message.decode(element), account_id, _users_in(parts))
    except (ValueError, RecursionError):
        return None


def _unrecognised(account_id: UserId, name: str, element: bytes, at: datetime) -> Unrecognised:
    digest = hashlib.sha256(name.encode("utf-8", "replace") + b"\0" + element).hexdigest()
    return Unrecognised(
        account_id=account_id,
        event_key=digest,
        position=position_of("", at=at),
        name=name[:100],
        at=at,
    )


def _profile(user_id: UserId, users: Mapping[str, wire_dm.User]) -> Profile:
    user = users.get(user_id)
    return Profile(user_id, user.screen_name, user.name) if user else Profile(user_id)


def _entry_of(via: wire_dm.InitiatedVia | UnsetType) -> Entry | None:
    if via is UNSET:
        return None
    return Entry(via.welcome_message_id or "", via.tweet_id or "")


def _message_in(
    message_id: MessageId, create: wire_dm.MessageCreate, entry: Entry | None
) -> Message:
    data = create.message_data
    answer, offered, ctas = data.quick_reply_response, data.quick_reply, data.ctas
    attachment, link = _attached(data)
    return Message(
        message_id=message_id,
        text=_readable(data, link),
        chosen=None if answer is UNSET else answer.metadata or None,
        is_quick_reply=answer is not UNSET,
        quick_replies=() if offered is UNSET else tuple(map(_quick_reply, offered.options)),
        buttons=() if ctas is UNSET else tuple(Button(cta.label, cta.url) for cta in ctas),
        source_app_id=create.source_app_id or "",
        attachment=attachment,
        entry=entry,
    )


def _attached(data: wire_dm.MessageData) -> tuple[str, str]:
    """Give the kind of what hangs on a message, and the link X has added for it."""
    if data.attachment is UNSET:
        return "", ""
    attached = _attachment.decode(data.attachment)
    if attached is None:
        return "", ""
    if attached.media is UNSET:
        return attached.type, ""
    return attached.media.type or attached.type, attached.media.url


def _quick_reply(option: wire_dm.Option) -> QuickReply:
    return QuickReply(option.label, option.metadata or None, option.description or None)


def _readable(data: wire_dm.MessageData, link_added: str) -> str:
    text = data.text
    if link_added:
        text = text.removesuffix(link_added).removesuffix(" ")
    return reading.readable(text, () if data.entities is UNSET else data.entities.urls)
