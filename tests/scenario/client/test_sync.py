"""`roost sync` against a simulator: what a bot declares is there, and stays under its id."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec import structs
from tests import samples
from tests.scenario.client.conftest import X
from tests.scenario.client.test_verbs import Shell, roost

from roost import settings
from roost.bot import loading
from roost.model.ids import UserId
from roost.ports.composing import Voice
from roost.service import databases, inviting, syncing
from roost.service.clock import SystemClock
from roost.service.syncing import How
from roost.settings import Role
from roost.xapi import XClient
from roost.xapi.transport import Request, Response, Transport, aiohttp_transport

__all__ = ["roost"]

BOT = """
from roost import Bot, Button, QuickReply, WelcomeMessage
bot = Bot("shop")

@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    return WelcomeMessage(
        "Tom & Jerry <3 https://shop.example/a",
        quick_replies=[QuickReply("Track", "track", "By number")],
        buttons=[Button("Look", "https://shop.example/sale")],
    )

@bot.welcome()
def sale() -> WelcomeMessage:
    return WelcomeMessage("Sale!")
"""


async def test_what_is_declared_comes_to_x_and_stays_in_step(x: X, roost: Shell, tmp_path: Path):
    other = await roost.json("welcome", "new", "Made by hand", "--default")
    bot = tmp_path / "shop_bot.py"
    bot.write_text(BOT, encoding="utf-8")

    code, out, _ = await roost("sync", str(bot), "--dry-run")
    assert (code, out.splitlines()) == (
        0,
        ["greeting: would be made", "sale: would be made", "greeting: would be the default"],
    )
    assert len(await roost.json("welcome", "list")) == 1

    done = await roost.json("sync", str(bot))
    assert (done["made"], done["default"], done["is_done"]) == (
        ["greeting", "sale"],
        "greeting",
        True,
    )
    ids = {one.get("name", ""): one["id"] for one in await roost.json("welcome", "list")}
    assert ids.keys() == {"", "roost#greeting", "roost#sale"}
    assert ids[""] == other["id"]
    (rule,) = await roost.json("welcome", "rules", "list")
    assert rule["welcome_message_id"] == ids["roost#greeting"]

    code, out, _ = await roost("sync", str(bot))
    assert (code, out) == (0, "X has everything as it is declared\n")

    bot.write_text(BOT.replace("By number", "By its number").split("@bot.welcome()")[0])
    code, out, _ = await roost("sync", str(bot))
    assert out.splitlines() == ["greeting: changed", "sale: removed"]
    after = {one.get("name", ""): one["id"] for one in await roost.json("welcome", "list")}
    assert after == {"": other["id"], "roost#greeting": ids["roost#greeting"]}


SPEAKING = """
from roost import Bot, Speaker, WelcomeMessage
bot = Bot("shop")
JO = Speaker("Jo, Support", "jo.png")

@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    return WelcomeMessage("Hello", media="cat.png", speaks_as=JO)

@bot.welcome()
def sale() -> WelcomeMessage:
    return WelcomeMessage("Sale!", speaks_as=JO)
