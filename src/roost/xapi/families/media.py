"""Media: uploading pictures, GIFs and videos, and fetching those of Direct Messages.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media (archived).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import UNSET

from roost.errors import InvalidCall, MediaNotReady, SendUncertain, XApiUnavailable
from roost.xapi import checks, downloads, media_rules, sources
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.sources import Source
from roost.xapi.wire_media import AltText, Metadata, Uploaded

T = TypeVar("T")

_PIECE_WITHIN = timedelta(seconds=60)
_TRIES = 3
_SOONEST, _LATEST, _USUAL = 1, 60, 5


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file is, and what it is for.

    Attributes:
        category: `dm_image`, `dm_gif`, `dm_video`, or `tweet_…`; `""` for what a Direct Message
            would use such a file for.
        media_type: MIME type; `""` to tell it from the first bytes.
        shared: Whether many messages of this user may carry it, and whoever has its address may
            see it. Welcome messages need that.
        alt_text: What a picture or GIF shows, in words; up to 1,000 characters, `""` for nothing.
        owners: Ids of up to 100 other users who may use it.
    """

    category: str = ""
    media_type: str = ""
    shared: bool = False
    alt_text: str = ""
    owners: Sequence[str] = field(default_factory=tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is.

    Attributes:
        sent_bytes: Of these, X has so many.
        total_bytes: All there are.
        percent: How far X has processed it; `None` while bytes are being sent, or where X does not
            say.
    """

    sent_bytes: int
    total_bytes: int
    percent: int | None = None


def _tell_nobody(progress: Progress) -> None:
    del progress


class Media:
    """`x.media`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(
        self, caller: Caller, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Make one.

        Args:
            caller: Makes its calls.
            sleep: Waits so many seconds while X processes an upload.
        """
        self._caller = caller
        self._sleep = sleep

    async def upload(
        self,
        source: Source,
        what: Upload | None = None,
        *,
        progress: Callable[[Progress], None] = _tell_nobody,
        within: timedelta = timedelta(minutes=5),
    ) -> Uploaded:
        """Upload a file in pieces, and wait until X has processed it.

        Args:
            source: Bytes, the path of a file, or a `Stream`.
            what: What it is and is for; `Upload()` where left out.
            progress: Told after every piece, and whenever X was asked how far it is.
            within: How long X may take to process it once it has everything.

        Returns:
            The upload; `media_id_string` can be attached within 24 hours, to one message unless it
            is shared.

        Raises:
            InvalidCall: It cannot be read, or X would not take it; nothing was sent.
            MediaNotReady: X could not process it, or did not in time.
        """
        what = what or Upload()
        total = await sources.size(source)
        if what.category or what.media_type:
            _check_size(what, total)
        async with aclosing(sources.chunks(source, media_rules.CHUNK_BYTES)) as pieces:
            first = await anext(pieces, b"")
            what = _completed(what, first[: media_rules.HEAD_BYTES], total)
            wanted = what
            begun = await _again(lambda: self.init(total, wanted))
            media_id = begun.media_id_string
            sent = 0
            async for index, piece in _numbered(first, pieces):
                await _again(lambda n=index, part=piece: self.append(media_id, n, part))
                sent += len(piece)
                progress(Progress(sent, total))
        done = await _again(lambda: self.finalize(media_id))
        ready = await self._processed(done, Progress(sent, total), progress, within)
        if what.alt_text:
            await self.describe(media_id, what.alt_text)
        return ready

    async def upload_at_once(self, content: bytes, what: Upload | None = None) -> Uploaded:
        """Upload a picture or small GIF in one call, up to 5 MB. 415 calls are allowed.

        X recommends `upload` for Direct Messages, and cannot take a shared file this way.

        Raises:
            InvalidCall: X would not take it; nothing was sent.
        """
        what = _completed(what or Upload(), content[: media_rules.HEAD_BYTES], len(content))
        media_rules.check("dm_image", "image/png", len(content))
        parameters = [("media_category", what.category), *_owners(what)]
        call = Call(
            "media.upload",
            parameters=parameters,
            files=[("media", content)],
            answer_within=_PIECE_WITHIN,
        )
        uploaded = await self._caller.fetch(call, Uploaded)
        if what.alt_text:
            await self.describe(uploaded.media_id_string, what.alt_text)
        return uploaded

    async def init(self, total_bytes: int, what: Upload) -> Uploaded:
        """Begin an upload in pieces; `what` has to name category and type.

        Raises:
            InvalidCall: X would not take it; nothing was sent.
        """
        media_rules.check(what.category, what.media_type, total_bytes)
        parameters = [
            ("command", "INIT"),
            ("total_bytes", str(total_bytes)),
            ("media_type", what.media_type),
            ("media_category", what.category),
            *([("shared", "true")] if what.shared else []),
            *_owners(what),
        ]
        return await self._caller.fetch(Call("media.init", parameters=parameters), Uploaded)

    async def append(self, media_id: str, index: int, piece: bytes) -> None:
        """Send a piece; one that comes again takes the place of the first.

        Args:
            media_id: From `init`.
            index: 0 to 999.
            piece: Up to 5 MB.
        """
        checks.within("index", index, 0, 999)
        checks.within("piece", len(piece), 1, 5 << 20)
        checks.x_id("media_id", media_id)
        parameters = [("command", "APPEND"), ("media_id", media_id), ("segment_index", str(index))]
        call = Call(
            "media.append",
            parameters=parameters,
            files=[("media", piece)],
            answer_within=_PIECE_WITHIN,
        )
        await self._caller.call(call)

    async def finalize(self, media_id: str) -> Uploaded:
        """Say that every piece was sent; no `processing_info` means that it can be used at once."""
        parameters = [("command", "FINALIZE"), ("media_id", checks.x_id("media_id", media_id))]
        return await self._caller.fetch(Call("media.finalize", parameters=parameters), Uploaded)

    async def status(self, media_id: str) -> Uploaded:
        """Ask how far X has processed a GIF or video."""
        parameters = [("command", "STATUS"), ("media_id", checks.x_id("media_id", media_id))]
        return await self._caller.fetch(Call("media.status", parameters=parameters), Uploaded)

    async def describe(self, media_id: str, alt_text: str) -> None:
        """Say in up to 1,000 characters what a picture or GIF shows.

        Raises:
            InvalidCall: The text is empty or too long.
        """
        checks.length("alt_text", alt_text, media_rules.LONGEST_ALT_TEXT)
        metadata = Metadata(checks.x_id("media_id", media_id), AltText(alt_text))
        body = msgspec.json.encode(metadata)
        await self._caller.call(Call("media.metadata.create", body=body))

    async def download(self, url: str, *, most_bytes: int = downloads.LARGEST_IN_MEMORY) -> bytes:
        """Fetch a picture, GIF or video of a Direct Message, or a custom profile's picture.

        The request is signed only where X asks for that, and goes to X's hosts only.

        Args:
            url: As X gave it, for example `media_url_https`; see `roost.xapi.downloads.link`.
            most_bytes: How many it may have.

        Raises:
            InvalidCall: It is no address of media at X; nothing was sent.
            AnswerTooLarge: It has more bytes.
            XApiUnavailable: What came is no picture, GIF or video.
            NotFound: It is not there.
            PermissionMissing: It is on a message between others.
        """
        return await downloads.to_memory(self._caller, url, most_bytes)

    async def download_to(
        self, path: Path, url: str, *, most_bytes: int = downloads.LARGEST_FILE
    ) -> int:
        """Fetch media into a file, which is there only once it is whole; see `download`.

        Returns:
            How many bytes it has.

        Raises:
            InvalidCall: It is no address of media at X, or the file cannot be written.
            AnswerTooLarge: It has more bytes than it may.
        """
        return await downloads.to_file(self._caller, url, path, most_bytes)

    async def _processed(
        self,
        found: Uploaded,
        sent: Progress,
        progress: Callable[[Progress], None],
        within: timedelta,
    ) -> Uploaded:
        waited = 0.0
        while found.processing_info is not UNSET and found.processing_info.state != "succeeded":
            info = found.processing_info
            media_id = found.media_id_string
            if info.state == "failed":
                fault = None if info.error is UNSET else info.error
                told = "X could not process it" + (f": {fault.message}" if fault else "")
                raise MediaNotReady(media_id, told, reason=fault.name if fault else "")
            wait = _USUAL if info.check_after_secs is UNSET else info.check_after_secs
            wait = min(max(wait, _SOONEST), _LATEST)
            if waited + wait > within.total_seconds():
                raise MediaNotReady(media_id, f"X had not processed it after {waited:.0f} s")
            await self._sleep(wait)
            waited += wait
            found = await self.status(media_id)
            progress(_at(sent, found))
        return found


async def _numbered(
    first: bytes, others: AsyncGenerator[bytes, None]
) -> AsyncGenerator[tuple[int, bytes], None]:
    yield 0, first
    index = 0
    async for piece in others:
        index += 1
        yield index, piece


async def _again(attempt: Callable[[], Awaitable[T]]) -> T:
    """Do what may be done twice, and has its own time limit, until it was done."""
    for _ in range(_TRIES - 1):
        try:
            return await attempt()
        except (SendUncertain, XApiUnavailable):
            continue
    return await attempt()


def _check_size(what: Upload, total_bytes: int) -> None:
    """Refuse what is too large already by what was said of it, before a stream is begun."""
    category = what.category or media_rules.category_of(what.media_type)
    most = media_rules.LARGEST.get(category)
    if most is not None and total_bytes > most:
        raise InvalidCall("source", f"too many bytes for {category}", limit=most, value=total_bytes)


def _completed(what: Upload, head: bytes, total_bytes: int) -> Upload:
    """Fill in what follows from the file, and check all of it."""
    if not total_bytes:
        raise InvalidCall("source", "is empty", value=0)
    if what.alt_text:
        checks.length("alt_text", what.alt_text, media_rules.LONGEST_ALT_TEXT)
    media_type = what.media_type or media_rules.media_type_of(head)
    category = what.category or media_rules.category_of(media_type)
    media_rules.check(category, media_type, total_bytes)
    media_rules.check_gif(category, head)
    if what.alt_text and category.endswith("video"):
        raise InvalidCall("alt_text", "X takes it for pictures and GIFs only")
    return Upload(category, media_type, what.shared, what.alt_text, what.owners)


def _owners(what: Upload) -> list[tuple[str, str]]:
    listed = checks.ids("owners", what.owners, media_rules.MOST_OWNERS)
    return [("additional_owners", listed)] if listed else []


def _at(sent: Progress, found: Uploaded) -> Progress:
    info = found.processing_info
    percent = None if info is UNSET or info.progress_percent is UNSET else info.progress_percent
    return Progress(sent.sent_bytes, sent.total_bytes, percent)
