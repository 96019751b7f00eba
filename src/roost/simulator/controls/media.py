"""Media of the phone: what a person attaches, and looking at what is attached."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, RawBody

from roost.simulator import attachments, changes, media_receipt, multipart_form
from roost.simulator.actions import InvalidAction
from roost.simulator.controls.parts import Parts
from roost.simulator.media_receipt import NotTaken
from roost.simulator.media_store import NoRoom, Upload
from roost.simulator.responses.media_files import HEADERS
from roost.simulator.responses.media_upload import LONGEST_ALT_TEXT
from roost.simulator.world import World

LARGEST = 64 << 20
"""Bytes of a request that uploads media."""


class NewMedia(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Media to upload.

    Attributes:
        media: The file, as base64.
        user_id: Who alone may send it; left out for whoever does so first.
        alt_text: What it shows, in words.
    """

    media: str
    user_id: str = ""
    alt_text: str = ""


class Taken(msgspec.Struct, frozen=True):
    """Media that can be put on a message."""

    media_id: str


@dataclass
class UploadOperation(Operation):
    """Tells OpenAPI of a body that is read by hand, since it comes in two forms."""

    def __post_init__(self) -> None:
        """Describe it."""
        text = Schema(type=OpenAPIType.STRING)
        words = {"user_id": text, "alt_text": text}
        file = Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream")
        encoded = Schema(type=OpenAPIType.STRING, content_encoding="base64")
        self.request_body = RequestBody(
            required=True,
            content={
                "multipart/form-data": _object({"media": file, **words}),
                "application/json": _object({"media": encoded, **words}),
            },
        )


def _object(properties: Mapping[str, Schema]) -> OpenAPIMediaType:
    kind = OpenAPIType.OBJECT
    return OpenAPIMediaType(Schema(type=kind, properties={**properties}, required=["media"]))


class MediaController(Controller):
    """Uploading and looking."""

    path = "/_sim/media"

    @post(request_max_body_size=LARGEST, operation_class=UploadOperation)
    async def upload(
        self, parts: Parts, request: Request[object, object, State], body: RawBody
    ) -> Taken:
        """Take a picture, GIF or video: a form with the file as `media`, or `NewMedia` as JSON.

        A form may have `user_id` and `alt_text` too. What is taken is ready at once.
        """
        new, content = _read(body, request.headers.get("content-type", ""))
        _check(parts.world, new)
        with changes.noting(parts.world, parts.records, cause="add_media"):
            return Taken(_receive(parts.world, new, content))

    @get("/faces/{file:str}", media_type="*/*")
    async def face(self, parts: Parts, file: FromPath[str]) -> Response[bytes]:
        """Give the picture of a custom profile or a Post, by the last part of its address at X."""
        entry = attachments.public_picture(parts.world, file)
        if entry is None:
            raise NotFoundException(f"there is no picture {file}")
        return Response(entry.content, media_type=entry.media_type, headers=HEADERS)

    @get("/{media_id:str}", media_type="*/*")
    async def show(self, parts: Parts, media_id: FromPath[str]) -> Response[bytes]:
        """Give media as it was uploaded."""
        entry = parts.world.media.media(media_id)
        if entry is None or entry.error:
            raise NotFoundException(f"there is no media {media_id}")
        return Response(entry.content, media_type=entry.media_type, headers=HEADERS)


def _read(body: bytes, content_type: str) -> tuple[NewMedia, bytes]:
    if content_type.partition(";")[0].strip().lower() == multipart_form.MULTIPART:
        fields = multipart_form.read(body, content_type)
        words = {
            name: fields.get(name, b"").decode(errors="replace") for name in ("user_id", "alt_text")
        }
        return NewMedia("", **words), fields.get("media", b"")
    try:
        new = msgspec.json.decode(body, type=NewMedia)
        return new, base64.b64decode(new.media, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidAction("body", f"is neither a form nor such an object: {error}") from error
    except (binascii.Error, ValueError) as error:
        raise InvalidAction("media", "is not base64") from error


def _check(world: World, new: NewMedia) -> None:
    if new.user_id and new.user_id not in world.users:
        raise InvalidAction("user_id", f"there is no user {new.user_id}")
    if len(new.alt_text) > LONGEST_ALT_TEXT:
        value = len(new.alt_text)
        raise InvalidAction("alt_text", "too long", limit=LONGEST_ALT_TEXT, value=value)


def _receive(world: World, new: NewMedia, content: bytes) -> str:
    upload = Upload(
        media_id=world.ids.next(),
        owner_id=new.user_id,
        additional_owners=(),
        total_bytes=len(content),
        category="",
        shared=False,
        created_at=world.timestamp(),
    )
    try:
        entry = media_receipt.receive(world, upload, content)
    except (NotTaken, NoRoom) as error:
        raise InvalidAction("media", str(error)) from error
    if new.alt_text:
        world.media.put(msgspec.structs.replace(entry, alt_text=new.alt_text))
    return entry.media_id