"""


@pytest.fixture
def speaking(x: X, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bot whose welcome messages carry a picture and speak as somebody, where that is allowed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cat.png").write_bytes(samples.png())
    (tmp_path / "jo.png").write_bytes(samples.png())
    permit(x, is_allowed=True)
    bot = tmp_path / "speaking_bot.py"
    bot.write_text(SPEAKING, encoding="utf-8")
    return bot


def permit(x: X, *, is_allowed: bool) -> None:
    users = x.simulator.simulation.world.users
    users["1001"] = structs.replace(users["1001"], custom_profiles_allowed=is_allowed)


def rewrite(bot: Path, old: str, new: str) -> None:
    bot.write_text(bot.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def put(bot: Path, source: str) -> None:
    bot.write_text(source, encoding="utf-8")


async def told(roost: Shell, bot: Path, *arguments: str) -> list[str]:
    code, out, err = await roost("sync", str(bot), *arguments)
    assert (code, err) == (0, "")
    return out.splitlines()


async def test_pictures_and_profiles_come_along_and_are_not_made_twice(
    x: X, roost: Shell, speaking: Path
):
    tried = await told(roost, speaking, "--dry-run")
    done = await told(roost, speaking)
    again = await told(roost, speaking)

    assert tried == [
        "profile Jo, Support: would be made",
        "greeting: would be made",
        "sale: would be made",
        "greeting: would be the default",
    ]
    assert done == [line.replace("would be ", "") for line in tried]
    assert again == ["X has everything as it is declared"]
    (profile,) = await roost.json("profiles", "list")
    kept = {one["name"].split("#")[1]: one for one in await roost.json("welcome", "list")}
    assert {one["custom_profile_id"] for one in kept.values()} == {profile["id"]}
    assert kept["greeting"]["message_data"]["attachment"]["media"]["type"] == "photo"
    assert "attachment" not in kept["sale"]["message_data"]


async def test_another_text_keeps_the_id_and_another_picture_makes_it_anew(
    x: X, roost: Shell, speaking: Path
):
    await told(roost, speaking)
    before = {one["name"].split("#")[1]: one for one in await roost.json("welcome", "list")}
    rewrite(speaking, '"Hello"', '"Hello!"')
    other_text = await told(roost, speaking)
    (speaking.parent / "cat.png").write_bytes(samples.png(5, 7))
    other_picture = await told(roost, speaking)
    (speaking.parent / "jo.png").write_bytes(samples.png(9, 9))
    other_face = await told(roost, speaking)

    assert other_text == ["greeting: changed"]
    assert other_picture == ["greeting: made", "greeting: removed", "greeting: the default"]
    assert other_face[0] == "profile Jo, Support: made"
    after = {one["name"].split("#")[1]: one for one in await roost.json("welcome", "list")}
    assert after.keys() == before.keys()
    assert after["greeting"]["id"] != before["greeting"]["id"]
    assert after["sale"]["custom_profile_id"] != before["sale"]["custom_profile_id"]
    (rule,) = await roost.json("welcome", "rules", "list")
    assert rule["welcome_message_id"] == after["greeting"]["id"]
    assert after["greeting"]["message_data"]["text"].startswith("Hello!")


async def test_where_x_allows_no_profile_the_text_is_signed_until_it_does(
    x: X, roost: Shell, speaking: Path
):
    permit(x, is_allowed=False)
    first = await told(roost, speaking)
    again = await told(roost, speaking)
    signed = [one["message_data"]["text"] for one in await roost.json("welcome", "list")]
    permit(x, is_allowed=True)
    allowed = await told(roost, speaking)

    assert first[:3] == ["greeting: made", "sale: made", "greeting: the default"]
    assert "Jo, Support: the text is signed instead" in first[3]
    assert "Ask X to list the account" in first[3]
    assert again == first[3:], "nothing else is done again"
    assert all("\n\n— Jo, Support" in text for text in signed)
    assert "profile Jo, Support: made" in allowed
    texts = [one["message_data"]["text"] for one in await roost.json("welcome", "list")]
    assert not any("—" in text for text in texts)


@pytest.mark.parametrize("n", range(1, 9))
async def test_a_run_that_ends_anywhere_is_made_good_by_the_next(
    x: X, roost: Shell, speaking: Path, n: int
):
    old = await roost.json("welcome", "new", "By hand", "--default")
    await told(roost, speaking)
    rewrite(speaking, "Jo,", "Joan,")
    rewrite(speaking, '"Sale!"', '"Sale!!"')
    (speaking.parent / "cat.png").write_bytes(samples.png(5, 7))
    declared = [*loading.load(str(speaking)).welcomes.values()]
    async with aiohttp_transport() as transport:
        client = XClient(x.credentials(), Dying(transport, left=n), base_url=x.url)
        with pytest.raises(Died):
            await syncing.sync(client, UserId("1001"), declared)
    await told(roost, speaking)

    (again,) = await told(roost, speaking)
    names = {one["name"]: one["id"] for one in await roost.json("profiles", "list")}
    assert sorted(names) == ["Jo, Support", "Joan, Support"]
    assert len(await profiles(roost)) == 2, "no profile was made twice"
    assert again == replaced(names["Jo, Support"], "Jo, Support"), "nothing else is left to do"
    kept = await roost.json("welcome", "list")
    assert len(kept) == 3
    assert old["id"] in {one["id"] for one in kept}
    (rule,) = await roost.json("welcome", "rules", "list")
    (greeting,) = [one for one in kept if one.get("name", "").startswith("roost#greeting")]
    assert rule["welcome_message_id"] == greeting["id"]


def replaced(profile_id: str, name: str) -> str:
    return f"profile {profile_id} ({name}): nobody speaks under it any more; --prune deletes it"


async def profiles(roost: Shell) -> set[str]:
    return {one["id"] for one in await roost.json("profiles", "list")}


async def speak_as(profile_id: str) -> None:
    """Let somebody in the desk speak under a profile."""
    found = settings.load(environ=os.environ)
    voice = Voice(profile_id, "Jo, Support")
    await inviting.ask(
        found, SystemClock(), "invite", login="sam", name="Sam", role=None, accounts=None
    )
    async with databases.opened(found, Role.ALL) as store:
        (sam,) = await store.people.people()
        acme = UserId("1001")
        await store.manage(lambda tx: tx.composing.put_voice(acme, sam.person_id, voice))


async def test_profiles_that_were_replaced_are_listed_and_deleted_only_where_that_is_said(
    x: X, roost: Shell, speaking: Path
):
    by_hand = ("profiles", "new", "--picture", "cat.png")
    stranger = (await roost.json(*by_hand, "Ann, by hand"))["id"]
    await told(roost, speaking)
    (old,) = await profiles(roost) - {stranger}
    (speaking.parent / "jo.png").write_bytes(samples.png(9, 9))
    before = await told(roost, speaking, "--dry-run", "--prune")
    listed = await told(roost, speaking)
    agent = (await roost.json(*by_hand, "Jo, Support"))["id"]
    await speak_as(agent)
    kept = await profiles(roost)
    tried = await told(roost, speaking, "--dry-run", "--prune")
    untouched = await profiles(roost)
    pruned = await told(roost, speaking, "--prune")
    again = await told(roost, speaking, "--prune")

    assert f"profile {old} (Jo, Support): would be deleted" in before
    assert replaced(old, "Jo, Support") in listed
    assert tried == [f"profile {old} (Jo, Support): would be deleted"]
    assert kept == untouched > {old, stranger, agent}, "nothing was done yet"
    assert pruned == [f"profile {old} (Jo, Support): deleted"]
    assert again == ["X has everything as it is declared"]
    assert await profiles(roost) == kept - {old}, "a stranger's and an agent's stay"


async def test_profiles_of_former_names_are_listed_by_every_run_until_they_are_pruned(
    x: X, roost: Shell, speaking: Path
):
    await told(roost, speaking)
    (jo,) = await profiles(roost)
    rewrite(speaking, "Jo,", "Joan,")
    first = await told(roost, speaking)
    (joan,) = await profiles(roost) - {jo}
    again = await told(roost, speaking)
    rewrite(speaking, "Joan,", "Jim,")
    await told(roost, speaking)
    both = await told(roost, speaking)
    (greeting,) = [
        one for one in await roost.json("welcome", "list") if one["name"].startswith("roost#gr")
    ]
    await roost("welcome", "new", "By hand", "--profile", joan)
    pruned = await told(roost, speaking, "--prune")
    after = await told(roost, speaking)

    of_jo = replaced(jo, "Jo, Support")
    assert of_jo in first
    assert again == [of_jo], "a later run knows of it, too, and does nothing else"
    assert sorted(both) == [of_jo, replaced(joan, "Joan, Support")]
    assert greeting["name"].endswith(f"@{int(joan):x}@{int(jo):x}")
    assert pruned == [f"profile {jo} (Jo, Support): deleted"], "another speaks as Joan by now"
    assert after == ["X has everything as it is declared"]
    assert joan in await profiles(roost)


def test_a_name_remembers_the_newest_profiles_that_fit() -> None:
    left = [str(10**18 + n) for n in range(3)]
    (oldest, middle, newest) = (f"@{int(x_id):x}" for x_id in left)

    assert syncing._remembering("roost#a", left) == f"roost#a{newest}{middle}{oldest}"
    assert syncing._remembering("roost#" + "a" * 70, left) == "roost#" + "a" * 70 + newest
    assert syncing._remembering("roost#" + "a" * 90, left) == "roost#" + "a" * 90


async def test_the_profile_that_a_bot_answers_under_stays_though_no_welcome_message_speaks_so(
    x: X, roost: Shell, speaking: Path
):
    await told(roost, speaking)
    put(speaking, "from roost import Bot\nbot = Bot('shop', speaks_as='Jo, Support')\n")
    kept = await profiles(roost)
    pruned = await told(roost, speaking, "--prune")

    assert not [line for line in pruned if line.startswith("profile")]
    assert await profiles(roost) == kept


NAMED = """
from roost import Bot, WelcomeMessage
bot = Bot("shop")

