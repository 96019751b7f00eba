"""`roost dialogs`: what is asked, what is shown, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from roost.cli import app

DIALOG = {
    "account_id": "11",
    "conversation_id": "11-22",
    "customer_id": "22",
    "dialog_id": "17",
    "name": "orders.track",
    "phase": "asking",
    "step": "ask: Which\norder?",
    "since": "2026-03-01T12:00:00+00:00",
    "n_points": 2,
}
POINTS = [
    {"kind": "step", "fingerprint": "find", "result_bytes": 9},
    {"kind": "receive", "fingerprint": "", "result_bytes": 0},
]
LINE = "17  orders.track in 11-22, asking since 2026-03-01T12:00:00+00:00, 2 points"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, dict[str, object]]]:
    """What was asked; the application knows one dialog."""
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[str, dict[str, object]]] = []

    async def ask(path: Path, call: str, /, **args: object) -> object:
        seen.append((call, args))
        return [DIALOG] if call == "dialogs_list" else {**DIALOG, "points": POINTS}

    monkeypatch.setattr("roost.store.control.ask", ask)
    return seen


def test_open_dialogs_are_listed(asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["dialogs", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [LINE, "    ask: Which order?"]
    assert asked == [("dialogs_list", {})]


def test_a_journal_is_shown(asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["dialogs", "show", "17"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "       0  step(find)  9 bytes",
        "       1  receive",
    ]
    assert asked == [("dialogs_show", {"dialog_id": "17"})]


@pytest.mark.parametrize(("verb", "told"), [("restart", "begins anew"), ("cancel", "ends")])
def test_a_dialog_is_ordered_to_restart_or_end(
    asked, capsys: pytest.CaptureFixture[str], verb: str, told: str
) -> None:
    assert app.main(["dialogs", verb, "17"]) == 0
    assert capsys.readouterr().out == f"orders.track in 11-22 {told}\n"
    assert asked == [(f"dialogs_{verb}", {"dialog_id": "17"})]


def test_machines_get_what_was_answered(asked, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["list"], ["show", "17"], ["cancel", "17"]):
        assert app.main(["dialogs", *arguments, "--json"]) == 0
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == [DIALOG]
    assert second == third == {**DIALOG, "points": POINTS}


def test_without_an_application_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert app.main(["dialogs", "list"]) == 2
    assert "no Roost is listening at" in capsys.readouterr().err
