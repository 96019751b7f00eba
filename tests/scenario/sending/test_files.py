"""Files that bots' messages carry, uploaded to X and shown by it, once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from tests import samples
from tests.scenario.sending.conftest import ACCOUNT, ADA, NEW, Application

from roost.bot.shelf import Shelf
from roost.model.decisions import Decision, Reply
from roost.model.ids import ConversationId
from roost.model.messages import OutboundMessage
from roost.model.turns import Turn
from roost.simulator.fault_rules import ErrorStatusRule, Match, TimeoutRule
from roost.testing import bot_tester_seen

SECOND = timedelta(seconds=1)
INIT, FINALIZE = Match(route="media.init"), Match(route="media.finalize")
SAMPLES = {"lamp.png": samples.png(), "cat.gif": samples.gif()}


@pytest.fixture(params=[*SAMPLES])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each kind."""
    return written(tmp_path, request.param)


def written(folder: Path, name: str = "lamp.png") -> Path:
    path = folder / name
    path.write_bytes(SAMPLES[name])
    return path


def show(application: Application, path: Path, then=lambda: None) -> None:
    """Have the bot answer with a file, and something happen before it is sent."""

    async def decide(turn: Turn) -> tuple[Decision, ...]:
        del turn
        found = Shelf(path.parent).media(path.name)
        then()
        return (Reply(OutboundMessage("look", media=found)),)

    application.decider.decides = decide


async def is_sent(application: Application, step: timedelta) -> bool:
    """Let some time pass, and tell whether the message has been sent."""
    application.x.clock.advance(step)
    application.worker.look()
    return await application.outbox() == {"sent": 1}


def shown(application: Application, to: str = ADA) -> list[str]:
    """Give what the account has shown a customer: the digests of files."""
    world = application.x.simulation.world
    account = world.users[ACCOUNT]
    entries = [one for one in world.conversation(to, ACCOUNT) if one.sender_id == ACCOUNT]
    seen = [bot_tester_seen.message(world, one, account) for one in entries]
    return [one.media.digest for one in seen if one.media]


async def test_a_picture_a_gif_and_a_video_arrive(application: Application, path: Path):
    show(application, path)
    application.says("ada", "hello")
    await application.until(lambda: is_sent(application, SECOND))

    assert shown(application) == [hashlib.sha256(SAMPLES[path.name]).hexdigest()]
    assert len(application.calls("media.init")) == 1


async def test_it_is_uploaded_again_once_x_has_forgotten_it(
    application: Application, tmp_path: Path
):
    show(application, written(tmp_path))
    for n, wait in enumerate((timedelta(), timedelta(hours=20), timedelta(hours=5)), start=1):
        application.x.clock.advance(wait)
        application.says("ada", f"hello {n}")
        await application.until_outbox(sent=n)

    assert application.calls("dm.events.new") == [200, 200, 200]
    assert len(application.calls("media.init")) == 2


@pytest.mark.parametrize("change", ["changed", "longer", "vanished"])
async def test_a_file_that_is_not_what_it_was_is_not_sent_and_people_are_told(
    application: Application, tmp_path: Path, change: str
):
    path = written(tmp_path)
    other = bytes(len(SAMPLES["lamp.png"])) + (b"more" if change == "longer" else b"")
    then = path.unlink if change == "vanished" else lambda: path.write_bytes(other)
    show(application, path, lambda: then() and None)
    application.says("ada", "hello")
    await application.until_outbox(dead=1)

    assert (await application.control(), application.arrived()) == ("queue", [])
    [one] = await application.store.transact(lambda tx: tx.outbox.set_aside())
    said = "cannot be read any more: No such file" if change == "vanished" else "is not what it was"
    assert one.reason.startswith(f"{path} {said}")
    where = ConversationId(f"{ACCOUNT}-{ADA}")
    summary = await application.store.desk.summary(ACCOUNT, where)
    assert said in summary.control_reason


async def test_a_file_that_x_has_is_sent_though_it_is_gone_here(
    application: Application, tmp_path: Path
):
    path = written(tmp_path)
    show(application, path)
    application.says("ada", "hello")
    await application.until_outbox(sent=1)
    found = Shelf(tmp_path).media("lamp.png")
    path.unlink()

    async def again(turn: Turn) -> tuple[Decision, ...]:
        del turn
        return (Reply(OutboundMessage("and again", media=found)),)

    application.decider.decides = again
    application.says("ada", "again")
    await application.until_outbox(sent=2)
    assert application.arrived()[1].startswith("and again")


@pytest.mark.parametrize("match", [INIT, FINALIZE], ids=["begun", "ended"])
async def test_x_failing_to_take_a_file_is_asked_again(
    application: Application, tmp_path: Path, match: Match
):
    application.faults(ErrorStatusRule(match=match, count=3, status=503, code=130))
    show(application, written(tmp_path))
    application.says("ada", "hello")

    await application.until(lambda: is_sent(application, SECOND))
    assert application.calls("dm.events.new") == [200], "the message was tried once"


async def test_a_picture_whose_answer_was_lost_is_found_at_x_and_not_sent_twice(
    application: Application, tmp_path: Path
):
    show(application, written(tmp_path))
    application.faults(TimeoutRule(match=NEW, count=1, when="after"))
    application.says("ada", "hello")

    await application.until(lambda: is_sent(application, 10 * SECOND))
    assert len(application.arrived()) == 1
