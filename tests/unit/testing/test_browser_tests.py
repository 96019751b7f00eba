"""Tests marked `browser` are skipped loudly where there is no Chromium, or refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parents[2] / "conftest.py"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """One browser test and one other, in a folder of their own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # none is needed; a second faster
    monkeypatch.delenv("ROOST_REQUIRE_BROWSER", raising=False)
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers =\n    browser: needs one\n")
    pytester.makepyfile("import pytest\n@pytest.mark.browser\ndef test_a(): ...\ndef test_b(): ...")
    return pytester


def test_without_a_chromium_browser_tests_are_skipped_and_that_is_said(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOST_BROWSER", "none")
    ended = suite.runpytest_inprocess()
    assert ended.ret == 0
    ended.assert_outcomes(passed=1, skipped=1)
    ended.stdout.fnmatch_lines(["*WARNING: 1 browser tests did not run: no Chromium*"])


def test_where_one_is_required_doing_without_is_a_failure(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOST_BROWSER", "none")
    monkeypatch.setenv("ROOST_REQUIRE_BROWSER", "1")
    ended = suite.runpytest_inprocess()
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["*1 browser tests cannot run and must*"])


def test_with_a_chromium_they_run(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOST_BROWSER", sys.executable)
    ended = suite.runpytest_inprocess()
    ended.assert_outcomes(passed=2)
    ended.stdout.no_fnmatch_line("*WARNING*")
