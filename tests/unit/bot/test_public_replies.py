"""Public replies: a Post under a Post, through the outbox, that leads on into Direct Messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roost import Bot, Chat, QuickReply, WelcomeMessage
from roost.errors import BotError, InvalidMessage
from roost.simulator.fault_rules import DropRule, ErrorStatusRule, Match
from roost.testing.bot_tester import BotTester
from roost.testing.bot_tester_inside import Inside

ANSWER = "We are on it."


def answering(text: str = ANSWER, **options: object) -> Bot:
    bot = Bot("public")

    @bot.welcome(default=True)
    def greeting() -> WelcomeMessage:
        return WelcomeMessage("How can I help?", quick_replies=[QuickReply("Track", "track")])

    @bot.welcome()
    def complaints() -> WelcomeMessage:
        return WelcomeMessage("What went wrong?")

    @bot.on_mention
    async def answer(chat: Chat) -> None:
        await chat.reply_publicly(text, **options)

    @bot.on_entry(welcome=complaints)
    async def complaint(chat: Chat) -> None:
        await chat.say(f"Sorry about that: {chat.entry.welcome if chat.entry else ''}")

    @bot.fallback
    async def other(chat: Chat) -> None:
        await chat.say("Hello")

    return bot


async def test_a_mention_is_answered_once_in_public_and_before_anybody_has_written() -> None:
    with BotTester(answering()) as tester:
        ada = tester.customer("ada")
        post_id = await ada.posts("@acme late again")

        (answer,) = ada.sees_under(post_id)
        assert (answer.text, answer.link) == (ANSWER, "")
        assert ada.sees == []

        await tester.restart()
        await tester.advance(timedelta(hours=1))
        assert len(ada.sees_under(post_id)) == 1


async def test_the_button_leads_to_the_welcome_message_that_the_answer_names() -> None:
    with BotTester(answering(continue_in_dm=True, welcome="complaints")) as tester:
        ada = tester.customer("ada")
        (answer,) = ada.sees_under(await ada.posts("@acme late again"))

        await ada.taps_link(answer)
        assert ada.sees[-1].text == "What went wrong?"
        await ada.says("it is broken")
        assert ada.sees[-1].text == "Sorry about that: complaints"


async def test_without_a_name_the_button_leads_to_the_default_welcome_message() -> None:
    with BotTester(answering(continue_in_dm=True)) as tester:
        ada = tester.customer("ada")
        (answer,) = ada.sees_under(await ada.posts("@acme late again"))

        await ada.taps_link(answer)
        assert ada.sees[-1].text == "How can I help?"
        await ada.says("it is broken")
        assert ada.sees[-1].text == "Hello"


async def test_a_welcome_message_that_x_does_not_have_is_an_error() -> None:
    with (
        BotTester(answering(continue_in_dm=True, welcome="missing")) as tester,
        pytest.raises(BotError, match=r"X has no welcome message 'missing'.*roost sync"),
    ):
        await tester.customer("ada").posts("@acme late again")


@pytest.mark.parametrize(
    ("text", "weight"),
    [("a" * 281, 281), ("漢" * 141, 282), ("https://acme.example/a " + "b" * 257, 281), (" ", 0)],
)
async def test_what_does_not_fit_a_post_is_refused_where_it_is_written(
    text: str, weight: int
) -> None:
    with BotTester(answering(text)) as tester:
        ada = tester.customer("ada")
        with pytest.raises(InvalidMessage, match=r"text: must weigh 1 to 280") as caught:
            await ada.posts("@acme late again")
        assert (caught.value.field, caught.value.limit, caught.value.value) == ("text", 280, weight)


@pytest.mark.parametrize("link", ["", "https://acme.example/" + "a" * 300 + " "])
async def test_a_link_counts_23_however_long_it_is(link: str) -> None:
    text = link + "b" * (280 - (24 if link else 0))
    with BotTester(answering(text)) as tester:
        ada = tester.customer("ada")
        assert len(ada.sees_under(await ada.posts("@acme late again"))) == 1


async def test_only_those_who_call_on_the_account_are_answered_in_public() -> None:
    bot = Bot("eager")

    @bot.on_message()
    async def handle(chat: Chat) -> None:
        await chat.reply_publicly("Hello, all")

    with (
        BotTester(bot) as tester,
        pytest.raises(BotError, match=r"no Post of the customer's.*on_mention"),
    ):
        await tester.customer("ada").says("hi")


ROUTE = {"route": "statuses.update"}
TAKEN = {
    "500": ("status", {"status": 500, "when": "after"}),
    "reset": ("reset", {"when": "after"}),
    "cut": ("reset", {"when": "during"}),
    "html": ("garbage_body", {"when": "after"}),
}
NOT_TAKEN = {
    "500": ("status", {"status": 500}),
    "reset": ("reset", {"when": "before"}),
    "html": ("garbage_body", {"when": "before"}),
    "185": ("status", {"code": 185}),
}


@pytest.mark.parametrize(("effect", "how"), TAKEN.values(), ids=TAKEN)
async def test_an_answer_that_x_took_without_saying_so_is_known_by_its_echo(
    effect: str, how: dict[str, object]
) -> None:
    with BotTester(answering(continue_in_dm=True)) as tester:
        ada = tester.customer("ada")
        await tester.fail(effect, count=1, match=ROUTE, **how)
        post_id = await ada.posts("@acme late again")
        await tester.advance(timedelta(hours=1))

        assert len(ada.sees_under(post_id)) == 1
        assert tester.outbox() == {"sent": 1}


@pytest.mark.parametrize(("effect", "how"), NOT_TAKEN.values(), ids=NOT_TAKEN)
async def test_an_answer_that_x_never_got_is_posted_again(
    effect: str, how: dict[str, object]
) -> None:
    with BotTester(answering()) as tester:
        ada = tester.customer("ada")
        await tester.fail(effect, count=1, match=ROUTE, **how)
        post_id = await ada.posts("@acme late again")
        assert ada.sees_under(post_id) == []

        await tester.advance(timedelta(hours=4))
        assert len(ada.sees_under(post_id)) == 1
        assert tester.outbox() == {"sent": 1}


async def test_an_answer_x_tells_nothing_of_is_never_there_twice_and_waits_for_a_person() -> None:
    bot = Bot("patient")

    @bot.on_mention
    async def answer(chat: Chat) -> None:
        await chat.sleep(timedelta(hours=1))
        await chat.reply_publicly(ANSWER)

    taken = ErrorStatusRule(match=Match(**ROUTE), status=500, when="after", count=1)
    untold = DropRule(match=Match(event="tweet_create_events"))

    async def break_both(inside: Inside) -> None:
        inside.engine.x.simulation.faults.put([taken, untold])

    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        post_id = await ada.posts("@acme late again")
        await tester.do(break_both)
        await tester.advance(timedelta(hours=3))

        assert len(ada.sees_under(post_id)) == 1
        assert tester.outbox() == {"parked": 1}


async def test_the_echo_of_another_answer_settles_nothing() -> None:
    with BotTester(answering()) as tester:
        ada, bob = tester.customer("ada"), tester.customer("bob")
        theirs = await bob.posts("@acme and mine")
        await tester.fail("status", status=500, count=1, match=ROUTE)
        hers = await ada.posts("@acme late again")
        await tester.advance(timedelta(hours=1))

        assert [len(ada.sees_under(one)) for one in (hers, theirs)] == [1, 1]
        assert tester.outbox() == {"sent": 2}
