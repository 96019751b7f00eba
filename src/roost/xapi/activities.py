"""Activities beside messages, as webhooks tell them, decoded into events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec

from roost.model.activities import (
    AccessRevoked,
    Activity,
    Blocked,
    Followed,
    Liked,
    Mentioned,
    MessagesRead,
    Muted,
    PostDeleted,
    Posted,
    Quoted,
    Replied,
    Reposted,
    TypingStarted,
    Unblocked,
    Unfollowed,
    Unmuted,
)
from roost.model.ids import ConversationId, UserId, conversation_between, position_of
from roost.model.messages import Profile
from roost.model.posts import Post, PostReference
from roost.xapi import reading, wire_dm
from roost.xapi.wire_told import (
    Person,
    PostEntities,
    ToldDeletion,
    ToldLike,
    ToldPost,
    ToldRead,
    ToldRelation,
    ToldTyping,
    ToldUser,
)

Users = Mapping[str, wire_dm.User]

_RELATIONS = MappingProxyType(
    {
        "follow": ("followed", Followed),
        "unfollow": ("unfollowed", Unfollowed),
        "block": ("blocked", Blocked),
        "unblock": ("unblocked", Unblocked),
        "mute": ("muted", Muted),
        "unmute": ("unmuted", Unmuted),
    }
)

_post = msgspec.json.Decoder(ToldPost)
_like = msgspec.json.Decoder(ToldLike)
_relation = msgspec.json.Decoder(ToldRelation)
_deletion = msgspec.json.Decoder(ToldDeletion)
_typing = msgspec.json.Decoder(ToldTyping)
_read = msgspec.json.Decoder(ToldRead)
_user = msgspec.json.Decoder(ToldUser)


def decode(name: str, element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    """Decode one element of a delivery.

    Args:
        name: The key X put it under.
        element: As received.
        account_id: Whom the delivery is for; not asked for a revocation, which names its account.
        users: The delivery's users.

    Raises:
        ValueError: It is of no kind that this version knows, or not whole, or not about the
            account.
    """
    reader = _READERS.get(name)
    if reader is None:
        raise ValueError("an unknown kind")
    return reader(element, account_id, users)


def _posted(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    del users
    told = _post.decode(element)
    post = _post_of(told)
    at = reading.time_written(told.timestamp_ms, told.created_at)
    is_ours = post.author.user_id == account_id
    kind = Posted if is_ours else _kind_of(post, told, account_id)
    return kind(
        account_id=account_id,
        event_key=post.post_id,
        position=position_of(post.post_id, at=at),
        conversation_id=_between(account_id, post.author),
        customer=post.author,
        at=at,
        post=post,
    )


def _kind_of(
    post: Post, told: ToldPost, account_id: UserId
) -> type[Mentioned | Replied | Quoted | Reposted]:
    """Tell how a Post of somebody else's concerns an account; the first that fits counts."""
    if post.reposted is not None:
        return Reposted
    if told.is_quote_status or post.quoted is not None:
        return Quoted
    if post.in_reply_to is not None:
        return Replied
    if account_id in post.mentioned:
        return Mentioned
    raise ValueError("a Post that does not concern the account")


