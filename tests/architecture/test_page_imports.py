"""The pages' sources import one another in no circle, types included."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "ui/src"
_IMPORT = re.compile(r"^\s*(?:import|export)\b[^;\"]*?\"(\.[^\"]+)\"", re.MULTILINE)


def imports(sources: Path) -> dict[Path, set[Path]]:
    """Give what every source of a folder imports of the others in it."""
    every = {path for path in sources.rglob("*") if path.suffix in {".ts", ".svelte"}}
    return {path: set(_imported(path)) & every for path in every}


def _imported(path: Path) -> list[Path]:
    named = [
        (path.parent / name).resolve() for name in _IMPORT.findall(path.read_text(encoding="utf-8"))
    ]
    return [*named, *(one.with_name(f"{one.name}.ts") for one in named)]


def circles(sources: Path) -> list[str]:
    """Give a circle of imports, if there is one, by the files' names."""
    try:
        TopologicalSorter(imports(sources)).prepare()
    except CycleError as error:
        return [path.name for path in error.args[1]]
    return []


def test_no_source_of_the_pages_needs_one_that_needs_it() -> None:
    assert sum(map(len, imports(SOURCES).values())) > 100
    assert circles(SOURCES) == []


@pytest.mark.parametrize("other", ['import type { A } from "./a";', 'export { A } from "./a";'])
def test_a_circle_is_found(tmp_path: Path, other: str) -> None:
    (tmp_path / "a.ts").write_text('import {\n  B,\n  C,\n} from "./b.svelte";\n')
    (tmp_path / "b.svelte.ts").write_text(f"{other}\n")

    assert set(circles(tmp_path)) == {"a.ts", "b.svelte.ts"}
