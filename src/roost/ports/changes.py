"""The change feed as its readers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class FeedPosition:
    """A place in the change feed.

    Attributes:
        feed_epoch: Names the database. A reader that comes with another one must start afresh.
        xid: The transaction's number; always 0 in SQLite.
        seq: Rises within a transaction. Numbers are never used twice, but some are missing where
            a transaction was undone. With `xid` 0, 0 is before the first change.
    """

    feed_epoch: str
    xid: int
    seq: int


@dataclass(frozen=True, slots=True)
class Resync:
    """The answer to a reader that has followed another database, such as one since restored.

    Attributes:
        position: From where to follow, once everything has been read afresh.
    """

    position: FeedPosition


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the feed.

    Attributes:
        position: Its place, after which the reader goes on.
        account_id: Whose.
        kind: What changed, for example `message`.
        conversation_id: Where; `""` where in no conversation.
        ref: What exactly, in the kind's own terms; `""` for nothing more to say.
        at: When, by the service's clock.
    """

    position: FeedPosition
    account_id: str
    kind: str
    conversation_id: str
    ref: str
    at: datetime


class ChangeLookup(Protocol):
    """The feed, outside transactions."""

    async def feed_position(self) -> FeedPosition:
        """Give the place of the last change in the feed."""
        ...

    async def changes_after(
        self, position: FeedPosition, *, limit: int
    ) -> Sequence[Change] | Resync:
        """Give up to `limit` changes after a place in the feed, none left out and none twice."""
        ...
