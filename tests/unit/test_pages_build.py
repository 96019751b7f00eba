"""The build hook of the pages: when it builds, and where the simulator finds the result."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from roost.simulator import pages

ROOT = Path(__file__).parents[2]


def load_hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hatch_build = load_hook()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree whose page is built."""
    sources = tmp_path / "ui"
    (sources / "src" / "phone").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "page.config.ts", "src/phone/main.ts"):
        (sources / name).write_text(name)
    built = tmp_path / "src" / "roost" / "_ui"
    for page in hatch_build.PAGES:
        (built / page).mkdir(parents=True)
        (built / page / "index.html").write_text("<!doctype html>")
    stamp = built / "sources.sha256"
    stamp.write_text(hatch_build.Pages(tmp_path)._digest())
    return tmp_path


def are_fresh(tree: Path) -> bool:
    return hatch_build.Pages(tree).are_fresh()


def test_pages_built_from_these_sources_are_fresh(tree: Path) -> None:
    assert are_fresh(tree)


@pytest.mark.parametrize("name", ["package-lock.json", "src/phone/main.ts", "src/phone/new.svelte"])
def test_a_changed_or_new_source_asks_for_a_build(tree: Path, name: str) -> None:
    (tree / "ui" / name).write_text("changed")

    assert not are_fresh(tree)


def test_a_renamed_source_asks_for_a_build(tree: Path) -> None:
    source = tree / "ui" / "src" / "phone" / "main.ts"
    source.rename(source.with_name("other.ts"))

    assert not are_fresh(tree)


def test_a_test_of_the_pages_asks_for_no_build(tree: Path) -> None:
    (tree / "ui" / "src" / "phone" / "main.test.ts").write_text("test")

    assert are_fresh(tree)


def test_a_missing_page_asks_for_a_build(tree: Path) -> None:
    (tree / "src" / "roost" / "_ui" / "phone" / "index.html").unlink()

    assert not are_fresh(tree)


def test_node_is_wanted_only_where_there_is_something_to_build(tree: Path) -> None:
    hook = hatch_build.PagesHook(str(tree), {}, None, None, "", "wheel")

    assert hook.dependencies() == []
    (tree / "ui" / "package.json").write_text("changed")
    assert hook.dependencies() == [hatch_build.NODE]


def test_an_editable_install_builds_nothing(tree: Path) -> None:
    (tree / "ui" / "package.json").write_text("changed")
    hook = hatch_build.PagesHook(str(tree), {}, None, None, "", "wheel")

    hook.initialize("editable", {})

    assert not are_fresh(tree)


@pytest.mark.parametrize("page", hatch_build.PAGES)
def test_the_simulator_finds_a_built_page(
    page: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tree / "src" / "roost" / "_ui"
    monkeypatch.setattr(pages, "BUILT", built)

    assert pages.find(page) == built / page


def test_a_page_that_is_not_built_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BUILT", tmp_path)

    with pytest.raises(FileNotFoundError, match=r"hatch_build\.py"):
        pages.find("phone")


def test_the_pages_lie_where_the_hook_builds_them() -> None:
    assert hatch_build.Pages(ROOT).built == pages.BUILT
