"""All media this X holds, within a bound, and the uploads that are going on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from roost.errors import RoostError
from roost.simulator.media_entries import MediaEntry
from roost.simulator.rows import Rows

# What is remembered of media besides its bytes, so that very many small ones are bounded too.
_BESIDES = 1_024


class NoRoom(RoostError):
    """Media alone is larger than all that may be held. Nothing was stored and nothing gave way."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload whose parts are still coming.

    Attributes:
        media_id: Given at INIT.
        owner_id: Who uploads.
        additional_owners: Others who may use it.
        total_bytes: How many were announced.
        category: Normalized; `""` for none.
        shared: Whether many messages may carry it.
        created_at: Milliseconds since 1970, as a string.
        segments: What has come, by index.
    """

    media_id: str
    owner_id: str
    additional_owners: tuple[str, ...]
    total_bytes: int
    category: str
    shared: bool
    created_at: str
    segments: Mapping[int, bytes] = field(default_factory=dict[int, bytes])

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return sum(map(len, self.segments.values()))


class MediaStore:
    """Keeps media, oldest first; where there is no room left, the oldest give way.

    A message whose media is gone still shows it; its file is not there any more. Uploads that are
    going on count, and give way like the rest.
    """

    def __init__(self, entries: Iterable[MediaEntry], most_bytes: Callable[[], int]) -> None:
        """Make one.

        Args:
            entries: What it holds at first; of too much, the newest.
            most_bytes: How much it may hold, asked each time something comes.
        """
        self._most_bytes = most_bytes
        self._held = Rows[str, MediaEntry | Upload]("media")
        self._weight = 0
        for entry in sorted(entries, key=lambda one: int(one.media_id)):
            if self.fits(len(entry.content)):
                self.put(entry)

    def fits(self, size: int) -> bool:
        """Say whether media of so many bytes could be held at all."""
        return size + _BESIDES <= self._most_bytes()

    def entries(self) -> Sequence[MediaEntry]:
        """Give all media, oldest first, without uploads that are going on."""
        return tuple(one for one in self._held.values() if isinstance(one, MediaEntry))

    def find(self, media_id: str) -> MediaEntry | Upload | None:
        """Give media or an upload by its id, while it is held."""
        return self._held.get(media_id)

    def media(self, media_id: str) -> MediaEntry | None:
        """Give media by its id, while it is held."""
        found = self._held.get(media_id)
        return found if isinstance(found, MediaEntry) else None

    def put(self, item: MediaEntry | Upload) -> None:
        """Add media or an upload, or put it in the place of what has its id.

        Raises:
            NoRoom: It alone is more than may be held.
        """
        before = self._held.get(item.media_id)
        grown = _weight(item) - (0 if before is None else _weight(before))
        if _weight(item) > self._most_bytes():
            raise NoRoom(f"{_weight(item)} bytes are more than {self._most_bytes()}")
        while self._weight + grown > self._most_bytes():
            self._drop(next(one for one in self._held if one != item.media_id))
        self._weight += grown
        self._held[item.media_id] = item

    def use(self, media_id: str, message_id: str) -> None:
        """Note which message carries media, where only one may carry it."""
        entry = self.media(media_id)
        if entry is not None and not entry.shared:
            self._held[media_id] = replace(entry, used_by=message_id)

    def _drop(self, media_id: str) -> None:
        self._weight -= _weight(self._held[media_id])
        del self._held[media_id]


def _weight(item: MediaEntry | Upload) -> int:
    size = item.size if isinstance(item, Upload) else len(item.content)
    return size + _BESIDES
