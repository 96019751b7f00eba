"""What the desk asks of X itself, beside sending, which is the outbox's."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from roost.model.ids import UserId
from roost.ports.composing import Voice


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way to X.

    Attributes:
        pieces: Its bytes, once.
        total_bytes: How many there are.
        is_shared: Whether it is for a welcome message, which everybody is shown.
    """

    pieces: AsyncIterable[bytes]
    total_bytes: int
    is_shared: bool = False


class AtX(Protocol):
    """The accounts' own calls of X. Each may raise what X refuses, see `roost.errors.SendError`."""

    async def upload(self, account_id: UserId, file: File) -> str:
        """Hand a picture, GIF or video on to X; its id, good for one message within 24 hours.

        Raises:
            InvalidCall: X would not take it; names limit and value.
            MediaNotReady: X could not process it.
        """
        ...

    async def describe(self, account_id: UserId, media_id: str, alt_text: str) -> None:
        """Say in 1 to 1,000 characters what an uploaded picture or GIF shows."""
        ...

    async def fetch(self, account_id: UserId, delivered: bytes, message_id: str, to: Path) -> bool:
        """Fetch what hangs on a message into a file.

        Args:
            account_id: Whose message.
            delivered: The body in which X told of it.
            message_id: Which of those in it.
            to: The file; it is there only once it is whole.

        Returns:
            Whether anything hangs on it.
        """
        ...

    async def voices(self, account_id: UserId) -> Sequence[Voice]:
        """Give the account's custom profiles.

        Raises:
            PermissionMissing: X does not let the account have any.
        """
        ...

    async def new_voice(self, account_id: UserId, name: str, media_id: str) -> Voice:
        """Make a custom profile of a name, 1 to 48 characters, and an uploaded picture."""
        ...

    async def drop_voice(self, account_id: UserId, profile_id: str) -> None:
        """Delete a custom profile; messages that were said under it still show it."""
        ...

    async def fetch_face(self, account_id: UserId, profile_id: str, to: Path) -> bool:
        """Fetch a custom profile's picture into a file; false where X shows none."""
        ...

    async def fetch_picture(self, account_id: UserId, url: str, to: Path) -> bool:
        """Fetch a user's picture into a file; false where it is not at X."""
        ...
