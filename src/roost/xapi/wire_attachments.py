"""What can be attached to a Direct Message that is sent, as X writes it.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class MediaId(msgspec.Struct, frozen=True):
    """Names an upload."""

    id: str


class NewMedia(msgspec.Struct, frozen=True, tag_field="type", tag="media"):
    """An uploaded picture, GIF or video."""

    media: MediaId


class PointOnMap(msgspec.Struct, frozen=True, tag_field="type", tag="Point"):
    """A point in GeoJSON: longitude first, then latitude, in degrees."""

    coordinates: tuple[float, float]


class SharedPoint(msgspec.Struct, frozen=True):
    """Holds a point."""

    coordinates: PointOnMap


class PlaceId(msgspec.Struct, frozen=True):
    """Names a place."""

    id: str


class Place(msgspec.Struct, frozen=True):
    """Holds a place."""

    place: PlaceId


class Location(msgspec.Struct, frozen=True):
    """Where something is; `type` tells which of the two is there."""

    type: str
    shared_coordinate: SharedPoint | UnsetType = UNSET
    shared_place: Place | UnsetType = UNSET


class NewLocation(msgspec.Struct, frozen=True, tag_field="type", tag="location"):
    """A place or a point on the map."""

    location: Location


NewAttachment = NewMedia | NewLocation
"""What one message can carry one of."""
