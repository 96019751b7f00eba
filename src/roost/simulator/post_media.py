"""Media on Posts: what may be attached, and how readers see it.

Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/entities (archived),
and https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference
/post-statuses-update (archived).
"""

from __future__ import annotations

from collections.abc import Sequence

from roost.simulator import attachments, media_use
from roost.simulator.entries import PostEntry
from roost.simulator.media_entries import MediaEntry
from roost.simulator.refusals import refusal
from roost.simulator.world import World
from roost.xapi.wire_media import Media

MOST_PHOTOS = 4
"""Photos on one Post; of GIFs and videos there may be one, alone."""


def claim(world: World, media_ids: Sequence[str], user_id: str) -> Sequence[MediaEntry]:
    """Give media that somebody wants to put on a Post, in order and each once.

    Raises:
        Refusal: 325 where X holds no such media, 323 for a GIF among others, 324 where it may not
            be used, was uploaded for Direct Messages, or is not to be combined.
    """
    found = [media_use.claim(world, one, user_id) for one in dict.fromkeys(media_ids)]
    if len(found) > 1 and any(entry.kind == "animated_gif" for entry in found):
        raise refusal(323)
    reason = _objection(found)
    if reason:
        raise refusal(324, reason=reason)
    return found


def shown(world: World, post: PostEntry) -> list[Media]:
    """Show a Post's media, as far as X still holds them; none where there are none."""
    entries = [world.media.media(media_id) for media_id in post.media_ids]
    start = len(post.text) - len(post.media_link)
    place = attachments.Place(
        link=post.media_link,
        indices=(start, len(post.text)),
        address=f"https://twitter.com/{world.users[post.user_id].screen_name}/status/{post.post_id}",
    )
    return [
        attachments.on_post(entry, place, rules=world.rules)
        for entry in entries
        if entry is not None
    ]


def _objection(found: Sequence[MediaEntry]) -> str:
    if len(found) > MOST_PHOTOS:
        return f"{len(found)} media, allowed are {MOST_PHOTOS}"
    if len(found) > 1 and any(entry.kind == "video" for entry in found):
        return "a video has to be the only one"
    if any(entry.category.startswith("dm") for entry in found):
        return "it was uploaded for Direct Messages"
    return ""
