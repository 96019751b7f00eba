"""What came of something a user did, whether by hand or through an app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from roost.simulator.courier import Parcel
from roost.xapi.wire_dm import MessageEvent
from roost.xapi.wire_events import (
    Favorite,
    PostDeletion,
    ReadMark,
    RelationEvent,
    Typing,
    UserEvent,
)
from roost.xapi.wire_tweets import Tweet

Event = (
    MessageEvent | Tweet | PostDeletion | Favorite | RelationEvent | Typing | ReadMark | UserEvent
)
"""Anything that has happened, as webhooks tell of it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, or the lack of it: nobody is told that nothing changed.

    Attributes:
        thing_id: The id of what it is about, for example of a Post.
        events: As webhooks tell of it.
        parcels: The deliveries that began.
    """

    thing_id: str
    events: Sequence[Event] = field(default=())
    parcels: Sequence[Parcel] = field(default=())
