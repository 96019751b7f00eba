"""`roost media`: uploading, and fetching what is on messages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost.cli import x_calls, x_texts
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.errors import InvalidCall
from roost.xapi import downloads
from roost.xapi.families.media import Progress, Upload
from roost.xapi.wire_media import Uploaded

run = x_calls.verb(
    "media",
    "Upload pictures, GIFs and videos, and fetch those of Direct Messages.",
    "Examples: `roost media upload cat.png --shared`,"
    " `roost media download 1580000000000000030 there.png`",
)


@run.command
async def upload(
    file: Path,
    *,
    category: str = "",
    shared: Annotated[bool, Parameter(negative=())] = False,
    alt: str = "",
    who: Who = ANYBODY,
) -> int:
    """Upload a file and wait until X has processed it. It can be sent within 24 hours.

    Examples: `roost media upload cat.png --alt "A grey cat"`, `roost media upload cat.png --shared`

    Args:
        file: JPEG, PNG or WEBP up to 5 MB, GIF up to 15 MB, MP4 or MOV up to 512 MB.
        category: `dm_image`, `dm_gif`, `dm_video`; otherwise as the file is.
        shared: Let many messages carry it; whoever has its address may then see it.
        alt: What a picture shows, in words.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Uploaded:
        what = Upload(category=category, shared=shared, alt_text=alt)
        return await line.x.media.upload(file, what, progress=_told)

    return await x_calls.perform(
        who,
        action,
        lambda one: one.media_id_string,
        {"file": str(file), "--category": category, "--alt": alt},
    )


@run.command
async def download(source: str, file: Path, *, who: Who = ANYBODY) -> int:
    """Fetch the picture, GIF or video of a message.

    Example: `roost media download 1580000000000000030 there.png`

    Args:
        source: The message's id, or the address of the media.
        file: Where to; it is there only once it is whole.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, object]:
        link = await _link(line, source) if source.isdecimal() else source
        return {"file": str(file), "bytes": await line.x.media.download_to(file, link)}

    return await x_calls.perform(who, action, x_texts.pairs, {"source": source, "file": str(file)})


async def _link(line: Line, message_id: str) -> str:
    found = downloads.media_of((await line.x.messages.show(message_id)).event)
    if found is None:
        raise InvalidCall("source", f"message {message_id} carries no media")
    return downloads.link(found)


def _told(progress: Progress) -> None:
    """Show progress to whoever watches."""
    if sys.stderr.isatty():
        done = f"{progress.sent_bytes} of {progress.total_bytes} bytes sent"
        waiting = "" if progress.percent is None else f", X has processed {progress.percent} %"
        print(done + waiting, file=sys.stderr)
