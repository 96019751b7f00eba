"""Media as the v1.1 API writes them: uploads, and what hangs on a message.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media (archived), and the answers
recorded in client libraries' tests.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType


class ImageInfo(msgspec.Struct, frozen=True):
    """A picture that was uploaded; pixels."""

    image_type: str
    w: int
    h: int


class VideoInfo(msgspec.Struct, frozen=True):
    """A video that was uploaded."""

    video_type: str


class ProcessingError(msgspec.Struct, frozen=True):
    """Why processing failed; names seen: `InvalidMedia`, `UnsupportedMedia`, `InternalError`."""

    code: int
    name: str
    message: str


class ProcessingInfo(msgspec.Struct, frozen=True):
    """How far X is; ask again after `check_after_secs`."""

    state: Literal["pending", "in_progress", "succeeded", "failed"]
    check_after_secs: int | UnsetType = UNSET
    progress_percent: int | UnsetType = UNSET
    error: ProcessingError | UnsetType = UNSET


class Uploaded(msgspec.Struct, frozen=True):
    """Answer of every upload command but APPEND.

    No `processing_info` after FINALIZE means that the media can be used at once.
    """

    media_id: int
    media_id_string: str
    expires_after_secs: int
    size: int | UnsetType = UNSET
    media_key: str | UnsetType = UNSET
    image: ImageInfo | UnsetType = UNSET
    video: VideoInfo | UnsetType = UNSET
    processing_info: ProcessingInfo | UnsetType = UNSET


class AltText(msgspec.Struct, frozen=True):
    """What a picture shows, in words: 1 to 1,000 characters."""

    text: str


class Metadata(msgspec.Struct, frozen=True):
    """Body of `media/metadata/create`."""

    media_id: str
    alt_text: AltText


class Size(msgspec.Struct, frozen=True):
    """One size a picture can be had in; pixels."""

    w: int
    h: int
    resize: Literal["crop", "fit"]


class Sizes(msgspec.Struct, frozen=True):
    """All of them."""

    thumb: Size
    small: Size
    medium: Size
    large: Size


class Variant(msgspec.Struct, frozen=True):
    """One file of a video; `bitrate` in bits per second."""

    bitrate: int
    content_type: str
    url: str


class FilmInfo(msgspec.Struct, frozen=True):
    """What a video or GIF is like; `duration_millis` of a video only."""

    aspect_ratio: tuple[int, int]
    variants: list[Variant]
    duration_millis: int | UnsetType = UNSET


class Media(msgspec.Struct, frozen=True):
    """A picture, GIF or video on a message."""

    id: int
    id_str: str
    indices: tuple[int, int]
    media_url: str
    media_url_https: str
    url: str
    display_url: str
    expanded_url: str
    type: Literal["photo", "animated_gif", "video"]
    sizes: Sizes
    video_info: FilmInfo | UnsetType = UNSET
    ext_alt_text: str | UnsetType = UNSET


class MediaAttachment(msgspec.Struct, frozen=True, tag_field="type", tag="media"):
    """An `attachment` as messages have it when read."""

    media: Media
