"""Dialogs: what the framework costs beside deciding by hand, and what going on costs from far in.

Everything but the database: a turn goes in, what is to be committed comes out. Prints ratios of
what is measured side by side; figures are for this machine and moment.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from roost import Bot, Chat, Message, Profile
from roost.bot.decider import TURN_DEADLINE
from roost.bot.process import BotProcess
from roost.model.decisions import Reply
from roost.model.dialogs import Dialog
from roost.model.events import MessageReceived
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.turns import Progress, Turn

POINTS = 50
"""Length of the journal that is replayed: sixteen answers of three points, and a question."""

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_ADA = Profile("2002", "ada", "Ada")
_OURS, _HERE = UserId("1001"), ConversationId("1001-2002")
_ECHO = "examples/echo.py"

Decide = Callable[[Turn], Awaitable[Progress]]

echo, asking = Bot("echo"), Bot("asking")


@echo.on_message()
async def say_back(chat: Chat) -> None:
    """Say back what was heard, as `examples/echo.py` does."""
    await chat.say(f"You said: {chat.message.text}")


@asking.on_message()
async def ask(chat: Chat) -> None:
    """Ask for ever."""
    while True:
        await chat.ask("And then?")


def turn_of(n: int, dialogs: Sequence[Dialog] = ()) -> Turn:
    """Give a turn in which a customer has written something."""
    message = Message(MessageId(str(n)), "hello")
    event = MessageReceived(_OURS, str(n), n, _HERE, _ADA, message, _NOW)
    return Turn("echo", _OURS, _HERE, _ADA, (event,), 1, _NOW, tuple(dialogs))


async def nothing(_: Progress) -> None:
    """Commit nothing: no turn here has parts."""


async def by_hand(turn: Turn) -> Progress:
    """Decide what the echo decides, without a framework."""
    (event,) = turn.events
    assert isinstance(event, MessageReceived)
    said = OutboundMessage(f"You said: {event.message.text}")
    return Progress((Reply(said),), final=True)


async def by_bot(turn: Turn) -> Progress:
    """Decide the same by the framework, in this process."""
    return await echo.decide(turn, nothing)


def in_process(process: BotProcess) -> Decide:
    """Decide the same by the framework in the bot's own process, as `roost serve` does."""

    async def decide(turn: Turn) -> Progress:
        (last,) = [progress async for progress in process.decide(turn, within=TURN_DEADLINE)]
        return last

    return decide


async def dialog_of(n_points: int) -> Dialog:
    """Let a customer answer until the journal has so many points."""
    dialog: Dialog | None = None
    for n in range(1, n_points + 1):
        turn = turn_of(n, () if dialog is None else (dialog,))
        (state,) = (await asking.decide(turn, nothing)).dialogs
        known = () if dialog is None else dialog.points[: state.first]
        dialog = Dialog(
            state.dialog_id, state.name, state.begun_by, (*known, *state.points), state.phase, ""
        )
        if len(dialog.points) >= n_points:
            return dialog
    raise AssertionError("a dialog that does not grow")


def going_on(dialog: Dialog) -> Decide:
    """Answer a dialog's question; it is run again from its first line."""

    async def decide(turn: Turn) -> Progress:
        return await asking.decide(replace(turn, dialogs=(dialog,)), nothing)

    return decide


async def microseconds(decide: Decide, n_turns: int) -> float:
    """Decide so many turns, one after the other; give how long one takes."""
    turns = [turn_of(1_000 + n) for n in range(n_turns)]
    begun = time.perf_counter()
    for turn in turns:
        await decide(turn)
    return (time.perf_counter() - begun) / n_turns * 1e6


async def side_by_side(ways: dict[str, Decide], rounds: int, n_turns: int) -> None:
    """Measure ways in turn, and print each beside the first.

    The best round counts: whoever else works on the machine only ever makes a round slower.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, decide in ways.items():
            found[name].append(await microseconds(decide, n_turns))
    least = min(next(iter(found.values())))
    for name, times in found.items():
        best = min(times)
        print(
            f"  {name:34} {1e6 / best:9.0f} turns/s {best:8.1f} us   x {best / least:6.2f}"
            f"   (median of rounds {statistics.median(times):.1f} us)",
            flush=True,
        )


async def run(rounds: int, n_turns: int) -> None:
    """Measure everything."""
    process = await BotProcess.start(_ECHO)
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(process.run())
        print("deciding one answer")
        ways: dict[str, Decide] = {
            "by hand": by_hand,
            "by the framework": by_bot,
            "by the framework, in its process": in_process(process),
        }
        await side_by_side(ways, rounds, n_turns)
        await process.stop()
        await asyncio.wait([listening])
    print("going on with a dialog")
    short, long = await dialog_of(2), await dialog_of(POINTS)
    ways = {f"from point {len(one.points)}": going_on(one) for one in (short, long)}
    await side_by_side(ways, rounds, n_turns)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--turns", type=int, default=250)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    chosen = parser.parse_args()
    n_rounds, n_turns = (3, 20) if chosen.quick else (chosen.rounds, chosen.turns)
    asyncio.run(run(n_rounds, n_turns))


if __name__ == "__main__":
    main()