@bot.welcome(default=True)
def greeting() -> WelcomeMessage:
    return WelcomeMessage("Hello", speaks_as="Jo, Support")
"""


async def test_a_profile_that_is_named_is_used_where_it_is_there_and_none_is_made(
    x: X, roost: Shell, speaking: Path
):
    put(speaking, NAMED)
    without = await told(roost, speaking)
    (signed,) = await roost.json("welcome", "list")
    faces = ("jo.png", "cat.png")
    made = [await roost.json("profiles", "new", "Jo, Support", "--picture", one) for one in faces]
    spoken = await told(roost, speaking)
    again = await told(roost, speaking, "--prune")

    assert without[:2] == ["greeting: made", "greeting: the default"]
    assert "Jo, Support: the text is signed instead, since there is no custom" in without[2]
    assert "`speaks_as=Speaker('Jo, Support', 'picture.png')`" in without[2]
    assert signed["message_data"]["text"] == "Hello\n\n— Jo, Support"
    assert spoken == ["greeting: made", "greeting: removed", "greeting: the default"]
    (kept,) = await roost.json("welcome", "list")
    assert (kept["message_data"]["text"], bool(kept["custom_profile_id"])) == ("Hello", True)
    assert again == ["X has everything as it is declared"]
    assert await profiles(roost) == {one["id"] for one in made}, "what people made is left alone"


@pytest.mark.parametrize("n", range(1, 8))
async def test_a_pruning_that_ends_anywhere_is_made_good_by_the_next(
    x: X, roost: Shell, speaking: Path, n: int
):
    await told(roost, speaking)
    rewrite(speaking, "Jo,", "Joan,")
    declared = [*loading.load(str(speaking)).welcomes.values()]
    async with aiohttp_transport() as transport:
        client = XClient(x.credentials(), Dying(transport, left=n), base_url=x.url)
        with pytest.raises(Died):
            await syncing.sync(client, UserId("1001"), declared, How(is_pruned=True))
    await told(roost, speaking, "--prune")

    names = [one["name"] for one in await roost.json("profiles", "list")]
    assert names == ["Joan, Support"]


async def test_a_file_that_is_not_there_changes_nothing(x: X, roost: Shell, speaking: Path):
    (speaking.parent / "jo.png").unlink()
    code, _, err = await roost("sync", str(speaking))

    assert code == 2
    assert "jo.png cannot be read: No such file" in err
    assert await roost.json("welcome", "list") == []


class Died(BaseException):
    """The process is gone: nothing in it can catch that."""


class Dying:
    """The way to X of a process that dies after so many calls which change something there."""

    def __init__(self, transport: Transport, *, left: int) -> None:
        self._transport = transport
        self.left = left

    async def send(self, request: Request, **options: object) -> Response:
        answer = await self._transport.send(request, **options)
        if request.method != "GET":
            self.left -= 1
            if not self.left:
                raise Died
        return answer


async def test_a_bot_that_cannot_be_loaded_changes_nothing(x: X, roost: Shell, tmp_path: Path):
    code, _, err = await roost("sync", str(tmp_path / "none.py"))
    assert code == 2
    assert "there is no such file" in err
