"""Budgets of size and documentation. Each checker is a pure function, tried on a bad sample too."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/roost"
SOURCES = sorted(PACKAGE.rglob("*.py"))
EVERY_SOURCE = [
    *SOURCES,
    ROOT / "hatch_build.py",
    *(
        path
        for folder in ("tests", "bench", "examples", "docs")
        for path in (ROOT / folder).rglob("*.py")
    ),
    *(path for kind in ("*.svelte", "*.ts") for path in (ROOT / "ui/src").rglob(kind)),
]
EVERY_PYTHON_SOURCE = [path for path in EVERY_SOURCE if path.suffix == ".py"]

MODULE_LINES = 400
MODULE_LINES_MEDIAN = 120
FUNCTION_LINES = 50
FUNCTION_LINES_P90 = 25
TOP_LEVEL_NAMES = 40
ANY_PER_1000_LINES = 2
ANY_IS_ALLOWED_IN = ("xapi/envelope", "xapi/wire")
"""How the names of the modules begin that decode what X sends."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(source: str) -> int:
    """Count lines as an editor numbers them."""
    return len(source.splitlines())


def function_lines(source: str) -> dict[str, int]:
    """Give each function's name and lines, `def` to last statement."""
    return {
        f"{node.name}:{node.lineno}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, Function)
    }


def undocumented(source: str) -> list[str]:
    """Name what is public and has no docstring."""
    tree = ast.parse(source)
    missing = [] if ast.get_docstring(tree) else ["module"]
    return missing + [
        name for name, node in public_definitions(tree) if not ast.get_docstring(node)
    ]


def public_definitions(
    body: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Give the classes, functions and methods others may use and that must be documented."""
    for node in statements(body):
        if not isinstance(node, ast.ClassDef | Function):
            continue
        if node.name.startswith("_") or is_override(node):
            continue
        yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from public_definitions(node, f"{prefix}{node.name}.")


def statements(body: ast.Module | ast.ClassDef) -> list[ast.stmt]:
    """Give a module's or class's statements, those under an `if` or `try` of it too."""
    found: list[ast.stmt] = []
    for statement in body.body:
        inner = statement.body if isinstance(statement, ast.If | ast.Try) else []
        found += [statement, *inner]
    return found


def is_override(node: ast.ClassDef | Function) -> bool:
    """Tell whether a method inherits its docstring, or only adds a signature."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"override", "overload", "setter"})


def unannotated(source: str) -> list[str]:
    """Name functions with a parameter or a result without annotation."""
    tree = ast.parse(source)
    methods = {
        id(node)
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, Function)
        and "staticmethod" not in map(ast.unparse, node.decorator_list)
    }
    bad: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, Function):
            arguments = [*node.args.posonlyargs, *node.args.args][id(node) in methods :]
            arguments += [*node.args.kwonlyargs, *filter(None, (node.args.vararg, node.args.kwarg))]
            if node.returns is None or any(one.annotation is None for one in arguments):
                bad.append(f"{node.name}:{node.lineno}")
    return bad


def uses_of_any(source: str) -> int:
    """Count how often `typing.Any` is used, its import aside."""
    return sum(
        (isinstance(node, ast.Name) and node.id == "Any")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"typing.Any", "t.Any"})
        for node in ast.walk(ast.parse(source))
    )


def exported(source: str) -> list[str]:
    """Give the names in a module's `__all__`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def name_of(path: Path) -> str:
    """Name a file as people do."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", EVERY_SOURCE, ids=name_of)
def test_a_file_is_short_enough_to_read(path: Path) -> None:
    lines = lines_of(path.read_text(encoding="utf-8"))
    assert lines <= MODULE_LINES, f"{name_of(path)} has {lines} lines, {MODULE_LINES} allowed"


def test_the_usual_module_is_short() -> None:
    median = statistics.median(lines_of(path.read_text(encoding="utf-8")) for path in SOURCES)
    assert median <= MODULE_LINES_MEDIAN


@pytest.mark.parametrize("path", EVERY_PYTHON_SOURCE, ids=name_of)
def test_functions_are_short(path: Path) -> None:
    functions = function_lines(path.read_text(encoding="utf-8"))
    long = {name: lines for name, lines in functions.items() if lines > FUNCTION_LINES}
    assert not long, f"{name_of(path)}: longer than {FUNCTION_LINES} lines: {long}"


def test_the_usual_function_is_short() -> None:
    lengths = [
        lines
        for path in SOURCES
        for lines in function_lines(path.read_text(encoding="utf-8")).values()
    ]
    assert statistics.quantiles(lengths, n=10)[-1] <= FUNCTION_LINES_P90


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_everything_public_is_documented(path: Path) -> None:
    assert undocumented(path.read_text(encoding="utf-8")) == [], name_of(path)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_function_is_annotated(path: Path) -> None:
    assert unannotated(path.read_text(encoding="utf-8")) == [], name_of(path)


def test_any_is_rare_and_only_at_the_wire() -> None:
    uses = {
        path.relative_to(PACKAGE).as_posix(): uses_of_any(path.read_text(encoding="utf-8"))
        for path in SOURCES
    }
    lines = sum(lines_of(path.read_text(encoding="utf-8")) for path in SOURCES)
    elsewhere = [name for name, n in uses.items() if n and not name.startswith(ANY_IS_ALLOWED_IN)]
    assert elsewhere == []
    assert sum(uses.values()) * 1000 / lines <= ANY_PER_1000_LINES


def test_the_top_level_exports_little() -> None:
    names = exported((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert len(names) <= TOP_LEVEL_NAMES


BAD = '''
import typing


def long_one(a, *, b: int) -> None:
    """Documented, not annotated."""
    x = 1
    return x


class Public:
    def method(self, value: typing.Any):
        def inner() -> None: ...

    @override
    def inherited(self) -> None: ...

    def _private(self) -> None: ...
'''


def test_the_checkers_catch_a_bad_module() -> None:
    assert lines_of("a\n" * 401) > MODULE_LINES
    assert function_lines(BAD)["long_one:5"] == 4
    assert undocumented(BAD) == ["module", "Public", "Public.method"]
    assert unannotated(BAD) == ["long_one:5", "method:12"]
    assert uses_of_any(BAD) == 1
    assert uses_of_any("from typing import Any\nx: list[Any] = []") == 1
    assert exported("__all__ = ['one', 'two']") == ["one", "two"]
