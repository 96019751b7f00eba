"""What may still hold what was erased, for whoever waits until nothing does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from roost.ports.erasing import Traces

_LOOK_EVERY = timedelta(milliseconds=20)


class StoredTraces:
    """`roost.ports.erasing.TraceLookup` on any database.

    Args:
        left: Tells where something may be now.
    """

    def __init__(self, left: Callable[[], Traces]) -> None:
        self._left = left

    async def look(self, *, within: timedelta) -> Traces:
        """Tell what may still hold pieces of what was erased, once there is nothing more to do."""
        for _ in range(within // _LOOK_EVERY):
            if self._left() is not Traces.LOG:
                break
            await asyncio.sleep(_LOOK_EVERY.total_seconds())
        return self._left()
