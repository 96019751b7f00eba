"""How modules are written. Each checker is a pure function, tried on a bad sample too."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/roost"
SOURCES = sorted(PACKAGE.rglob("*.py"))
EVERY_MODULE = [
    *SOURCES,
    *(path for folder in ("tests", "bench", "examples") for path in (ROOT / folder).rglob("*.py")),
    *ROOT.glob("*.py"),
]

SUPPRESSIONS = 14
"""How many times a tool is told to look away, everywhere. It may only fall."""

MAY_IMPORT_LATE = {"service.py", "__main__.py", "cli/app.py"}
"""Optional dependencies, and what `--version` and `--help` must not load."""

NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "manager", "base", "core", "misc"}

SUPPRESSION = re.compile(
    r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore|pragma:\s*no\s*cover)", re.IGNORECASE
)
GIVES_CODE_AND_REASON = re.compile(
    r"# (noqa: [A-Z]+\d+(, [A-Z]+\d+)*"
    r"|(type|pyright): ignore\[[\w-]+(, [\w-]+)*\]"
    r"|pragma: no cover) - \S.{9,}"
)


def late_imports(source: str) -> list[str]:
    """Name functions that import; a module's own `__getattr__` may."""
    tree = ast.parse(source)
    return [
        f"{node.name}:{inner.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not (node in tree.body and node.name == "__getattr__")
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def imported(source: str) -> set[str]:
    """Give the top-level packages a module imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def imports_for_checkers_only(source: str) -> bool:
    """Tell whether a module treats type checkers specially."""
    return any(
        (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
        for node in ast.walk(ast.parse(source))
    )


def suppressions(source: str) -> list[str]:
    """Give the comments that tell a tool to look away."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = (token.string for token in tokens if token.type == tokenize.COMMENT)
    return [comment for comment in comments if SUPPRESSION.search(comment)]


def unexplained(comments: list[str]) -> list[str]:
    """Give those that name no code, or no reason."""
    return [comment for comment in comments if not GIVES_CODE_AND_REASON.search(comment)]


def says_nothing(path: Path) -> bool:
    """Tell whether a module or one of its folders has a name that fits anything."""
    return bool({path.stem, *path.parent.parts} & NAMES_THAT_SAY_NOTHING)


def name_of(path: Path) -> str:
    """Name a file as people do."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.relative_to(PACKAGE).as_posix() not in MAY_IMPORT_LATE],
    ids=name_of,
)
def test_imports_stand_at_the_top(path: Path) -> None:
    assert late_imports(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_imported_for_type_checkers_only(path: Path) -> None:
    assert not imports_for_checkers_only(path.read_text(encoding="utf-8"))


def test_only_the_transport_knows_the_http_client() -> None:
    knowing = [path for path in SOURCES if "aiohttp" in imported(path.read_text(encoding="utf-8"))]
    assert [
        path for path in knowing if not path.is_relative_to(PACKAGE / "xapi/transport.py")
    ] == []


@pytest.mark.parametrize("path", EVERY_MODULE, ids=name_of)
def test_a_module_is_called_what_it_is(path: Path) -> None:
    assert not says_nothing(path.relative_to(ROOT))


@pytest.mark.parametrize("path", EVERY_MODULE, ids=name_of)
def test_a_tool_told_to_look_away_is_told_where_and_why(path: Path) -> None:
    assert unexplained(suppressions(path.read_text(encoding="utf-8"))) == []


def test_tools_look_away_ever_less() -> None:
    found = {
        name_of(path): comments
        for path in EVERY_MODULE
        if (comments := suppressions(path.read_text(encoding="utf-8")))
    }
    count = sum(map(len, found.values()))
    assert count <= SUPPRESSIONS, f"do without the new one: {found}"
    assert count == SUPPRESSIONS, f"fewer than recorded: set SUPPRESSIONS to {count}"


def test_imports_point_down() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


BAD = """
import typing
from aiohttp.client import ClientSession
if typing.TYPE_CHECKING:
    import json
def load():
    import decimal
    def inner():
        from os import path
def __getattr__(name):
    import sys
"""


def test_the_checkers_catch_a_bad_module() -> None:
    assert late_imports(BAD) == ["load:7", "load:9", "inner:9"]
    assert imported(BAD) == {"typing", "aiohttp", "json", "decimal", "os", "sys"}
    assert imports_for_checkers_only(BAD)
    assert imports_for_checkers_only("from typing import TYPE_CHECKING\nif TYPE_CHECKING: ...")
    assert says_nothing(Path("src/roost/store/utils.py"))
    assert says_nothing(Path("src/roost/core/turns.py"))
    assert not says_nothing(Path("src/roost/store/basement.py"))


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: E501",
        "# NoQA:E501 - long enough reason",
        "# type: ignore - because it is so",
        "# type: ignore[arg-type]",
        "# pyright: ignore[reportAny] - why",
        "# pragma: no cover",
    ],
)
def test_an_unexplained_suppression_is_caught(comment: str) -> None:
    found = suppressions(f"x = 1  {comment}\n")
    assert found == [comment]
    assert unexplained(found) == [comment]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501, S101 - a table reads better wide",
        "# type: ignore[arg-type] - the stubs are wrong here",
        "# pragma: no cover - only on other systems",
    ],
)
def test_an_explained_suppression_is_accepted(comment: str) -> None:
    assert unexplained(suppressions(f"x = 1  {comment}\n")) == []
    assert suppressions(f'x = "{comment}"\n') == []
