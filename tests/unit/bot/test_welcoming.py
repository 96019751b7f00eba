"""Welcome messages as code: what is declared is checked, and compared with what X has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from roost import Bot, Button, QuickReply, Speaker, WelcomeMessage
from roost.bot import welcoming
from roost.bot.welcoming import MARK, Declared, Kept
from roost.errors import BotError
from roost.model.messages import OutboundMessage

HI, BYE = OutboundMessage("Hi"), OutboundMessage("Bye")


def declared(name: str, message: OutboundMessage = HI, *, default: bool = False) -> Declared:
    return Declared(name, message, default)


def kept(x_id: str, name: str, message: OutboundMessage = HI, *, default: bool = False) -> Kept:
    return Kept(x_id, name and MARK + name, message, default)


def test_a_declared_message_is_made_and_becomes_the_default() -> None:
    wanted = declared("greeting", default=True)
    plan = welcoming.plan([wanted], [kept("1", "", default=True)])
    assert (plan.make, plan.change, plan.default, plan.remove) == ((wanted,), (), "greeting", ())


def test_nothing_is_done_where_everything_is_as_declared() -> None:
    plan = welcoming.plan(
        [declared("a", default=True), declared("b", BYE)],
        [kept("1", "b", BYE), kept("2", "a", default=True), kept("3", "")],
    )
    assert plan.is_empty


def test_a_changed_text_keeps_its_id_and_old_ones_go() -> None:
    wanted = declared("a", BYE)
    plan = welcoming.plan([wanted], [kept("1", "a"), kept("2", "old"), kept("3", "a", BYE)])
    assert plan.change == (("1", wanted),)
    assert [one.x_id for one in plan.remove] == ["2", "3"]
    assert (plan.make, plan.default, plan.is_empty) == ((), "", False)


def test_what_is_declared_is_what_is_sent() -> None:
    bot = Bot("b")

    @bot.welcome(default=True)
    def greeting() -> WelcomeMessage:
        return WelcomeMessage(
            "Hi", [QuickReply("Track", "track")], [Button("X", "https://x.example")]
        )

    found = bot.welcomes["greeting"]
    assert found.is_default
    assert found.message == OutboundMessage(
        "Hi", (QuickReply("Track", "track"),), (Button("X", "https://x.example"),)
    )
    assert greeting().text == "Hi"


def test_who_speaks_is_named_as_in_a_message() -> None:
    by_name = WelcomeMessage("Hi", speaks_as="Jo")
    assert by_name.speaker == WelcomeMessage("Hi", speaks_as=Speaker("Jo")).speaker == Speaker("Jo")
    assert WelcomeMessage("Hi").speaker is None


def too_long() -> WelcomeMessage:
    return WelcomeMessage("x" * 9_991)


def nameless() -> WelcomeMessage:
    return WelcomeMessage("Hi", speaks_as=Speaker(""))


def named_at_length() -> WelcomeMessage:
    return WelcomeMessage("Hi", speaks_as="n" * 49)


def numbered() -> WelcomeMessage:
    return WelcomeMessage("Hi", speaks_as=5)


def takes_one(chat: object) -> WelcomeMessage:
    return WelcomeMessage("Hi")


def gives_text() -> str:
    return "Hi"


GREETING = WelcomeMessage("Hi")


def greeting() -> WelcomeMessage:
    return GREETING


def other() -> WelcomeMessage:
    return WelcomeMessage("Hi")


def twice(first: Callable[[], WelcomeMessage], second: Callable[[], WelcomeMessage]) -> None:
    bot = Bot("b")
    bot.welcome(default=True)(first)
    bot.welcome(default=first is not second)(second)


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        (lambda: Bot("b").welcome()(too_long), r"welcome too_long: .*limit 9990, found 9991"),
        (lambda: Bot("b").welcome()(nameless), "speaks_as: must have 1 to 48 characters"),
        (lambda: Bot("b").welcome()(named_at_length), "speaks_as: must have 1 to 48.*found 49"),
        (lambda: Bot("b").welcome()(numbered), "speaks_as: must be a text or.*; found int"),
        (lambda: Bot("b").welcome()(takes_one), r"takes_one.*def takes_one\(\) -> WelcomeMessage"),
        (lambda: Bot("b").welcome()(gives_text), "welcome gives_text gives str.*Return a"),
        (lambda: Bot("b").welcome()(lambda: GREETING), "'<lambda>' is no name"),
        (lambda: twice(greeting, greeting), "'greeting' is declared twice"),
        (lambda: twice(greeting, other), "welcome other: a second default.*`greeting`"),
    ],
)
def test_mistakes_are_told_with_place_and_remedy(mistake: Callable[[], None], told: str) -> None:
    with pytest.raises(BotError, match=told) as caught:
        mistake()
    assert "test_welcoming.py:" in caught.value.place
