"""Pictures, GIFs and videos: on their way to X, and those of messages, fetched for people.

Nothing is shown from X's own hosts. What comes from there is looked at again: it is served as what
its first bytes say, and only where that is a picture or a video.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

from litestar import Controller, Request, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter
from litestar.response import Stream

from roost.desk.access import Policy
from roost.desk.at_x import File
from roost.desk.parts import Parts
from roost.desk.problems import BAD_GATEWAY, UNPROCESSABLE, FieldError, Refused, not_found
from roost.desk.wire_composing import AltText, Uploaded
from roost.errors import InvalidCall
from roost.model.ids import ConversationId
from roost.xapi import media_rules

LARGEST = max(media_rules.LARGEST.values())
"""Bytes of the largest file X takes: a video."""

PIECE = 1 << 16
"""Bytes served at once."""

_NAME_BYTES = 16

HEADERS = {
    "cache-control": "private, no-store",
    "content-disposition": "inline",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

AnyRequest = Request[object, object, State]
Bytes = Annotated[int, HeaderParameter(name="Content-Length", ge=0)]
Shared = Annotated[
    bool,
    QueryParameter(description="for a welcome message: everybody who has its address can see it"),
]


class UploadController(Controller):
    """Files on their way to X."""

    path = "/api/accounts/{account_id:str}/media"
    tags: Sequence[str] | None = ("composing",)

    @post(
        "",
        policy=Policy.PERSON,
        status_code=201,
        request_max_body_size=LARGEST,
    )
    async def upload(
        self,
        *,
        request: AnyRequest,
        parts: Parts,
        account_id: FromPath[str],
        total_bytes: Bytes,
        is_shared: Shared = False,
    ) -> Uploaded:
        """Hand the body, a picture, GIF or video, on to X as it comes in; nothing is kept here."""
        account = parts.known(account_id)
        if total_bytes > LARGEST:
            wrong = FieldError("file", "too many bytes", limit=LARGEST, value=total_bytes)
            raise Refused(UNPROCESSABLE, "invalid", "The file is too large.", errors=[wrong])
        async with parts.uploads:
            file = File(request.stream(), total_bytes, is_shared)
            return Uploaded(await parts.at_x.upload(account, file))

    @put("/{media_id:str}", policy=Policy.PERSON, status_code=204)
    async def describe(
        self,
        data: JSONBody[AltText],
        parts: Parts,
        account_id: FromPath[str],
        media_id: FromPath[str],
    ) -> None:
        """Say what an uploaded picture or GIF shows, for people who do not see it."""
        await parts.at_x.describe(parts.known(account_id), media_id, data.alt_text)


class MediaController(Controller):
    """What hangs on messages."""

    path = (
        "/api/conversations/{account_id:str}/{conversation_id:str}/messages/{message_id:str}/media"
    )
    tags: Sequence[str] | None = ("conversations",)

    @get("", policy=Policy.PERSON)
    async def media(
        self,
        parts: Parts,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
        message_id: FromPath[str],
    ) -> Stream:
        """Give the picture, GIF or video of a message, fetched from X."""
        account, conversation = parts.known(account_id), ConversationId(conversation_id)
        delivered = await parts.store.desk.delivered(account, conversation, message_id)
        if delivered is None:
            raise not_found("such message")
        async with parts.downloads, fetching() as path:
            if not await parts.at_x.fetch(account, delivered, message_id, path):
                raise not_found("picture or video on this message")
            return await shown(path)


@asynccontextmanager
async def fetching() -> AsyncGenerator[Path]:
    """Give a place for a file that is on its way here; on leaving the block it is gone."""
    path = Path(tempfile.gettempdir()) / f"roost-{secrets.token_hex(_NAME_BYTES)}"
    try:
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def shown(path: Path) -> Stream:
    """Serve a fetched file as what its first bytes say; it may be unlinked meanwhile.

    Raises:
        Refused: It is neither a picture nor a video.
    """
    file = await asyncio.to_thread(path.open, "rb")
    head, total_bytes = await asyncio.to_thread(_look, file)
    try:
        media_type = media_rules.media_type_of(head)
    except InvalidCall:
        file.close()
        raise Refused(BAD_GATEWAY, "odd_media", "X gave what is no picture or video.") from None
    headers = {**HEADERS, "content-length": str(total_bytes)}
    return Stream(_pieces(file), media_type=media_type, headers=headers)


def _look(file: BinaryIO) -> tuple[bytes, int]:
    """Give a file's first bytes, and how many it has."""
    head = file.read(media_rules.HEAD_BYTES)
    total_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    return head, total_bytes


async def _pieces(file: BinaryIO) -> AsyncGenerator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
