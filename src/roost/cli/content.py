"""What a message carries, as options of the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost.cli import x_calls
from roost.cli.naming import Typed
from roost.model import capabilities
from roost.model.messages import Button, OutboundMessage, Point, QuickReply
from roost.xapi import XClient
from roost.xapi.families.media import Upload

_PARTS = 3


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Content:
    """What a message carries beside its text.

    Attributes:
        quick_reply: An answer to tap, as `LABEL`, `LABEL|METADATA` or
            `LABEL|METADATA|DESCRIPTION`; up to 20 times.
        button: A link under the message, as `LABEL=ADDRESS`; up to three times.
        media: A picture, GIF or video: a file to upload, or X's id of one that is.
        point: A point on the map, as `LONGITUDE,LATITUDE` in degrees.
        place: X's id of a place.
        profile: X's id of a custom profile to speak under.
    """

    quick_reply: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    button: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    media: str = ""
    point: str = ""
    place: str = ""
    profile: str = ""

    def typed(self) -> Typed:
        """Give what was typed of it, by option."""
        several = "; ".join
        return {
            "--quick-reply": several(self.quick_reply),
            "--button": several(self.button),
            "--media": self.media,
            "--point": self.point,
            "--place": self.place,
            "--profile": self.profile,
            "--media, --point, --place": "",
        }


NOTHING = Content()
"""A text alone."""


async def message(
    x: XClient, text: str, carried: Content, *, shared: bool = False
) -> OutboundMessage:
    """Make a message, uploading its media where that is a file.

    Args:
        x: Uploads.
        text: Its text.
        carried: What else it carries.
        shared: Whether the file has to be good for many messages.

    Raises:
        InvalidCall: An option does not have its form, or the file cannot be read.
        MediaNotReady: X could not process the file.
    """
    made = OutboundMessage(
        text,
        tuple(_quick_reply(one) for one in carried.quick_reply),
        tuple(_button(one) for one in carried.button),
        point=_point(carried.point) if carried.point else None,
        place_id=carried.place,
        custom_profile_id=carried.profile,
    )
    if not carried.media:
        return made
    # Before a file is uploaded in vain.
    capabilities.check(replace(made, media_id="0"), capabilities.X_V1)
    return replace(made, media_id=await media_id(x, carried.media, shared=shared))


async def media_id(x: XClient, named: str, *, shared: bool = False) -> str:
    """Give X's id of media that is named by it, or by a file, which is uploaded.

    Raises:
        InvalidCall: The file cannot be read, or X would not take it.
        MediaNotReady: X could not process it.
    """
    if re.fullmatch("[0-9]{1,19}", named):
        return named
    return (await x.media.upload(Path(named), Upload(shared=shared))).media_id_string


def _quick_reply(text: str) -> QuickReply:
    parts = text.split("|")
    if len(parts) > _PARTS:
        raise x_calls.argument(text, "--quick-reply", "LABEL|METADATA|DESCRIPTION")
    label, metadata, description = (*parts, "", "")[:_PARTS]
    return QuickReply(label, metadata or None, description or None)


def _button(text: str) -> Button:
    label, has_address, address = text.partition("=")
    if not has_address:
        raise x_calls.argument(text, "--button", "LABEL=ADDRESS")
    return Button(label, address)


def _point(text: str) -> Point:
    try:
        longitude, latitude = map(float, text.split(","))
    except ValueError as error:
        raise x_calls.argument(text, "--point", "LONGITUDE,LATITUDE") from error
    return Point(longitude, latitude)
