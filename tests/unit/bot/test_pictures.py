"""Pictures, buttons and speakers that go along with what a bot says and asks."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
from tests import samples
from tests.unit.bot.playing import Playing
from tests.unit.bot.test_speaking_as import give_profile

from roost import Bot, Button, Chat, WelcomeMessage
from roost.bot import loading
from roost.bot.shelf import Shelf
from roost.errors import BotError, InvalidMessage
from roost.model.messages import OutboundMessage
from roost.testing.bot_tester import BotTester

SHOP = Button("Our shop", "https://shop.example")
PICTURE = samples.png()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture in it."""
    (tmp_path / "lamp.png").write_bytes(PICTURE)
    return tmp_path


@pytest.fixture
def bot(folder: Path) -> Bot:
    """A bot that says, asks and lets choose, each with all that goes along."""
    bot = Bot("b", folder=folder)

    @bot.on_message()
    async def show(chat: Chat) -> None:
        along = {"media": "lamp.png", "speaks_as": "Sam"}
        await chat.say("Said", buttons=[SHOP], **along)
        await chat.ask("Asked", buttons=[SHOP], **along)
        await chat.choose("Chosen", ["A", "B"], buttons=[SHOP], **along)
        await chat.confirm("Confirmed", buttons=[SHOP], **along)
        await chat.say("Done")

    return bot


async def test_what_is_said_and_asked_carries_a_picture_buttons_and_a_speaker(
    bot: Bot, folder: Path
) -> None:
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        await ada.says("answer")
        await ada.taps("A")
        await ada.taps("Yes")
        ours = [one for one in ada.sees if one.is_ours]

    signature = "\n\n— Sam"
    texts = ["Said", "Asked", "Chosen", "Confirmed"]
    assert [one.text for one in ours] == [*(text + signature for text in texts), "Done"]
    for one in ours[:-1]:
        assert one.shows(folder / "lamp.png")
        assert one.media is not None
        assert one.media.digest == hashlib.sha256(PICTURE).hexdigest()
        assert one.attached == f"photo, image/png, {len(PICTURE)} bytes"
        assert [button.label for button in one.buttons] == ["Our shop"]
    assert [option.label for option in ours[2].quick_replies] == ["A", "B"]
    assert (ours[-1].media, ours[-1].attached) == (None, "")


@pytest.mark.parametrize(
    ("content", "kind"), [(samples.gif(), "animated_gif"), (samples.mp4(), "video")]
)
async def test_what_x_processes_is_seen_though_the_clock_stands(
    bot: Bot, folder: Path, content: bytes, kind: str
) -> None:
    (folder / "lamp.png").write_bytes(content)
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await ada.says("hello")
        first, *_ = [one.media for one in ada.sees if one.is_ours]
    assert first is not None
    assert first.kind == kind


async def test_who_is_named_speaks_under_the_account_s_profile_of_that_name(bot: Bot) -> None:
    with BotTester(bot) as tester:
        ada = tester.customer("ada")
        await tester.do(lambda inside: give_profile(inside, "Sam"))
        await tester.restart()
        await ada.says("hello")
        assert [(one.speaks, one.text) for one in ada.sees[-2:]] == [
            ("Sam", "Said"),
            ("Sam", "Asked"),
        ]


async def test_what_is_asked_again_is_said_by_the_same_speaker() -> None:
    bot = Bot("b", speaks_as="Acme Assistant")

    @bot.on_message()
    async def ask(chat: Chat) -> None:
        await chat.choose("Which?", ["A", "B"], speaks_as="Sam")

    playing = Playing(bot)
    await playing.says("hello")
    await playing.says("neither")
    assert [text.rpartition("— ")[2] for text in playing.said] == ["Sam", "Sam"]


async def test_a_picture_that_is_gone_is_no_matter_to_a_dialog_that_has_passed_it(
    bot: Bot, folder: Path
) -> None:
    playing = Playing(bot)
    await playing.says("hello")
    asked = {one.message.media for one in playing.replies}
    assert asked == {Shelf(folder).media("lamp.png")}
    [dialog] = playing.dialogs.values()
    assert str(folder / "lamp.png").encode() in dialog.points[0].result
    assert PICTURE not in dialog.points[0].result, "the journal holds what it was, not its bytes"

    (folder / "lamp.png").unlink()
    with pytest.raises(InvalidMessage, match=r"lamp\.png cannot be read: No such file"):
        await playing.says("answer")  # the next question carries it too
    (folder / "lamp.png").write_bytes(PICTURE)
    await playing.says("answer")
    assert [text.partition("\n")[0] for text in playing.said] == ["Said", "Asked", "Chosen"]


def test_a_file_that_changes_is_another_file(folder: Path) -> None:
    shelf = Shelf(folder)
    before = shelf.media("lamp.png")
    assert shelf.media(str(folder / "lamp.png")) == before, "an absolute path is taken as it is"
    (folder / "lamp.png").write_bytes(samples.png(9, 9))
    after = shelf.media("lamp.png")
    assert before.path == after.path
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("content", "kind"),
    [(samples.png(), "photo"), (samples.gif(), "animated_gif"), (samples.mp4(), "video")],
)
def test_a_file_is_what_its_first_bytes_say(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "named.png").write_bytes(content)
    assert Shelf(tmp_path).media("named.png").kind == kind


@pytest.mark.parametrize("path", ["", ".", "no/such.png", "nul\0.png"])
def test_what_is_no_file_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        Shelf(folder).media(path)
    assert caught.value.field == "media"


def test_files_are_looked_for_beside_the_file_that_makes_the_bot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    (folder / "showing_router.py").write_text(
        "from roost import Chat, Router\nrouter = Router('r')\n"
        "@router.on_message()\nasync def show(chat: Chat) -> None:\n"
        '    await chat.say("Look", media="lamp.png")\n'
    )
    other = folder / "bots"
    other.mkdir()
    (other / "a_bot.py").write_text(
        "from showing_router import router\n"
        "from roost import Bot\nbot = Bot('b')\nbot.include(router)\n"
    )
    with pytest.raises(BotError, match=r"bots.lamp\.png cannot be read") as caught:
        loading.load(str(other / "a_bot.py"))
    assert caught.value.place == f"{folder / 'showing_router.py'}:5"

    (other / "lamp.png").write_bytes(PICTURE)
    monkeypatch.delitem(sys.modules, "showing_router")
    assert loading.load(str(other / "a_bot.py")).shelf == Shelf(other)


def test_a_preview_shows_the_file(bot: Bot) -> None:
    message = WelcomeMessage("Hi", media="lamp.png", buttons=[SHOP])
    rich, plain = bot.preview(message)
    found = bot.shelf.media("lamp.png")
    assert rich.message == OutboundMessage("Hi", buttons=(SHOP,), media=found)
    assert plain.message == OutboundMessage("Hi\nOur shop: https://shop.example", media=found)
