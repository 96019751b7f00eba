"""Fetching media of Direct Messages: from X's hosts only, signed only where X asks for it.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments/guides
/retrieving-media (archived).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from roost.errors import InvalidCall, XApiUnavailable
from roost.xapi import hosts, media_rules
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.routes.route import Host
from roost.xapi.transport import Sink
from roost.xapi.wire_dm import MessageData, MessageEvent
from roost.xapi.wire_media import Media, MediaAttachment

LARGEST_IN_MEMORY = 32 << 20
"""Bytes of a download that is kept in memory, unless more are asked for."""

LARGEST_FILE = 512 << 20
"""Bytes of the largest media there is: a video."""

_WITHIN = timedelta(minutes=10)

# Only what is signed has to be named exactly: with `..` in it, the signature would be good for
# another of X's addresses.
_PATHS: Mapping[Host, tuple[str, re.Pattern[str]]] = MappingProxyType(
    {
        Host.TON: (
            "media.private",
            re.compile(r"/1\.1/ton/data/dm/[0-9]+/[0-9]+/[\w-]+(\.\w+)?(:\w+)?"),
        ),
        Host.VIDEOS: ("media.film", re.compile(r"/dm_(gif|video)/[\w./:%-]+")),
        Host.PICTURES: (
            "media.preview",
            re.compile(r"/(dm_(gif|video)_preview|media|profile_images)/[\w./:%-]+"),
        ),
    }
)


def media_of(event: MessageEvent) -> Media | None:
    """Give the picture, GIF or video on a message; `None` for none, or a location."""
    return media_on(event.message_create.message_data)


def media_on(data: MessageData) -> Media | None:
    """Give the picture, GIF or video among what a message holds; `None` likewise."""
    if data.attachment is UNSET:
        return None
    try:
        return msgspec.json.decode(data.attachment, type=MediaAttachment).media
    except msgspec.DecodeError:
        return None


def link(media: Media) -> str:
    """Give the address to fetch: of a picture itself, of a GIF or video its best film."""
    if media.video_info is UNSET or not media.video_info.variants:
        return media.media_url_https
    films = [one for one in media.video_info.variants if one.content_type == "video/mp4"]
    return max(films or media.video_info.variants, key=lambda one: one.bitrate).url


async def to_memory(caller: Caller, url: str, most_bytes: int) -> bytes:
    """Fetch media; see `roost.xapi.families.media.Media.download`."""
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)

    await _download(caller, call_for(caller, url), keep, most_bytes)
    return b"".join(pieces)


async def to_file(caller: Caller, url: str, path: Path, most_bytes: int) -> int:
    """Fetch media into a file; see `roost.xapi.families.media.Media.download_to`."""
    call = call_for(caller, url)
    part = path.with_name(f"{path.name}.part")
    total = 0
    try:
        file = await asyncio.to_thread(part.open, "wb")
    except OSError as error:
        raise InvalidCall("path", f"{path}: {error.strerror or error}") from error

    async def write(piece: bytes) -> None:
        nonlocal total
        await asyncio.to_thread(file.write, piece)
        total += len(piece)

    try:
        with file:
            await _download(caller, call, write, most_bytes)
        await asyncio.to_thread(part.replace, path)
    except OSError as error:
        raise InvalidCall("path", f"{path}: {error.strerror or error}") from error
    finally:
        with suppress(FileNotFoundError):  # gone where it has become the file
            await asyncio.to_thread(part.unlink)
    return total


async def _download(caller: Caller, call: Call, sink: Sink, most_bytes: int) -> None:
    """Fetch media, and hand on nothing that does not begin as such: an error page is none.

    Raises:
        XApiUnavailable: What came is no picture, GIF or video.
    """
    head = b""
    is_media = False

    async def check(piece: bytes) -> None:
        nonlocal head, is_media
        if is_media:
            return await sink(piece)
        head += piece
        if len(head) < media_rules.HEAD_BYTES:
            return None
        _check_type(call, head)
        is_media = True
        return await sink(head)

    await caller.download(call, check, most_bytes=most_bytes)
    if not is_media:
        _check_type(call, head)
        await sink(head)


def _check_type(call: Call, head: bytes) -> None:
    try:
        media_rules.media_type_of(head)
    except InvalidCall as error:
        raise XApiUnavailable(f"{call.route}: what came is no picture, GIF or video") from error


def call_for(caller: Caller, url: str) -> Call:
    """Make the call that fetches an address.

    Raises:
        InvalidCall: It is not one of X's for media.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    named = hosts.MEDIA_NAMES.get(parts.netloc.lower()) if parts.scheme == "https" else None
    own = [host for host, address in caller.addresses.items() if address == origin]
    for host, (route, pattern) in _PATHS.items():
        if (host is named or host in own) and pattern.fullmatch(parts.path):
            query = f"?{parts.query}" if parts.query and host is not Host.TON else ""
            address = caller.addresses[host] + parts.path + query
            return Call(route, address=address, answer_within=_WITHIN)
    raise InvalidCall("url", f"{origin}{parts.path} is no address of media at X")
