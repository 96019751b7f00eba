"""Users as X shows them outside of messages: whole, or as relations have them.

What the world does not hold is the same for everybody: no description, X's standard picture.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from roost.simulator import messaging
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import UserEntry
from roost.simulator.views import JOINED, PICTURE
from roost.simulator.world import World
from roost.xapi.wire_events import RelationUser
from roost.xapi.wire_users import FullUser, Relationship, RelationSource, RelationTarget

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def written(when: datetime) -> str:
    """Write a time as X writes `created_at`: `Wed Oct 10 20:19:24 +0000 2018`, in any locale."""
    day, month = _DAYS[when.weekday()], _MONTHS[when.month - 1]
    return f"{day} {month} {when.day:02} {when:%H:%M:%S} +0000 {when.year}"


def full(world: World, user: UserEntry, *, with_entities: bool = True) -> FullUser:
    """Show a user as REST answers do."""
    return FullUser(
        id=int(user.user_id),
        id_str=user.user_id,
        name=user.name,
        screen_name=user.screen_name,
        location="",
        description="",
        url=None,
        entities={"description": {"urls": []}} if with_entities else UNSET,
        protected=user.protected,
        verified=user.verified,
        followers_count=world.followers[user.user_id],
        friends_count=len(user.follows),
        listed_count=0,
        favourites_count=world.posts.likes_given[user.user_id],
        statuses_count=world.posts.count_by(user.user_id),
        created_at=written(from_milliseconds(JOINED)),
        profile_image_url=f"http://{PICTURE}",
        profile_image_url_https=f"https://{PICTURE}",
    )


def in_relation(world: World, user: UserEntry) -> RelationUser:
    """Show a user as follow, block and mute events do."""
    return RelationUser(
        id=user.user_id,
        name=user.name,
        screen_name=user.screen_name,
        location="",
        description="",
        url="",
        protected=user.protected,
        verified=user.verified,
        followers_count=world.followers[user.user_id],
        friends_count=len(user.follows),
        favourites_count=world.posts.likes_given[user.user_id],
        statuses_count=world.posts.count_by(user.user_id),
        created_at=written(from_milliseconds(JOINED)),
        profile_image_url=f"http://{PICTURE}",
        profile_image_url_https=f"https://{PICTURE}",
    )


def relationship(world: World, source: UserEntry, target: UserEntry) -> Relationship:
    """Show how one user stands to another; `can_dm` says whether X would take a message."""
    follows = target.user_id in source.follows
    is_followed = source.user_id in target.follows
    return Relationship(
        RelationSource(
            id=int(source.user_id),
            id_str=source.user_id,
            screen_name=source.screen_name,
            following=follows,
            followed_by=is_followed,
            following_received=source.user_id in target.follow_requests,
            following_requested=target.user_id in source.follow_requests,
            notifications_enabled=False,
            can_dm=messaging.may_write(world, source, target),
            blocking=target.user_id in source.blocks,
            blocked_by=source.user_id in target.blocks,
            muting=target.user_id in source.mutes,
            want_retweets=follows,
            all_replies=False,
            marked_spam=False,
        ),
        RelationTarget(
            id=int(target.user_id),
            id_str=target.user_id,
            screen_name=target.screen_name,
            following=is_followed,
            followed_by=follows,
            following_received=target.user_id in source.follow_requests,
            following_requested=source.user_id in target.follow_requests,
        ),
    )
