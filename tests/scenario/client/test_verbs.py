"""The verbs that call X, as a shell runs them, against a simulator."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cyclopts import App
from tests import samples
from tests.scenario.client import shell
from tests.scenario.client.conftest import APP, HOOK, X
from tests.scenario.client.shell import SETTINGS, Shell

from roost.cli import verbs
from roost.model.messages import OutboundMessage
from roost.simulator.fault_rules import ErrorStatusRule, Match, RateLimitRule, ResetRule
from roost.xapi.families.media import Upload

CALLING_X = (
    "dm",
    "welcome",
    "profiles",
    "media",
    "webhook",
    "subscriptions",
    "post",
    "links",
)

TWIN = {
    "ROOST_ACCOUNTS__TWIN__USER_ID": "1002",
    "ROOST_ACCOUNTS__TWIN__ACCESS_TOKEN": f"1002-token-{APP.app_id}",
    "ROOST_ACCOUNTS__TWIN__ACCESS_TOKEN_SECRET": f"token-secret-1002-{APP.app_id}",
}


roost = shell.roost


async def test_a_message_is_sent_listed_shown_and_deleted(x: X, roost: Shell):
    code, out, err = await roost("dm", "send", "@ada", "How can we help?")
    (message,) = x.messages()
    listed = await roost("dm", "list", "--with", "ada")
    elsewhere = await roost("dm", "list", "--with", "2003")
    shown = await roost.json("dm", "show", message.message_id)
    deleted = await roost.json("dm", "delete", message.message_id)

    assert (code, out, err) == (0, f"sent as {message.message_id}\n", "")
    assert listed[1].startswith(f"{message.message_id}  20")
    assert listed[1].endswith("1001 -> 2002  How can we help?\n")
    assert elsewhere == (0, "no messages\n", "")
    assert shown["event"]["message_create"]["message_data"]["text"] == "How can we help?"
    assert deleted == {"deleted": message.message_id}
    assert await roost.json("dm", "list") == []


async def test_everything_a_message_carries_is_an_option(roost: Shell):
    avatar = await roost.json("profiles", "new", "Jo, Support", "--picture", "cat.png")

    sent = await roost.json(
        *("dm", "send", "2002", "How can we help?", "--media", "cat.png"),
        *("--quick-reply", "Yes|y|Sure", "--quick-reply", "No|n|Not now"),
        *("--button", "Shop=https://shop.example/?a=b", "--profile", avatar["id"]),
    )
    there = await roost.json("dm", "send", "2002", "--point=-122.44,37.77")

    create = sent["message_create"]
    assert create["custom_profile_id"] == avatar["id"]
    data = create["message_data"]
    assert data["attachment"]["media"]["type"] == "photo"
    assert [one["label"] for one in data["quick_reply"]["options"]] == ["Yes", "No"]
    assert data["quick_reply"]["options"][0]["metadata"] == "y"
    assert data["ctas"][0]["url"] == "https://shop.example/?a=b"
    location = there["message_create"]["message_data"]["attachment"]["location"]
    assert location["shared_coordinate"]["coordinates"]["coordinates"] == [-122.44, 37.77]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("send", "2002", "a", "--button", "Shop"), "--button: 'Shop' is not LABEL=ADDRESS"),
        (("send", "2002", "a", "--quick-reply", "a|b|c|d"), "--quick-reply: 'a|b|c|d' is not"),
        (("send", "2002", "a", "--point", "here"), "--point: 'here' is not LONGITUDE,LATITUDE"),
        (("send", "2002", "a" * 10_001), "text: too long (limit 10000, found 10001)"),
        (("send", "2002", "a" * 10_001, "--media", "cat.png"), "text: too long"),
        (("send", "2002", "a", "--media", "none.png"), "--media: none.png: No such file"),
        (("send", "2002", "a", "--button", "A=https://a", "--button", "B=b"), "--button: number 2"),
        (("send", "2002", "a", "--button", "A=b"), "must start with https://, found 'b'"),
        (("send", "2002", "a", "--quick-reply", "a" * 37), "label: too long (limit 36, found 37)"),
        (("send", "2002", "a", "--quick-reply", "A|a|A", "--quick-reply", "B"), "1 of 2 have one"),
        (("send", "2002", "a", "--profile", "Jo"), "--profile: 'Jo' is no id of X"),
        (
            ("send", "2002", "--media", "cat.png", "--place", "1"),
            "--media, --point, --place: too many (limit 1, found 2)",
        ),
        (("send", "a b", "a"), "recipient: 'a b' is no screen name"),
        (("send",), "recipient: is needed; see `roost dm send --help`"),
        (("list", "now"), "nothing is expected after the options, found 'now'"),
        (("send", "2002"), "text: must not be empty"),
        (("show", "one"), "message_id: 'one' is no id of X"),
        (("shw", "1"), 'Did you mean "show"?'),
        (("list", "--acount", "acme"), "Did you mean"),
    ],
)
async def test_wrong_usage_is_said_before_anything_is_sent(
    x: X, roost: Shell, arguments: tuple[str, ...], told: str
):
    code, out, err = await roost("dm", *arguments)

    assert (code, out) == (2, "")
    assert told in err
    assert x.requests == []


async def test_a_misspelt_verb_of_rules_gets_a_suggestion(roost: Shell):
    code, _, err = await roost("welcome", "rules", "lst")

    assert (code, 'Did you mean "list"?' in err) == (2, True)


async def test_what_x_refuses_has_an_exit_code_and_a_remedy(x: X, roost: Shell):
    blocked = await roost("dm", "send", "@bob", "Hello")
    unknown = await roost("dm", "send", "@nobody", "Hello")
    faults = x.simulator.simulation.faults
    faults.put([RateLimitRule(match=Match(route="dm.events.new"))])
    limited = await roost("dm", "send", "2002", "Hello")
    faults.put([ResetRule(match=Match(route="dm.events.new"), when="after")])
    unsure = await roost("dm", "send", "2002", "Hello")
    faults.put([ErrorStatusRule(match=Match(route="dm.events.list"), code=130)])
    down = await roost("dm", "list")
    faults.put([ErrorStatusRule(match=Match(route="dm.events.new"), code=93)])
    forbidden = await roost("dm", "send", "2002", "Hello")

    assert (blocked[0], "code 349" in blocked[2]) == (1, True)
    assert (unknown[0], "code 50" in unknown[2]) == (1, True)
    assert (limited[0], "Wait" in limited[2]) == (3, True)
    assert (unsure[0], "roost dm list" in unsure[2]) == (4, True)
    assert down[0] == 5
    assert (forbidden[0], "make the account's tokens anew" in forbidden[2]) == (1, True)
    assert {code[1] for code in (blocked, unknown, limited, unsure, down, forbidden)} == {""}


async def test_nobody_there_is_unreached(roost: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROOST_X_BASE_URL", "http://127.0.0.1:9")

    assert (await roost("dm", "list"))[0] == 5


async def test_one_of_several_accounts_has_to_be_named(
    roost: Shell, monkeypatch: pytest.MonkeyPatch
):
    for name, value in TWIN.items():
        monkeypatch.setenv(name, value)

    unnamed = await roost("dm", "list")
    wrong = await roost("dm", "list", "--account", "amce")
    sent = await roost.json("dm", "send", "2002", "Hi", "--account", "twin")

    assert (unnamed[0], "Name one of: acme, twin" in unnamed[2]) == (2, True)
    assert (wrong[0], "there is no account amce. There are: acme, twin" in wrong[2]) == (2, True)
    assert sent["message_create"]["sender_id"] == "1002"


async def test_no_account_at_all_is_said_with_how_to_set_one(
    roost: Shell, monkeypatch: pytest.MonkeyPatch
):
    for name in SETTINGS:
        monkeypatch.delenv(name)

    code, _, err = await roost("dm", "list")

    assert (code, "Set accounts.NAME.user_id" in err) == (2, True)


async def test_the_default_welcome_message_is_swapped(x: X, roost: Shell):
    one = await roost.json("welcome", "new", "Welcome!", "--name", "one", "--default")
    two = await roost.json("welcome", "new", "Good day", "--media", "cat.png")

    rule = await roost.json("welcome", "rules", "set", two["id"])
    again = await roost.json("welcome", "rules", "set", two["id"])

    assert again == rule
    assert [one["welcome_message_id"] for one in await roost.json("welcome", "rules", "list")] == [
        two["id"]
    ]
    assert (await roost("welcome", "list"))[1].count("\n") == 2
    changed = await roost.json("welcome", "update", one["id"], "Hello!")
    assert (changed["name"], changed["message_data"]["text"]) == ("one", "Hello!")
    twin = x.simulator.simulation.world.media.media(
        two["message_data"]["attachment"]["media"]["id_str"]
    )
    assert twin.shared


async def test_media_is_uploaded_and_fetched(x: X, roost: Shell, tmp_path: Path):
    media_id = (await roost("media", "upload", "cat.png", "--alt", "A cat"))[1].strip()
    await roost("dm", "send", "2002", "Look", "--media", media_id)
    (message,) = x.messages()

    fetched = await roost.json("media", "download", message.message_id, "there.png")
    nothing = await roost("dm", "send", "2002", "Words")
    *_, words = x.messages()
    without = await roost("media", "download", words.message_id, "there.png")
    elsewhere = await roost("media", "download", "https://evil.example/a.png", "b.png")

    assert fetched == {"file": "there.png", "bytes": len(samples.png())}
    assert (tmp_path / "there.png").read_bytes() == samples.png()
    assert nothing[0] == 0
    assert (without[0], "carries no media" in without[2]) == (2, True)
    assert (elsewhere[0], "no address of media" in elsewhere[2]) == (2, True)


async def test_webhook_and_subscription_are_there_or_not(x: X, roost: Shell):
    assert (await roost("webhook", "check"))[2].endswith("prod has no webhook\n")
    assert (await roost("subscriptions", "check"))[:2] == (1, "not subscribed\n")
    x.hook.is_right = False
    refused = await roost("webhook", "add", HOOK)
    x.hook.is_right = True
    added = await roost.json("webhook", "add", HOOK)
    await roost("subscriptions", "add")
    twice = await roost("subscriptions", "add")

    assert (refused[0], "with this app's secret" in refused[2]) == (1, True)
    assert added["valid"] is True
    assert (twice[0], "code 355" in twice[2]) == (1, True)
    assert (await roost("subscriptions", "check"))[:2] == (0, "subscribed\n")
    assert (await roost("subscriptions", "count"))[1] == "1 of 250\n"
    assert HOOK in (await roost("webhook", "list"))[1]
    assert (await roost("webhook", "delete"))[1] == f"deleted {added['id']}\n"
    assert (await roost("webhook", "list"))[1] == "prod  no webhook\n"


async def test_links_need_no_settings(roost: Shell, monkeypatch: pytest.MonkeyPatch):
    for name in (*SETTINGS, "ROOST_X_BASE_URL"):
        monkeypatch.delenv(name)

    said = await roost("links", "dm", "1001", "--welcome", "17", "--text", "Hi & bye")
    as_json = await roost.json("links", "follow", "@acme")
    wrong = await roost("links", "like", "first")

    assert said[1] == (
        "https://x.com/messages/compose?recipient_id=1001&welcome_message_id=17"
        "&text=Hi%20%26%20bye\n"
    )
    assert as_json == {"url": "https://x.com/intent/follow?screen_name=acme"}
    assert (wrong[0], "post_id: 'first' is no id of X" in wrong[2]) == (2, True)


def commands(group: App, path: str) -> Iterator[tuple[str, str]]:
    """Give each verb and its help."""
    for name in group:
        if name.startswith("-"):
            continue
        inner = group[name]
        if inner.default_command is None:
            yield from commands(inner, f"{path} {name}")
        else:
            yield f"{path} {name}", str(inner.default_command.__doc__)


def groups() -> Iterator[tuple[str, App]]:
    for verb in CALLING_X:
        module, _, function = verbs.function_of(verb).partition(":")
        yield verb, getattr(importlib.import_module(module), function)


EVERY_VERB = [found for verb, group in groups() for found in commands(group, f"roost {verb}")]


def examples(text: str) -> list[str]:
    """Give the command lines in a help text, as typed."""
    return [re.sub(r"\s+", " ", line) for line in re.findall(r"`(roost [^`]+)`", text)]


def test_every_verb_is_found():
    assert len(EVERY_VERB) == 39


@pytest.mark.parametrize(("verb", "text"), EVERY_VERB, ids=[verb for verb, _ in EVERY_VERB])
async def test_the_examples_of_every_verb_work(x: X, roost: Shell, verb: str, text: str):
    found = [line for line in examples(text) if f"{line} ".startswith(f"{verb} ")]
    assert found, "there is no example"
    for line in [*found, f"{found[0].removesuffix(' --json')} --json"]:
        _, *arguments = shlex.split(_with(line, await made(x, verb)))

        code, out, err = await roost(*arguments)

        assert (code, err) == (0, ""), line
        assert json.loads(out) if "--json" in arguments else out
        await emptied(x)


def _with(line: str, ids: Mapping[str, str]) -> str:
    """Put ids that are there in the place of those in an example."""
    for name, there in ids.items():
        line = line.replace(name, there)
    return line


async def made(x: X, verb: str) -> Mapping[str, str]:
    """Make what examples name, and give its ids by those in the examples."""
    client = await x.client()
    picture = await client.media.upload(samples.png(), Upload(shared=True))
    message = OutboundMessage("See", media_id=picture.media_id_string)
    sent = await client.messages.send("2002", message)
    welcome = await client.welcome_messages.new(OutboundMessage("Welcome"))
    rule = await client.welcome_rules.new(welcome.id)
    profile = await client.profiles.new(
        "Jo", (await client.media.upload(samples.png())).media_id_string
    )
    post = await client.posts.new("Questions?!")
    if verb.startswith(("roost webhook", "roost subscriptions")) and verb != "roost webhook add":
        await client.webhooks.create("prod", HOOK)
        if verb.startswith("roost subscriptions") and not verb.endswith("add"):
            await client.subscriptions.add("prod")
    return {
        "1580000000000000030": sent.id,
        "1560000000000000007": welcome.id,
        "1570000000000000009": rule.id,
        "100001": profile.id,
        "1580600000000000001": post.id_str,
        "https://bot.example/x/main/5f0c": HOOK,
    }


async def emptied(x: X) -> None:
    """Take away what would keep the next example from working."""
    client = await x.client()
    for one in await client.webhooks.list("prod"):
        await client.webhooks.delete("prod", one.id)
    for post in list(x.simulator.simulation.world.posts.by("1001")):
        await client.posts.delete(post.post_id)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("subscriptions", "check", "--env", "nope"), "Compare env_name with the name in 'Dev env"),
        (("webhook", "add", "http://bot.test/other"), "`roost webhook list` shows them"),
    ],
)
async def test_what_to_do_fits_what_x_says(
    x: X, roost: Shell, arguments: tuple[str, ...], told: str
):
    await roost("webhook", "add", "http://bot.test/x/main/hook")

    code, out, err = await roost(*arguments)
    as_json, answer, _ = await roost(*arguments, "--json")

    assert (code, out, told in err) == (1, "", True), err
    assert as_json == 1
    assert told in json.loads(answer)["errors"][0]["remedy"]
