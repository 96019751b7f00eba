"""Media on a message, as readers see it, and where its files are fetched.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments (archived),
and messages recorded in client libraries' tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from roost.simulator.entries import Rules
from roost.simulator.media_entries import MediaEntry
from roost.simulator.world import World
from roost.xapi.wire_dm import Entities, MessageData, Url
from roost.xapi.wire_media import FilmInfo, Media, MediaAttachment, Size, Sizes, Variant

_THUMB = Size(150, 150, "crop")
_SMALL, _MEDIUM, _LARGE = 680, 1_200, 2_048
_FILMS = "https://video.twimg.com"
_POST_PICTURES = {
    "photo": "media/{entry.stem}.jpg",
    "animated_gif": "tweet_video_thumb/{entry.stem}.jpg",
    "video": "ext_tw_video_thumb/{entry.media_id}/pu/img/{entry.stem}.jpg",
}


def with_media(
    data: MessageData, entry: MediaEntry, *, owner_id: str, link: str, rules: Rules
) -> MessageData:
    """Put media on a message: the attachment, and a link to it at the end of the text.

    Args:
        data: As X gives it to readers, without media.
        entry: The media.
        owner_id: The message it is on, or the welcome message.
        link: A new short link.
        rules: Say where links to files begin.
    """
    start = len(data.text) + 1
    indices = (start, start + len(link))
    shown = _shown(entry, owner_id, link, indices, rules=rules)
    entities = Entities() if data.entities is UNSET else data.entities
    url = Url(link, shown.expanded_url, shown.display_url, indices)
    return replace(
        data,
        text=f"{data.text} {link}",
        entities=replace(entities, urls=[*entities.urls, url]),
        attachment=msgspec.Raw(msgspec.json.encode(MediaAttachment(shown))),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a Post its media stand.

    Attributes:
        link: The short link at the end of the text; the same for all.
        indices: Of that link.
        address: The Post's own.
    """

    link: str
    indices: tuple[int, int]
    address: str


def on_post(entry: MediaEntry, place: Place, *, rules: Rules) -> Media:
    """Show media on a Post; the files are open to everybody."""
    pictures = rules.media_origin or "https://pbs.twimg.com"
    picture = f"{pictures}/{_POST_PICTURES[entry.kind].format(entry=entry)}"
    kind = "photo" if entry.kind == "photo" else "video"
    return Media(
        id=int(entry.media_id),
        id_str=entry.media_id,
        indices=place.indices,
        media_url=picture.replace("https://", "http://"),
        media_url_https=picture,
        url=place.link,
        display_url=place.link.replace("https://t.co", "pic.twitter.com"),
        expanded_url=f"{place.address}/{kind}/1",
        type=entry.kind,
        sizes=_sizes(entry),
        video_info=UNSET if entry.kind == "photo" else _film(entry, _post_film(entry, rules)),
        ext_alt_text=entry.alt_text or UNSET,
    )


def public_picture(world: World, file: str) -> MediaEntry | None:
    """Give the picture of a custom profile, or of a Post that is there, by its file's name."""
    wanted = file.partition(".")[0].partition(":")[0]
    profiles = {profile.media_id for profile in world.custom_profiles.values()}
    for entry in world.media.entries():
        is_open = entry.media_id in profiles or world.posts.find(entry.used_by) is not None
        if entry.stem == wanted and is_open:
            return entry
    return None


def avatar_url(file: str, rules: Rules) -> str:
    """Give the address of a custom profile's picture."""
    return f"{rules.media_origin or 'https://pbs.twimg.com'}/media/{file}"


def _shown(
    entry: MediaEntry, owner_id: str, link: str, indices: tuple[int, int], *, rules: Rules
) -> Media:
    picture = _picture_url(entry, owner_id, rules)
    return Media(
        id=int(entry.media_id),
        id_str=entry.media_id,
        indices=indices,
        media_url=picture,
        media_url_https=picture,
        url=link,
        display_url=link.replace("https://t.co", "pic.twitter.com"),
        expanded_url=f"https://twitter.com/messages/media/{owner_id}",
        type=entry.kind,
        sizes=_sizes(entry),
        video_info=UNSET if entry.kind == "photo" else _film(entry, _film_url(entry, rules)),
        ext_alt_text=entry.alt_text or UNSET,
    )


def _picture_url(entry: MediaEntry, owner_id: str, rules: Rules) -> str:
    if entry.kind == "photo":
        origin = rules.media_origin or "https://ton.twitter.com"
        return f"{origin}/1.1/ton/data/dm/{owner_id}/{entry.media_id}/{entry.file}"
    origin = rules.media_origin or "https://pbs.twimg.com"
    folder = "dm_gif_preview" if entry.kind == "animated_gif" else "dm_video_preview"
    return f"{origin}/{folder}/{entry.media_id}/{entry.stem}.jpg"


def _film_url(entry: MediaEntry, rules: Rules) -> str:
    folder = "dm_gif" if entry.kind == "animated_gif" else "dm_video"
    return f"{rules.media_origin or _FILMS}/{folder}/{entry.media_id}/{entry.stem}.mp4"


def _post_film(entry: MediaEntry, rules: Rules) -> str:
    origin = rules.media_origin or _FILMS
    if entry.kind == "animated_gif":
        return f"{origin}/tweet_video/{entry.stem}.mp4"
    size = f"{entry.width}x{entry.height}"
    return f"{origin}/ext_tw_video/{entry.media_id}/pu/vid/{size}/{entry.stem}.mp4"


def _film(entry: MediaEntry, url: str) -> FilmInfo:
    aspect = Fraction(entry.width, entry.height)
    bitrate = len(entry.content) * 8_000 // entry.duration_ms if entry.duration_ms else 0
    return FilmInfo(
        aspect_ratio=(aspect.numerator, aspect.denominator),
        variants=[Variant(bitrate, "video/mp4", url)],
        duration_millis=entry.duration_ms or UNSET,
    )


def _sizes(entry: MediaEntry) -> Sizes:
    return Sizes(
        thumb=_THUMB,
        small=_fit(entry, _SMALL),
        medium=_fit(entry, _MEDIUM),
        large=_fit(entry, _LARGE),
    )


def _fit(entry: MediaEntry, longest: int) -> Size:
    scale = min(Fraction(1), Fraction(longest, max(entry.width, entry.height)))
    return Size(max(1, round(entry.width * scale)), max(1, round(entry.height * scale)), "fit")