def _liked(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    del users
    told = _like.decode(element)
    post, by = _post_of(told.favorited_status), _profile(told.user)
    is_ours = by.user_id == account_id
    at = reading.time_written(told.timestamp_ms, told.created_at)
    customer = post.author if is_ours else by
    return Liked(
        account_id=account_id,
        event_key=_key("liked", by.user_id, post.post_id, at),
        position=position_of("", at=at),
        conversation_id=_between(account_id, customer),
        customer=customer,
        at=at,
        post=post,
        is_ours=is_ours,
    )


def _related(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    del users
    told = _relation.decode(element)
    if told.type not in _RELATIONS:
        raise ValueError("an unknown relation")
    name, kind = _RELATIONS[told.type]
    source, target = _profile(told.source), _profile(told.target)
    if account_id not in {source.user_id, target.user_id}:
        raise ValueError("a relation of others")
    is_ours = source.user_id == account_id
    customer = target if is_ours else source
    at = reading.time_of(told.created_timestamp)
    return kind(
        account_id=account_id,
        event_key=_key(name, source.user_id, target.user_id, at),
        position=position_of("", at=at),
        conversation_id=_between(account_id, customer),
        customer=customer,
        at=at,
        is_ours=is_ours,
    )


def _deleted(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    del users
    told = _deletion.decode(element)
    post_id, author = reading.id_of(told.status.id), reading.id_of(told.status.user_id)
    if author != account_id:
        raise ValueError("a Post of somebody else")
    at = reading.time_of(told.timestamp_ms)
    ourselves = Profile(account_id)
    return PostDeleted(
        account_id=account_id,
        event_key=post_id,
        position=position_of("", at=at),
        conversation_id=_between(account_id, ourselves),
        customer=ourselves,
        at=at,
    )


def _wrote(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    told = _typing.decode(element)
    sender = _sender(told.sender_id, told.target, account_id)
    at = reading.time_of(told.created_timestamp)
    return TypingStarted(
        account_id=account_id,
        event_key=_key("typing_started", sender, account_id, at),
        position=position_of("", at=at),
        conversation_id=conversation_between(account_id, sender),
        customer=_known(sender, users),
        at=at,
    )


def _seen(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    told = _read.decode(element)
    sender = _sender(told.sender_id, told.target, account_id)
    at = reading.time_of(told.created_timestamp)
    return MessagesRead(
        account_id=account_id,
        event_key=_key("messages_read", sender, account_id, at),
        position=position_of("", at=at),
        conversation_id=conversation_between(account_id, sender),
        customer=_known(sender, users),
        at=at,
        message_id=reading.id_of(told.last_read_event_id),
    )


def _revoked(element: bytes | msgspec.Raw, account_id: UserId, users: Users) -> Activity:
    del account_id, users
    told = _user.decode(element).revoke
    ours = UserId(reading.id_of(told.source.user_id))
    at = datetime.fromisoformat(told.date_time)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    ourselves = Profile(ours)
    return AccessRevoked(
        account_id=ours,
        event_key=_key("access_revoked", ours, told.target.app_id, at),
        position=position_of("", at=at),
        conversation_id=_between(ours, ourselves),
        customer=ourselves,
        at=at.astimezone(UTC),
        app_id=reading.id_of(told.target.app_id),
    )


_READERS: Mapping[str, Callable[[bytes | msgspec.Raw, UserId, Users], Activity]] = MappingProxyType(
    {
        "tweet_create_events": _posted,
        "tweet_delete_events": _deleted,
        "favorite_events": _liked,
        "follow_events": _related,
        "unfollow_events": _related,
        "block_events": _related,
        "unblock_events": _related,
        "mute_events": _related,
        "unmute_events": _related,
        "direct_message_indicate_typing_events": _wrote,
        "direct_message_mark_read_events": _seen,
        "user_event": _revoked,
    }
)


def _post_of(told: ToldPost) -> Post:
    text, entities = _whole(told)
    quoted, reposted = told.quoted_status, told.retweeted_status
    quoted_id = told.quoted_status_id_str or (quoted.id_str if quoted else "")
    return Post(
        post_id=reading.id_of(told.id_str),
        author=_profile(told.user),
        text=reading.readable(text, entities.urls),
        in_reply_to=_reference(told.in_reply_to_status_id_str, told.in_reply_to_user_id_str),
        quoted=_reference(quoted_id, _author(quoted)),
        reposted=_reference(reposted.id_str, _author(reposted)) if reposted else None,
        mentioned=tuple(one.id_str for one in entities.user_mentions),
    )


def _whole(told: ToldPost) -> tuple[str, PostEntities]:
    """Give the whole of a text that X may have cut, and what it refers to."""
    if told.extended_tweet is not None:
        return told.extended_tweet.full_text, told.extended_tweet.entities
    return told.full_text or told.text, told.entities


def _reference(post_id: str | None, author_id: str | None) -> PostReference | None:
    return PostReference(reading.id_of(post_id), author_id or "") if post_id else None


def _author(told: ToldPost | None) -> str:
    return "" if told is None else told.user.id_str


def _profile(person: Person) -> Profile:
    user_id = person.id_str or str(person.id)
    return Profile(reading.id_of(user_id), person.screen_name, person.name)


def _known(user_id: UserId, users: Users) -> Profile:
    user = users.get(user_id)
    return Profile(user_id, user.screen_name, user.name) if user else Profile(user_id)


def _sender(sender_id: str, target: wire_dm.Target, account_id: UserId) -> UserId:
    sender = UserId(reading.id_of(sender_id))
    if reading.id_of(target.recipient_id) != account_id or sender == account_id:
        raise ValueError("not told to the account it is for")
    return sender


def _between(account_id: UserId, customer: Profile) -> ConversationId:
    return conversation_between(account_id, UserId(customer.user_id))


def _key(kind: str, source: str, target: str, at: datetime) -> str:
    named = "\0".join((kind, source, target, str(int(at.timestamp() * 1000))))
    return hashlib.sha256(named.encode()).hexdigest()
