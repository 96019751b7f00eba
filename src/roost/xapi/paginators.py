"""Lists of X that come in pages, walked one thing at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from msgspec import UnsetType

from roost.errors import XApiUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page.

    Attributes:
        items: In X's order; may be empty although more pages follow.
        next_cursor: Of the next page; `""` for none.
    """

    items: Sequence[T]
    next_cursor: str


class Pages(Generic[T]):
    """Everything in a list, for `async for`.

    It knows where it is: after an error, such as a rate window that is used up, another
    `async for` goes on with the page that failed; what came before is not given again.

    Attributes:
        cursor: Of the page it is at; keep it to go on in another process.

    Example:
        >>> async for message in x.messages.all():
        ...     print(message.id)
    """

    def __init__(self, fetch: Callable[[str], Awaitable[Page[T]]], *, cursor: str = "") -> None:
        """Make one; nothing is fetched yet.

        Args:
            fetch: Fetches the page of a cursor.
            cursor: Of the page to begin with; `""` for the first.
        """
        self._fetch = fetch
        self._is_done = False
        self.cursor = cursor

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        """Give one thing after the other, fetching pages as they are needed.

        Raises:
            SendError: A page could not be had; see `roost.xapi.calls.Caller.call`.
        """
        while not self._is_done:
            page = await self._fetch(self.cursor)
            for item in page.items:
                yield item
            if page.next_cursor == self.cursor and page.next_cursor:
                raise XApiUnavailable(f"X gave the cursor {self.cursor!r} for its own next page")
            self._is_done = not page.next_cursor
            self.cursor = page.next_cursor

    async def first(self, most: int) -> list[T]:
        """Give the first things from here, at most so many."""
        found: list[T] = []
        async with aclosing(aiter(self)) as items:
            while len(found) < most:
                try:
                    found.append(await anext(items))
                except StopAsyncIteration:
                    break
        return found


def next_cursor(found: str | UnsetType) -> str:
    """Give the cursor X wrote; `""` where it wrote none."""
    return found if isinstance(found, str) else ""
