"""`roost sim`, against a simulator that runs."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio.to_thread
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from roost.cli import app, sim_calls
from roost.simulator import network
from roost.simulator.app import Options


class Shell:
    """Runs command lines as a shell would."""

    def __init__(self, x, capsys: pytest.CaptureFixture[str]) -> None:
        self._url = x.address if x else ""
        self._capsys = capsys

    async def __call__(self, *arguments: str, url: str = "") -> tuple[int, str, str]:
        line = ["sim", *arguments, "--url", url or self._url]
        code = await anyio.to_thread.run_sync(app.main, line)
        shown = self._capsys.readouterr()
        return code, shown.out, shown.err


@pytest.fixture
def sim(x, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(x, capsys)


async def test_health(sim):
    assert await sim("health") == (0, "ready\n", "")
    assert await sim("health", "--json") == (0, '{"ok":true}\n', "")


async def test_another_machines_simulator_is_told_the_token(stage, capsys, monkeypatch):
    x = await stage.simulator(options=Options(token="open-sesame-please"))
    port = urlsplit(x.address).port
    elsewhere = f"http://sim.example.test:{port}"
    monkeypatch.setattr(sim_calls, "aiohttp_transport", lambda: transport_to(port))
    sim = Shell(x, capsys)

    refused = await sim("health", url=elsewhere)
    wrong = await sim("health", "--token", "open-sesame-plead", url=elsewhere)
    typed = await sim("health", "--token", "open-sesame-please", url=elsewhere)
    monkeypatch.setenv("ROOST_SIM_TOKEN", "open-sesame-please")
    kept = await sim("health", url=elsewhere)

    assert [one[0] for one in (refused, wrong, typed, kept)] == [1, 1, 0, 0]


@asynccontextmanager
async def transport_to(port: int):
    """Find `sim.example.test` at this machine."""
    names = {"sim.example.test": f"127.0.0.1:{port}"}
    async with network.open_transport(lambda: names, ca_file=None) as transport:
        yield transport


async def test_no_simulator_is_wrong_usage_and_says_what_to_do(sim):
    code, out, err = await sim("health", url="http://127.0.0.1:9")

    assert (code, out) == (2, "")
    assert err.startswith("error: url: no simulator answers at http://127.0.0.1:9. Start one")


async def test_the_world_is_shown(sim):
    code, out, _ = await sim("world")

    assert code == 0
    assert "app   13090192             Acme Desk" in out
    assert "user  1001                 @acme            acme  (an account)" in out
    assert "time  20" in out


async def test_acting_by_name_and_by_id_and_with_any_field(x, sim):
    by_name = await sim("act", "@ada", "send_dm", "--to", "ACME", "--text", "Hello")
    by_id = await sim("act", "2002", "send_dm", "--to", "1001", "--text", "Hi", "--json")
    by_field = await sim("act", "ada", "send_dm", "--field", 'to="1001"', "--field", 'text="Yo"')

    assert [by_name[0], by_id[0], by_field[0]] == [0, 0, 0]
    texts = [one.data.text for one in x.simulator.simulation.world.messages.values()]
    assert texts == ["Hello", "Hi", "Yo"]
    assert json.loads(by_id[1])["events"][0]["message_create"]["sender_id"] == "2002"
    assert by_name[1].strip() == next(iter(x.simulator.simulation.world.messages))


async def test_what_the_simulator_refuses_is_an_exit_code_of_its_own(sim):
    code, out, err = await sim("act", "ada", "send_dm", "--to", "4711", "--text", "Hi")
    unknown = await sim("act", "nobody", "send_dm")

    assert (code, out, err) == (1, "", "error: to: there is no user 4711\n")
    assert unknown == (1, "", "error: user_id: there is no user nobody\n")
    assert (await sim("redeliver", "99"))[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("act", "ada"),
        ("act", "ada", "send_dm", "--field", "to"),
        ("act", "ada", "send_dm", "--field", "to=1x"),
        ("clock", "--advance", "soon"),
        ("clock", "--advance", ""),
        ("faults", "drop"),
        ("import", "missing.json"),
        ("clok",),
    ],
)
async def test_wrong_usage(sim, arguments):
    code, out, err = await sim(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("error: ")


async def test_deliveries_are_shown_and_posted_again(stage, capsys):
    x, hook = await stage.subscribed("1001")
    sim = Shell(x, capsys)
    nothing = await sim("deliveries")
    done = await sim("act", "ada", "send_dm", "--to", "acme", "--text", "Hello")
    (row,) = await x.deliveries(1)

    shown = await sim("deliveries")
    again = await sim("redeliver", row.id)
    await x.deliveries(2)

    assert nothing[1] == "nothing has been delivered\n"
    assert done[1].endswith("delivery 1 for 1001\n")
    assert f"{row.id}  " in shown[1]
    assert "event  attempt 1  200  http://" in shown[1]
    assert again[1] == "delivery 1 is posted once more\n"
    assert len(hook.received) == 2


async def test_faults_are_put_shown_and_cleared(x, sim):
    nothing = await sim("faults")
    put = await sim("faults", '{"effect":"status","count":1}', '{"effect":"drop"}')
    await x.send()
    shown = await sim("faults")
    cleared = await sim("faults", "--clear")
    refused = await sim("faults", '{"effect":"explode"}')

    assert nothing == (0, "no faults\n", "")
    assert put[0] == 0
    assert shown[1].splitlines()[0].startswith('struck 1 of 1  {"effect":"status"')
    assert len(shown[1].splitlines()) == 2
    assert cleared == (0, "no faults\n", "")
    assert refused[0] == 1


async def test_the_clock_is_told_and_moved(x, sim):
    before = x.clock.now()
    told = await sim("clock")
    moved = await sim("clock", "--advance", "1d2h3m4.5s")
    running = await sim("clock", "--run")
    frozen = await sim("clock", "--freeze", "--json")

    assert told[1].endswith("Z, stands still\n")
    assert moved[0] == 0
    assert (x.clock.now() - before).total_seconds() >= 93_784.5
    assert running[1].endswith(", runs\n")
    assert json.loads(frozen[1])["is_frozen"] is True


async def test_the_ledger_is_printed_line_by_line(x, sim):
    await x.write("Hello")

    code, out, _ = await sim("ledger")

    assert code == 0
    assert "message" in {json.loads(line)["kind"] for line in out.splitlines()}


async def test_a_state_is_exported_and_imported(x, sim, tmp_path):
    file = tmp_path / "state.json"
    await x.write("Hello")

    exported = await sim("export", str(file))
    reset = await sim("reset")
    empty = len(x.simulator.simulation.world.messages)
    imported = await sim("import", str(file))
    elsewhere = await sim("export", str(tmp_path / "missing" / "state.json"))

    assert exported[1].endswith(f"bytes in {file}\n")
    assert (reset[0], empty, imported[0]) == (0, 0, 0)
    assert len(x.simulator.simulation.world.messages) == 1
    assert elsewhere[0] == 2


async def test_with_json_every_verb_prints_one_document(stage, capsys, tmp_path):
    x, _ = await stage.subscribed("1001")
    sim = Shell(x, capsys)
    file = tmp_path / "state.json"
    shown: dict[str, object] = {}
    for line in (
        ["health"],
        ["world"],
        ["act", "ada", "send_dm", "--to", "acme", "--text", "Hello"],
        ["deliveries"],
        ["redeliver", "1"],
        ["faults", '{"effect":"drop"}'],
        ["faults"],
        ["faults", "--clear"],
        ["clock"],
        ["ledger"],
        ["export", str(file)],
        ["reset"],
        ["import", str(file)],
        ["ledger", "--about", "4711"],
    ):
        if line[0] == "redeliver":
            (row,) = await x.deliveries(1)
            line[1] = row.id
        code, out, err = await sim(*line, "--json")
        assert (code, err) == (0, ""), line
        shown[" ".join(line[:2])] = json.loads(out)

    assert shown["faults --clear"] == {"faults": []}
    assert shown["reset"] == shown[f"import {file}"] == {"ok": True}
    assert shown[f"export {file}"] == {"file": str(file), "bytes": file.stat().st_size}
    assert {"message", "attempt"} <= {row["kind"] for row in shown["ledger"]}
    assert shown["ledger --about"] == []


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (["act", "ada", "send_dm", "--to", "4711"], 1, "to"),
        (["act", "nobody", "send_dm"], 1, "user_id"),
        (["redeliver", "99"], 1, "id"),
        (["faults", '{"effect":"explode"}'], 1, "faults[0].effect"),
        (["faults", "drop"], 2, "rules"),
        (["clock", "--advance", "soon"], 2, "advance"),
        (["import", "missing.json"], 2, "missing.json"),
        (["act", "ada"], 2, "action"),
        (["clok"], 2, ""),
    ],
)
async def test_with_json_an_error_is_one_document_too(sim, line, code: int, field: str):
    found, out, err = await sim(*line, "--json")
    (fault,) = json.loads(out)["errors"]

    assert (found, err) == (code, "")
    assert fault["field"] == field
    assert fault["message"]
    assert not fault["message"].startswith("error")


async def test_with_json_no_simulator_is_told_so_too(sim):
    code, out, err = await sim("reset", "--json", url="http://127.0.0.1:9")

    assert (code, err) == (2, "")
    assert json.loads(out)["errors"][0]["field"] == "url"


async def test_sizes_are_told(x, sim):
    refused = await sim("act", "ada", "send_dm", "--to", "acme", "--text", "a" * 10_001, "--json")

    (fault,) = json.loads(refused[1])["errors"]
    assert (fault["field"], fault["limit"], fault["value"]) == ("text", 10_000, 10_001)


@pytest.mark.parametrize(
    "line", [["world"], ["world", "--json"], ["act", "ada", "typing"], ["clock"], ["deliveries"]]
)
async def test_what_is_no_simulator_is_said_to_be_none(capsys, line: list[str]):
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", page)
    async with TestServer(application) as other:
        code, out, err = await Shell(None, capsys)(*line, url=str(other.make_url("")))

    assert code == 2
    assert "is not a simulator" in out + err


async def test_every_verb_has_an_example(sim):
    _, out, _ = await sim("--help")
    verbs = [line.split(":")[0].strip() for line in out.splitlines() if line.startswith("  ")]

    for verb in [one for one in verbs if one.isalpha()]:
        _, shown, _ = await sim(verb, "--help")
        assert "roost sim " + verb in shown.replace("\n", " ")
    assert {"act", "deliveries", "faults", "clock", "ledger", "world", "health"} <= set(verbs)
