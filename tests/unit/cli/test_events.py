"""`roost events` and `roost status`: what is asked, what is shown, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from roost.cli import app

EVENT = {
    "account_id": "11",
    "kind": "message_received",
    "event_key": "17",
    "conversation_id": "11-22",
    "attempts": 1,
    "reason": "my_bot.py:7:\n ValueError",
    "received_at": "2026-03-01T12:00:00+00:00",
}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What was asked; the application answers what `answers` says."""
    seen: list[tuple[str, dict[str, object]]] = []

    async def ask(path: Path, call: str, /, **args: object) -> object:
        assert path == Path("data/control.sock")
        seen.append((call, args))
        return ANSWERS[call]

    monkeypatch.setattr("roost.store.control.ask", ask)
    return seen


ANSWERS: dict[str, object] = {}


def test_what_is_quarantined_is_shown_for_people_and_for_machines(
    asked: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    ANSWERS["quarantined"] = [EVENT, {**EVENT, "event_key": "16", "attempts": 5}]

    assert app.main(["events", "quarantined"]) == 0
    text = capsys.readouterr().out
    assert app.main(["events", "quarantined", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)

    assert "17  message_received in 11-22, 2026-03-01T12:00:00+00:00" in text
    assert "tried once: my_bot.py:7: ValueError" in text
    assert "tried 5 times" in text
    assert shown == ANSWERS["quarantined"]


def test_an_empty_quarantine_is_said(asked: list[object], capsys) -> None:
    ANSWERS["quarantined"] = []

    assert app.main(["events", "quarantined"]) == 0

    assert capsys.readouterr().out == "nothing is quarantined\n"


def test_events_are_requeued_by_key_and_a_refusal_is_told(
    asked: list[tuple[str, dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    ANSWERS["requeue"] = {"requeued": [EVENT], "refused": [{"event_key": "9", "why": "no such"}]}

    assert app.main(["events", "requeue", "17", "9"]) == 1

    shown = capsys.readouterr()
    assert shown.out == "17 requeued in 11-22\n"
    assert shown.err == "error: 9: no such\n"
    assert asked == [("requeue", {"keys": ("17", "9"), "is_all": False})]


def test_everything_can_be_requeued_at_once(
    asked: list[tuple[str, dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    ANSWERS["requeue"] = {"requeued": [EVENT], "refused": []}

    assert app.main(["events", "requeue", "--all", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == ANSWERS["requeue"]
    assert asked == [("requeue", {"keys": (), "is_all": True})]


@pytest.mark.parametrize("arguments", [[], ["17", "--all"]])
def test_what_to_requeue_has_to_be_said_one_way(
    asked: list[object], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert app.main(["events", "requeue", *arguments]) == 2
    assert "name events by their keys, or give --all" in capsys.readouterr().err
    assert asked == []


@pytest.mark.parametrize(
    ("faults", "code"), [([], 0), (["account 11: 1 pending events wait for nobody"], 1)]
)
def test_the_status_says_when_events_are_not_accounted_for(
    asked: list[object], capsys: pytest.CaptureFixture[str], faults: list[str], code: int
) -> None:
    ANSWERS["status"] = {"conservation": {"is_kept": not faults, "faults": faults}}

    assert app.main(["status"]) == code

    shown = capsys.readouterr()
    assert json.loads(shown.out) == ANSWERS["status"]
    assert shown.err == "".join(f"error: {fault}\n" for fault in faults)
