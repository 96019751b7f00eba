"""Lists that come in pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from roost.errors import RateLimited, XApiUnavailable
from roost.xapi.paginators import Page, Pages

THREE = {"": Page([1, 2], "b"), "b": Page([], "c"), "c": Page([3], "")}


class Served:
    """Pages by their cursors; those in `failing` fail once."""

    def __init__(self, pages: Mapping[str, Page[int]], *failing: str) -> None:
        self.pages = pages
        self.failing = set(failing)
        self.asked: list[str] = []

    async def __call__(self, cursor: str) -> Page[int]:
        self.asked.append(cursor)
        if cursor in self.failing:
            self.failing.remove(cursor)
            raise RateLimited("dm.events.list", None)
        return self.pages[cursor]


async def test_an_empty_page_with_a_cursor_is_not_the_end() -> None:
    served = Served(THREE)
    assert [one async for one in Pages(served)] == [1, 2, 3]
    assert served.asked == ["", "b", "c"]


async def test_after_an_error_it_goes_on_with_the_page_that_failed() -> None:
    served = Served(THREE, "b")
    pages = Pages(served)
    with pytest.raises(RateLimited):
        _ = [one async for one in pages]
    assert pages.cursor == "b"
    assert [one async for one in pages] == [3]
    assert served.asked == ["", "b", "b", "c"]


async def test_what_was_walked_to_its_end_gives_nothing_more() -> None:
    pages = Pages(Served(THREE))
    _ = [one async for one in pages]
    assert [one async for one in pages] == []


async def test_it_begins_where_it_is_told() -> None:
    assert [one async for one in Pages(Served(THREE), cursor="c")] == [3]


async def test_a_page_that_is_its_own_next_does_not_go_on_for_ever() -> None:
    pages = Pages(Served({"": Page([1], "b"), "b": Page([2], "b")}))
    with pytest.raises(XApiUnavailable, match="'b'"):
        _ = [one async for one in pages]


@pytest.mark.parametrize(
    ("most", "found", "asked"), [(0, [], []), (2, [1, 2], [""]), (9, [1, 2, 3], ["", "b", "c"])]
)
async def test_only_so_many_pages_are_fetched_as_are_needed(
    most: int, found: list[int], asked: list[str]
) -> None:
    served = Served(THREE)
    assert await Pages(served).first(most) == found
    assert served.asked == asked
