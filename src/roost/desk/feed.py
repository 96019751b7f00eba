"""The change feed for many live pages: read once, handed to all, from memory where it can be."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog

from roost.engine.wake import Wake
from roost.errors import StoreUnavailable
from roost.ports.changes import Change, ChangeLookup, FeedPosition, Resync

READ_AT_ONCE = 500
"""Most changes read, and handed on, at once."""

KEPT = 5_000
"""How many changes are kept in memory; pages that are further behind read the database."""

LOOK_EVERY = timedelta(milliseconds=250)
"""How long a change made by another process may wait to be seen."""

QUIET_FOR = timedelta(seconds=15)
"""After so long without a change, whoever follows is told that there was none."""

_log = structlog.stdlib.get_logger("roost.feed")


class Feed:
    """Follows the feed for as long as anybody follows it here.

    Args:
        changes: The feed in the database.
    """

    def __init__(self, changes: ChangeLookup) -> None:
        self._changes = changes
        self._wake = Wake()
        self._news = asyncio.Event()
        self._recent: list[Change] = []
        self._floor: FeedPosition | None = None
        self._n_following = 0

    def wake(self) -> None:
        """Say that something may have changed."""
        self._wake.set()

    async def position(self) -> FeedPosition:
        """Give the place of the last change; what is read afterwards holds it."""
        return await self._changes.feed_position()

    async def run(self) -> None:
        """Read what is new, until cancelled."""
        while True:
            await self._wake.wait(LOOK_EVERY)
            if self._n_following == 0:
                self._recent, self._floor = [], None
                continue
            try:
                await self._read()
            except StoreUnavailable as error:
                _log.error("live pages wait for the database", reason=str(error))

    async def _read(self) -> None:
        if self._floor is None:
            self._floor = await self._changes.feed_position()
            self._tell()
            return
        last = self._recent[-1].position if self._recent else self._floor
        while new := await self._changes.changes_after(last, limit=READ_AT_ONCE):
            if isinstance(new, Resync):
                self._recent, self._floor = [], new.position
                self._tell()
                return
            last = new[-1].position
            self._keep(new)
            self._tell()

    def _keep(self, new: Sequence[Change]) -> None:
        self._recent += new
        surplus = len(self._recent) - KEPT
        if surplus > 0:
            self._floor = self._recent[surplus - 1].position
            del self._recent[:surplus]

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, position: FeedPosition) -> AsyncGenerator[Sequence[Change] | Resync]:
        """Give what comes after a place, in order, each change once; never ends.

        Yields:
            One or more changes; none after a while in which there were none; or `Resync` where the
            place belongs to another database, and then what comes after the new place.
        """
        with self._following():
            while True:
                news = self._news
                found = await self._after(position)
                if isinstance(found, Resync):
                    position = found.position
                    yield found
                elif found:
                    position = found[-1].position
                    yield found
                elif not await _happens(news):
                    yield ()

    async def _after(self, position: FeedPosition) -> Sequence[Change] | Resync:
        floor = self._floor
        if floor is None or floor.feed_epoch != position.feed_epoch or position < floor:
            return await self._changes.changes_after(position, limit=READ_AT_ONCE)
        first = bisect_right(self._recent, position, key=lambda change: change.position)
        return self._recent[first : first + READ_AT_ONCE]

    @contextmanager
    def _following(self) -> Generator[None]:
        self._n_following += 1
        self._wake.set()
        try:
            yield
        finally:
            self._n_following -= 1


async def _happens(news: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(QUIET_FOR.total_seconds()):
            await news.wait()
    except TimeoutError:
        return False
    return True
