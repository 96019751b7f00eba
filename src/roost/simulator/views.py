"""Rows of the world as X shows them, which depends on who is looking."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import UNSET, UnsetType

from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.world import World
from roost.xapi.wire_activity import CondensedUser, DirectMessageActivity
from roost.xapi.wire_dm import App, MessageCreate, MessageEvent, Target

PICTURE = "abs.twimg.com/sticky/default_profile_images/default_profile_normal.png"
"""Everybody's picture, without the scheme: X's own for those who have set none."""

JOINED = "1262304000000"
"""When everybody joined, in milliseconds since 1970."""


def event(message: MessageEntry, *, names_app: bool) -> MessageEvent:
    """Show a message.

    Args:
        message: Any message.
        names_app: Whether to say which app sent it. X says so to its sender alone, and not in
            the answer to the sending itself.
    """
    return MessageEvent(
        type="message_create",
        id=message.message_id,
        created_timestamp=message.created_timestamp,
        message_create=MessageCreate(
            target=Target(message.recipient_id),
            sender_id=message.sender_id,
            message_data=message.data,
            source_app_id=message.app_id if names_app else UNSET,
            custom_profile_id=message.custom_profile_id or UNSET,
        ),
        initiated_via=message.initiated_via,
    )


def event_for(message: MessageEntry, viewer_id: str) -> MessageEvent:
    """Show a message to a participant."""
    return event(message, names_app=message.sender_id == viewer_id)


def apps(
    world: World, messages: Iterable[MessageEntry], viewer_id: str
) -> dict[str, App] | UnsetType:
    """Give the `apps` map of what a participant is shown; unset where nothing names an app."""
    named: dict[str, App] = {}
    for message in messages:
        if message.sender_id == viewer_id:
            app = world.named_app(message.app_id)
            named[app.app_id] = App(app.app_id, app.name, app.url)
    return named or UNSET


def users(world: World, messages: Iterable[MessageEntry]) -> dict[str, CondensedUser]:
    """Give the `users` map of messages: everybody who wrote or was written to."""
    return users_map(
        world, {user_id for one in messages for user_id in (one.sender_id, one.recipient_id)}
    )


def users_map(world: World, ids: Collection[str]) -> dict[str, CondensedUser]:
    """Give a `users` map."""
    return {user_id: condensed(world, world.users[user_id]) for user_id in sorted(ids, key=int)}


def activity(world: World, message: MessageEntry, for_user_id: str) -> DirectMessageActivity:
    """Give the body of the delivery that tells a subscribed participant of a message."""
    return DirectMessageActivity(
        for_user_id=for_user_id,
        direct_message_events=[event_for(message, for_user_id)],
        users=users(world, [message]),
        apps=apps(world, [message], for_user_id),
    )


def condensed(world: World, user: UserEntry) -> CondensedUser:
    """Show a user as webhook bodies do."""
    return CondensedUser(
        id=user.user_id,
        created_timestamp=JOINED,
        name=user.name,
        screen_name=user.screen_name,
        protected=user.protected,
        verified=user.verified,
        followers_count=world.followers[user.user_id],
        friends_count=len(user.follows),
        statuses_count=world.posts.count_by(user.user_id),
        profile_image_url=f"http://{PICTURE}",
        profile_image_url_https=f"https://{PICTURE}",
    )
