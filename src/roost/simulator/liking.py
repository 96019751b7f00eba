"""Liking Posts, whether an app or a person does it.

Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage (archived).
"""

from __future__ import annotations

import hashlib

from roost.simulator import post_views, user_views
from roost.simulator.clock import milliseconds
from roost.simulator.courier import News
from roost.simulator.entries import LikeEntry, PostEntry, UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.refusals import refusal
from roost.simulator.simulation import Simulation
from roost.xapi.wire_events import Favorite, FavoriteActivity


def like(simulation: Simulation, user: UserEntry, post: PostEntry) -> Happening:
    """Like a Post.

    Raises:
        Refusal: 139, it is liked already.
    """
    world, entry = simulation.world, LikeEntry(user_id=user.user_id, post_id=post.post_id)
    if world.posts.is_liked(entry):
        raise refusal(139)
    world.posts.like(entry)
    now = simulation.clock.now()
    event = Favorite(
        id=hashlib.sha256(f"{user.user_id} {post.post_id}".encode()).hexdigest()[:32],
        created_at=user_views.written(now),
        timestamp_ms=milliseconds(now),
        favorited_status=post_views.tweet(world, post, post_views.WEBHOOK),
        user=user_views.full(world, user, with_entities=False),
    )
    news = News(
        "favorite_events",
        post.post_id,
        tuple(dict.fromkeys((user.user_id, post.user_id))),
        lambda user_id: FavoriteActivity(user_id, [event]),
    )
    parcels = simulation.courier.announce(news)
    change = {"post_id": post.post_id, "user_id": user.user_id}
    simulation.records.ledger.append(
        "liked", **change, deliveries=[parcel.delivery_id for parcel in parcels]
    )
    simulation.live.publish("liked", change)
    return Happening(post.post_id, [event], parcels)


def unlike(simulation: Simulation, user: UserEntry, post: PostEntry) -> Happening:
    """Take a like back; X tells nobody.

    Raises:
        Refusal: 144, it is not liked.
    """
    entry = LikeEntry(user_id=user.user_id, post_id=post.post_id)
    if not simulation.world.posts.is_liked(entry):
        raise refusal(144, reason="it is not liked")
    simulation.world.posts.unlike(entry)
    change = {"post_id": post.post_id, "user_id": user.user_id}
    simulation.records.ledger.append("unliked", **change)
    simulation.live.publish("unliked", change)
    return Happening(post.post_id)
