"""What `roost dialogs` is answered: open dialogs, their journals, restarting and ending them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from roost import Bot, Chat
from roost.errors import NoDialog
from roost.service import dialog_calls
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_inside import Inside

bot = Bot("shop")


@bot.on_message()
async def order(chat: Chat) -> None:
    size = await chat.ask("Which size?")
    colour = await chat.ask("Which colour?")
    await chat.say(f"{size}, {colour}")


async def ask(tester: BotTester, call: str, **args: object) -> object:
    """Ask as the control socket does."""
    answers: list[object] = []

    async def work(inside: Inside) -> None:
        running = inside.engine.running
        clock = inside.engine.x.clock
        calls = dialog_calls.calls(running.store, clock, wake=running.worker.look)
        answers.append(await calls[call](**args))

    await tester.do(work)
    return answers[0]


async def the_only(tester: BotTester) -> Mapping[str, object]:
    (dialog,) = await ask(tester, "dialogs_list")
    return dialog


def said(tester: BotTester) -> list[str]:
    return [one.text for one in tester.customer("ada").sees]


async def test_a_dialog_is_listed_while_it_waits_and_shows_what_it_has_passed() -> None:
    with BotTester(bot) as tester:
        await tester.customer("ada").says("hello")
        await tester.customer("ada").says("large")
        found = await the_only(tester)
        assert str(found["name"]).endswith("test_dialog_calls.order")
        assert (found["phase"], found["step"]) == ("asking", "ask: Which colour?")
        assert found["since"] == "2026-03-01T12:00:00+00:00"

        shown = await ask(tester, "dialogs_show", dialog_id=found["dialog_id"])
        assert [point["kind"] for point in shown["points"]] == [
            *("say", "receive", "heard"),
            *("say", "receive"),
        ]
        assert found["n_points"] == 5
        assert shown["points"][2]["result_bytes"] > 0

        await tester.customer("ada").says("red")
        assert await ask(tester, "dialogs_list") == []


async def test_a_restarted_dialog_asks_again_from_its_beginning() -> None:
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says("large")
        found = await the_only(tester)
        await ask(tester, "dialogs_restart", dialog_id=found["dialog_id"])
        await tester.restart()
        await ada.says("small")
        await ada.says("red")
        assert said(tester) == [
            *("Which size?", "Which colour?"),
            *("Which size?", "Which colour?", "small, red"),
        ]


async def test_a_cancelled_dialog_is_gone_and_says_nothing() -> None:
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        found = await the_only(tester)
        await ask(tester, "dialogs_cancel", dialog_id=found["dialog_id"])
        assert await ask(tester, "dialogs_list") == []
        await ada.says("hello")
        assert said(tester) == ["Which size?", "Which size?"]


@pytest.mark.parametrize("call", ["dialogs_show", "dialogs_restart", "dialogs_cancel"])
async def test_a_dialog_that_is_not_there_is_named(call: str) -> None:
    with BotTester(bot) as tester, pytest.raises(NoDialog, match="no dialog 17 is open"):
        await ask(tester, call, dialog_id="17")
