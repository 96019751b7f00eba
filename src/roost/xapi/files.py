"""Files of bots' messages on their way to X: exactly the bytes that were decided upon."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from roost.errors import MediaUnusable
from roost.model.media import MediaFile
from roost.xapi import media_rules
from roost.xapi.sources import Stream
from roost.xapi.wire_media import Uploaded

_LONGEST = timedelta(hours=24)
_CHANGED = "is not what it was when the message was decided; nothing was sent"


def source(file: MediaFile) -> Stream:
    """Give a file's bytes as a source of an upload, which ends before X is told that it is whole.

    Raises:
        MediaUnusable: While it is read: it cannot be, or its bytes are others than were decided.
    """
    return Stream(_pieces(file), file.n_bytes)


def good_for(found: Uploaded) -> timedelta:
    """Tell how long X lets an upload be put on messages.

    Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media (archived).
    """
    return min(timedelta(seconds=found.expires_after_secs), _LONGEST)


async def _pieces(file: MediaFile) -> AsyncGenerator[bytes, None]:
    digest, n_left = hashlib.sha256(), file.n_bytes
    try:
        with closing(await asyncio.to_thread(Path(file.path).open, "rb")) as opened:
            while piece := await asyncio.to_thread(opened.read, media_rules.CHUNK_BYTES):
                digest.update(piece)
                n_left -= len(piece)
                # The last piece goes on its way only once all of them are known to be right.
                is_last = n_left <= 0
                if n_left < 0 or (is_last and digest.hexdigest() != file.digest):
                    raise MediaUnusable(file.path, _CHANGED)
                yield piece
    except OSError as error:
        problem = f"cannot be read any more: {error.strerror or error}"
        raise MediaUnusable(file.path, problem) from error
    if n_left:
        raise MediaUnusable(file.path, _CHANGED)
