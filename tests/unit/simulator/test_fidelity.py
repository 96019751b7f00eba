"""The page about fidelity says of each behaviour how it is known, and answers open questions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
OPEN = "What X's documents leave open"

_MARK = re.compile(r"\b(?:documented|observed|assumed|differs|ours)\b")
_OBSERVED = re.compile(r"\bobserved\b")
_WHERE_AND_WHEN = re.compile(
    r"\bobserved \([^()]{4,}, (?:read )?20[12][0-9](?:-[01][0-9])?\b[^()]*\)"
)

Table = list[list[str]]


def tables(page: str) -> dict[str, Table]:
    """Every table's rows of cells, without its head, by the section it is in."""
    found: dict[str, Table] = {}
    for section in page.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
        if rows:
            found[title] = rows[2:]
    return found


def faults(basis: str) -> list[str]:
    """What is wrong with how a row says that it is known."""
    if not _MARK.search(basis):
        return ["no mark"]
    if len(_OBSERVED.findall(basis)) > len(_WHERE_AND_WHEN.findall(basis)):
        return ["observed without where or when"]
    return []


BEHAVIOUR = [(title, row) for title, rows in tables(PAGE).items() if title != OPEN for row in rows]


def test_there_are_tables_of_everything():
    assert len(BEHAVIOUR) > 200
    assert {"Direct Messages", "Error codes", "Limits", "Media", "Replay"} < tables(PAGE).keys()


@pytest.mark.parametrize(
    ("title", "row"), BEHAVIOUR, ids=[f"{title}-{n}" for n, (title, _) in enumerate(BEHAVIOUR)]
)
def test_every_row_says_how_it_is_known_and_where_and_when_it_was_seen(title: str, row: list[str]):
    assert len(row) == (3 if title == "Error codes" else 2), row
    assert not faults(row[-1]), row


@pytest.mark.parametrize(
    ("basis", "fault"),
    [
        ("", "no mark"),
        ("X says so", "no mark"),
        ("observed", "observed without where or when"),
        ("observed in clients", "observed without where or when"),
        ("observed (somewhere)", "observed without where or when"),
        ("observed (2020)", "observed without where or when"),
        ("observed (a/b#1, 2020-12); another is observed", "observed without where or when"),
    ],
)
def test_a_row_that_does_not_say_is_found(basis: str, fault: str):
    assert faults(basis) == [fault]
    assert faults("observed (a/b#1, 2020-12); the rest is assumed") == []


def test_every_open_question_is_counted_answered_and_held_to_by_a_test():
    rows = tables(PAGE)[OPEN]
    text = PAGE.split(f"\n## {OPEN}\n")[1]
    stated = re.search(r"[0-9]+", text)
    assert stated is not None
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    known = set(re.findall(r"def (test_\w+)", tests))

    assert [row[0] for row in rows] == [str(n) for n in range(1, int(stated[0]) + 1)]
    assert len({row[1] for row in rows}) == len(rows)
    for _, question, here, test in rows:
        assert question
        assert here
        assert test.strip("`") in known


def test_no_question_is_lost_on_the_way():
    """An answer that was found moves its row to another table, and changes this number."""
    assert len(tables(PAGE)[OPEN]) == 28
