"""The desk's welcome messages and profiles at a simulator, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from tests import samples
from tests.scenario.client.conftest import X

from roost.bot.welcoming import Declared, WelcomeMessage
from roost.desk.at_x import File
from roost.desk.greetings import Standing
from roost.errors import NotFound, NotOpenToMessages, NotPossible, PermissionMissing
from roost.model.ids import UserId
from roost.model.messages import Button, OutboundMessage, QuickReply
from roost.service.desk_at_x import DeskAtX
from roost.service.desk_greetings import DeskGreetings

ACME = UserId("1001")
SALE = OutboundMessage(
    "Sale! Tom & Jerry <3 https://shop.example/a",
    (QuickReply("Yes", "y", "Show it"),),
    (Button("Look", "https://shop.example/sale"),),
)


class Declaring:
    """What a bot declares, as a test says."""

    def __init__(self) -> None:
        self.found: tuple[Declared, ...] | None = ()

    def __call__(self, account_id: UserId) -> tuple[Declared, ...] | None:
        return self.found


def declared(name: str, text: str, *, is_default: bool = False, media: str = "") -> Declared:
    said = WelcomeMessage(text, media=media)
    return Declared(name, said.outbound(), is_default, media)


@pytest.fixture
def declaring() -> Declaring:
    return Declaring()


@pytest.fixture
async def greetings(x: X, declaring: Declaring) -> DeskGreetings:
    return DeskGreetings({ACME: await x.client()}, declaring)


@pytest.fixture
async def at_x(x: X) -> DeskAtX:
    return DeskAtX({ACME: await x.client()})


def file(content: bytes, *, is_shared: bool = False) -> File:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return File(pieces(), len(content), is_shared)


def rules(x: X) -> list[str]:
    return [one.welcome_message_id for one in x.simulator.simulation.world.welcome_rules.values()]


async def test_what_is_written_is_read_back_with_its_picture(
    greetings: DeskGreetings, at_x: DeskAtX, tmp_path: Path
):
    media_id = await at_x.upload(ACME, file(samples.png(), is_shared=True))
    wanted = replace(SALE, media_id=media_id)

    made = await greetings.make(ACME, wanted, "sale")

    (found,) = (await greetings.listed(ACME)).at_x
    assert found == made
    assert found.message == wanted
    assert (found.name, found.attachment, found.standing) == ("sale", "photo", Standing.BY_HAND)
    assert await greetings.fetch(ACME, found.welcome_id, tmp_path / "picture")
    assert (tmp_path / "picture").read_bytes()[:4] in {samples.png()[:4], b"\xff\xd8\xff\xe0"}
    kept = await greetings.change(ACME, found.welcome_id, replace(wanted, text="Still"))
    assert (kept.message.text, kept.message.media_id) == ("Still", media_id)
    bare = await greetings.change(ACME, found.welcome_id, OutboundMessage("Over"))
    assert (bare.message, bare.attachment) == (OutboundMessage("Over"), "")
    assert not await greetings.fetch(ACME, found.welcome_id, tmp_path / "none")


async def test_the_default_is_changed_unset_and_deleted_with_its_message(
    x: X, greetings: DeskGreetings
):
    one = await greetings.make(ACME, SALE, "one")
    two = await greetings.make(ACME, SALE, "two")

    await greetings.set_default(ACME, one.welcome_id)
    rule = await greetings.set_default(ACME, two.welcome_id)

    assert rules(x) == [two.welcome_id]
    shown = {found.name: found.rule_id for found in (await greetings.listed(ACME)).at_x}
    assert shown == {"one": "", "two": rule}
    await greetings.unset_default(ACME)
    await greetings.unset_default(ACME)
    assert rules(x) == []
    await greetings.set_default(ACME, two.welcome_id)
    await greetings.remove(ACME, two.welcome_id)
    assert rules(x) == []
    assert [found.name for found in (await greetings.listed(ACME)).at_x] == ["one"]


async def test_the_old_default_stays_where_x_does_not_take_the_new_one(
    x: X, greetings: DeskGreetings, monkeypatch: pytest.MonkeyPatch
):
    one = await greetings.make(ACME, SALE, "one")
    two = await greetings.make(ACME, SALE, "two")
    await greetings.set_default(ACME, one.welcome_id)

    with pytest.raises(NotFound):
        await greetings.set_default(ACME, "77")
    assert rules(x) == [one.welcome_id]

    # X shows the message, and then refuses the rule: what was there comes back.
    rule_new = x.simulator.simulation.world.welcome_messages
    taken = rule_new[two.welcome_id]
    client = greetings._clients[ACME]
    delete = client.welcome_rules.delete

    async def delete_and_lose(rule_id: str) -> None:
        await delete(rule_id)
        rule_new.pop(two.welcome_id, None)

    monkeypatch.setattr(client.welcome_rules, "delete", delete_and_lose)
    with pytest.raises(NotFound):
        await greetings.set_default(ACME, two.welcome_id)
    assert taken.name == "two"
    assert rules(x) == [one.welcome_id]


async def test_what_a_bot_declares_stands_beside_what_x_has(
    greetings: DeskGreetings, declaring: Declaring
):
    await greetings.make(ACME, SALE, "mine")
    declaring.found = (declared("greeting", "Hi", is_default=True), declared("sale", "Sale!"))
    before = await greetings.listed(ACME)
    assert [(one.name, one.is_default) for one in before.lacking] == [
        ("greeting", True),
        ("sale", False),
    ]
    assert before.default == "greeting"

    done = await greetings.sync(ACME)
    assert (done.made, done.default) == (["greeting", "sale"], "greeting")
    assert await standing(greetings) == {"mine": "by_hand", "greeting": "same", "sale": "same"}

    declaring.found = (declared("greeting", "Hello", is_default=True),)
    assert await standing(greetings) == {"mine": "by_hand", "greeting": "differs", "sale": "stale"}
    (differing,) = [one for one in (await greetings.listed(ACME)).at_x if one.declared]
    assert (differing.message.text, differing.declared) == ("Hi", OutboundMessage("Hello"))

    declaring.found = None
    assert await standing(greetings) == {
        "mine": "by_hand",
        "greeting": "unknown",
        "sale": "unknown",
    }
    with pytest.raises(NotPossible):
        await greetings.sync(ACME)
    declaring.found = (declared("greeting", "Hello", media="no-such-file.png"),)
    missing = await greetings.listed(ACME)
    assert (missing.is_declared_known, "no-such-file.png" in missing.problem) == (False, True)


async def standing(greetings: DeskGreetings) -> dict[str, str]:
    return {one.name: str(one.standing) for one in (await greetings.listed(ACME)).at_x}


async def test_profiles_have_pictures_and_go(x: X, at_x: DeskAtX, tmp_path: Path):
    media_id = await at_x.upload(ACME, file(samples.png()))
    made = await at_x.new_voice(ACME, "Sam, Acme", media_id)

    assert list(await at_x.voices(ACME)) == [made]
    assert await at_x.fetch_face(ACME, made.profile_id, tmp_path / "one")
    fresh = DeskAtX({ACME: await x.client()})
    assert await fresh.fetch_face(ACME, made.profile_id, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

    await at_x.drop_voice(ACME, made.profile_id)
    assert list(await at_x.voices(ACME)) == []


async def test_what_x_refuses_is_told(x: X, greetings: DeskGreetings, at_x: DeskAtX):
    users = x.simulator.simulation.world.users
    users["1001"] = structs.replace(
        users["1001"], dms_from_anyone=False, custom_profiles_allowed=False
    )

    with pytest.raises(NotOpenToMessages):
        await greetings.make(ACME, SALE, "one")
    media_id = await at_x.upload(ACME, file(samples.png()))
    with pytest.raises(PermissionMissing):
        await at_x.new_voice(ACME, "Sam", media_id)
