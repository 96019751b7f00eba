"""What can be opened on a page, and a report of how it went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import JSHandle, Locator, Page
from tests.browser import walking

MODAL = "dialog[open]"
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 380, "height": 780}}

_COMES_AND_GOES = re.compile(r"\{#if [^}]*\}\s*<([A-Z]\w+)")
_OPENS = re.compile(
    r"<dialog|<Modal|<details|<menu|\bpopover\b|role=\"(?:dialog|alertdialog|menu|listbox)\""
)


def components(folder: Path) -> set[str]:
    """Give every component that a person opens, or that comes and goes in front of others."""
    found = set[str]()
    for file in folder.glob("*.svelte"):
        text = file.read_text(encoding="utf-8")
        found |= set(_COMES_AND_GOES.findall(text))
        if _OPENS.search(text):
            found.add(file.stem)
    return found


@dataclass(frozen=True)
class Opened:
    """What has been opened, and how to be rid of it.

    Attributes:
        inside: Selects what keeps the focus; empty where it is a part of the page.
        close: Shuts it; gives what is wrong about how it went.
        faults: What was wrong about how it opened.
    """

    inside: str
    close: Callable[[], list[str]]
    faults: tuple[str, ...] = ()
    has_own_keys: bool = False


Opening = Callable[[Page], Iterator[Opened]]


def came_back(opener: Locator | JSHandle) -> list[str]:
    """Say so where what opened something does not have the focus when it is shut."""
    if opener.evaluate("(one) => document.activeElement === one"):
        return []
    return ["focus did not come back to what opened it"]


def kept(page: Page) -> list[str]:
    """Say so where nothing has the focus any more."""
    if page.evaluate("document.activeElement !== document.body"):
        return []
    return ["focus is lost when it is shut"]


@dataclass
class Report:
    """Everything that is wrong, with its place; and what has been walked.

    Attributes:
        arrows: Lets the arrows lead through what they alone lead to; gives what they miss.
        aside: Selects that.
    """

    arrows: Callable[[Page], list[str]] = walking.walk_radios
    aside: str = ""
    faults: list[str] = field(default_factory=list)
    opened: Counter[tuple[str, str]] = field(default_factory=Counter)
    walks: int = 0
    stops: int = 0

    def look(self, page: Page, place: str, opened: Opened) -> None:
        """Look at a place in both themes, and go once around it by keys."""
        self.faults += [f"{place}: {one}" for one in opened.faults]
        self.note(f"{place}, light", walking.axe(page, opened.inside))
        page.emulate_media(color_scheme="dark")
        self.note(f"{place}, dark", walking.axe(page, opened.inside, walking.COLOURS))
        if not opened.has_own_keys:
            walked = walking.walk(page, opened.inside, self.aside)
            self.walks += 1
            self.stops += walked.reached
            self.note(place, walked.faults)
            self.note(place, [] if opened.inside else self.arrows(page))
        page.emulate_media(color_scheme="light")

    def note(self, place: str, faults: Sequence[str]) -> None:
        """Keep what is wrong at a place."""
        self.faults += [f"{place}: {one}" for one in faults]

    def look_everywhere(
        self,
        page: Page,
        place: str,
        all_openings: Mapping[str, Opening],
        settled: Callable[[Page], None],
        *,
        sizes: Sequence[str] = tuple(SIZES),
        again: bool = True,
    ) -> None:
        """Look at a place in these sizes, with nothing and then with each thing open.

        Unless `again`, only with what has not been open in that size before.
        """
        for size in sizes:
            page.set_viewport_size(SIZES[size])
            settled(page)
            here = f"{place}, {size}"
            self.look(page, here, Opened("", list))
            done = {name for name, before in self.opened if before == size and not again}
            for name, opening in all_openings.items():
                for opened in opening(page) if name not in done else ():
                    self.opened[name, size] += 1
                    self.look(page, f"{here}, {name}", opened)
                    self.note(f"{here}, {name}", opened.close())

    def check(self, wanted: Mapping[str, Opening]) -> None:
        """Fail where anything is wrong, or something was never open; say what was done."""
        print(f"{self.walks} walks, {self.stops} stops, opened {dict(self.opened)}")
        assert self.faults == [], "\n".join(self.faults)
        assert {name for name, _ in self.opened} == set(wanted)
