"""Looking for a Chromium, and what is said where none can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.testing import browser
from roost.testing.browser import Browser, NoBrowser


@pytest.fixture(autouse=True)
def on_a_bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PLACES", ())


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def bare(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}


def test_a_chromium_on_the_path_is_found(tmp_path: Path) -> None:
    chrome = program(tmp_path / "bin/google-chrome", "")
    assert browser.look(bare(tmp_path)) == Browser(chrome, "on the PATH")


def test_a_chromium_of_playwrights_is_found_the_newest_first(tmp_path: Path) -> None:
    cache = tmp_path / "home/.cache/ms-playwright"
    program(cache / "chromium-1200/chrome-linux/chrome", "")
    newest = program(cache / "chromium-1255/chrome-linux64/chrome", "")
    assert browser.look(bare(tmp_path)) == Browser(newest, "a usual place")


def test_the_one_named_is_the_only_one_looked_at(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium", "")
    mine = program(tmp_path / "mine", "")
    named = bare(tmp_path) | {"ROOST_BROWSER": str(mine)}
    assert browser.look(named) == Browser(mine, "ROOST_BROWSER")

    mine.unlink()
    seen = browser.look(named)
    assert isinstance(seen, NoBrowser)
    assert "cannot be run" in seen.reasons[0]


def test_on_a_bare_machine_there_is_none(tmp_path: Path) -> None:
    seen = browser.look(bare(tmp_path))
    assert isinstance(seen, NoBrowser)
    assert "google-chrome" in seen.reasons[0]


async def test_a_chromium_that_starts_is_told_with_its_version(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium", "echo noise; echo Chromium 1.2.3")
    seen = await browser.find_browser(bare(tmp_path))
    assert seen == Browser(tmp_path / "bin/chromium", "Chromium 1.2.3, on the PATH")


async def test_a_chromium_that_does_not_start_is_none(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium", "echo install the snap; exit 9")
    seen = await browser.find_browser(bare(tmp_path))
    assert isinstance(seen, NoBrowser)
    assert "does not start: exit code 9: install the snap" in seen.reasons[0]


async def test_as_root_apt_get_installs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    chrome = tmp_path / "bin/chromium"
    program(
        tmp_path / "bin/apt-get",
        f'case "$*" in *install*) printf "#!/bin/sh\\necho Chromium 5" > {chrome}; '
        f"/bin/chmod +x {chrome};; esac",
    )
    seen = await browser.find_browser(bare(tmp_path))
    assert seen == Browser(chrome, "Chromium 5, installed by apt-get")


async def test_every_try_is_told_where_none_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    program(tmp_path / "bin/apt-get", "echo E: no network; exit 100")
    python = program(tmp_path / "bin/python", 'echo "$*: refused"; exit 1')
    monkeypatch.setattr("sys.executable", str(python))

    seen = await browser.find_browser(bare(tmp_path))

    assert isinstance(seen, NoBrowser)
    assert seen.reasons[1:] == (
        "apt-get: exit code 100: E: no network",
        "Playwright: exit code 1: -m playwright install chromium: refused",
    )


async def test_without_root_nothing_is_installed_by_apt_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    called = tmp_path / "called"
    program(tmp_path / "bin/apt-get", f"echo > {called}")
    python = program(tmp_path / "bin/python", "exit 1")
    monkeypatch.setattr("sys.executable", str(python))

    seen = await browser.find_browser(bare(tmp_path))

    assert isinstance(seen, NoBrowser)
    assert "needs root" in seen.reasons[1]
    assert not called.exists()


async def test_an_installer_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(browser, "DOWNLOAD_WITHIN", browser.DOWNLOAD_WITHIN / 600)
    python = program(tmp_path / "bin/python", "/bin/sleep 60 & wait")
    monkeypatch.setattr("sys.executable", str(python))

    seen = await browser.find_browser(bare(tmp_path))

    assert isinstance(seen, NoBrowser)
    assert "Playwright: took more than 0 s" in seen.reasons[2]


def test_the_command_prints_the_path_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = program(tmp_path / "mine", "echo Chromium 7")
    monkeypatch.setenv("ROOST_BROWSER", str(mine))
    assert browser.main() == 0
    shown = capsys.readouterr()
    assert shown.out == f"{mine}\n"
    assert "Chromium 7, ROOST_BROWSER" in shown.err


def test_the_command_says_why_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROOST_BROWSER", "none")
    assert browser.main() == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "ROOST_BROWSER names none" in shown.err
