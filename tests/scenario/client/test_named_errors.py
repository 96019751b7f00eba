"""Errors of the verbs that call X: what was typed is named, not what the client or X calls it."""

from __future__ import annotations

import json

import anyio
import pytest
from tests.scenario.client import shell
from tests.scenario.client.conftest import X
from tests.scenario.client.shell import Shell

from roost.simulator.fault_rules import ErrorStatusRule, Match

roost = shell.roost


@pytest.mark.parametrize(
    ("arguments", "field", "told"),
    [
        ("dm send @nobody Hi", "recipient", ("user '@nobody' (code 50", "names change")),
        ("dm list --with nobody", "--with", ("user 'nobody' (code 50", "names change")),
        ("dm show 123456", "message_id", ("message of this account '123456'", "roost dm list")),
        ("dm delete 123456", "message_id", ("message of this account '123456'", "roost dm list")),
        ("media download 123456 a.png", "source", ("message of this account '123456'", "dm list")),
        ("welcome show 17", "welcome_id", ("welcome message '17'", "roost welcome list")),
        ("welcome update 17 Hi", "welcome_id", ("welcome message '17'", "roost welcome list")),
        ("welcome rules set 17", "welcome_id", ("welcome message '17'", "roost welcome list")),
        ("welcome rules show 17", "rule_id", ("rule '17'", "roost welcome rules list")),
        ("profiles show 17", "profile_id", ("custom profile '17'", "roost profiles list")),
        ("webhook delete 17", "webhook_id", ("webhook of this app '17'", "roost webhook list")),
        (
            "subscriptions remove 2003",
            "user",
            ("subscription of user", "subscriptions list"),
        ),
        ("post delete 17", "post_id", ("Post that this account", "end of the Post's address")),
        ("post reply 17 Hi", "post_id", ("Post that this account", "end of the Post's address")),
    ],
)
async def test_what_x_does_not_have_is_named_as_it_was_typed(
    roost: Shell, arguments: str, field: str, told: tuple[str, str]
):
    lacks, remedy = told
    code, out, err = await roost(*arguments.split())
    _, answer, _ = await roost(*arguments.split(), "--json")

    assert (code, out) == (1, "")
    assert err.startswith(f"error: {field}: X has no {lacks}")
    (error,) = json.loads(answer)["errors"]
    assert error["field"] == field
    assert error["message"] in err
    assert remedy in error["remedy"]
    assert error["code"] in {34, 50, 144, 385}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("welcome show abc", "welcome_id: 'abc' is no id of X"),
        ("welcome rules delete abc", "rule_id: 'abc' is no id of X"),
        ("welcome rules set abc", "welcome_id: 'abc' is no id of X"),
        ("welcome new Hi --name a/b", "--name: may hold letters"),
        (f"welcome new Hi --name {'a' * 101}", "--name: too many characters (limit 100, found 101"),
        ("welcome new Hi --media none.png", "--media: none.png: No such file"),
        ("profiles new Jo --picture none.png", "--picture: none.png: No such file"),
        ("profiles new Jo", "--picture: is needed"),
        ("media upload none.png", "file: none.png: No such file"),
        ("media upload words.txt", "file: is no JPEG, PNG, GIF, WEBP, MP4 or MOV, found 'words"),
        (f"media upload cat.png --alt {'a' * 1001}", "--alt: too many characters (limit 1000, fou"),
        ("media download nowhere a.png", "source: ://nowhere is no address of media"),
        ("webhook add nowhere", "url: 'nowhere' is no http(s) address"),
        (f"post new {'a' * 300}", "text: too long, as X weighs a Post (limit 280, found 300)"),
        ("links dm abc", "account_id: 'abc' is no id of X"),
        ("links dm 1001 --welcome abc", "--welcome: 'abc' is no id of X"),
        ("links compose", "text: give a text, --url, --hashtag, --via or --reply-to"),
        ("links compose Hi --reply-to abc", "--reply-to: 'abc' is no id of X"),
        ("links compose Hi --via a-b", "--via: 'a-b' is no screen name"),
        ("links like abc", "post_id: 'abc' is no id of X"),
        ("links follow a-b", "user: 'a-b' is no screen name"),
        ("links profile a-b", "user: 'a-b' is no screen name"),
    ],
)
async def test_what_was_typed_is_what_an_error_names(x: X, roost: Shell, arguments: str, told: str):
    await anyio.Path("words.txt").write_text("words")

    code, out, err = await roost(*arguments.split())

    assert (code, out) == (2, "")
    assert err.startswith(f"error: {told}")
    assert x.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        "webhook list --env nope",
        "webhook add http://bot.test/hook --env nope",
        "webhook check --env nope",
        "webhook delete --env nope",
        "webhook delete 17 --env nope",
        "subscriptions add --env nope",
        "subscriptions check --env nope",
        "subscriptions list --env nope",
        "subscriptions remove 2003 --env nope",
    ],
)
async def test_an_environment_that_is_not_there_is_named_with_those_that_are(
    roost: Shell, arguments: str
):
    code, out, err = await roost(*arguments.split())
    _, answer, _ = await roost(*arguments.split(), "--json")

    told = "X has no environment 'nope' of this app; there are: prod"
    assert (code, out) == (1, "")
    assert err.startswith(f"error: --env: {told}\nCompare env_name with the name in")
    (error,) = json.loads(answer)["errors"]
    assert (error["field"], error["message"]) == ("--env", told)


async def test_the_environment_of_the_settings_is_named_where_it_is_wrong(
    roost: Shell, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ROOST_APPS__MAIN__ENV_NAME", "Production")

    code, _, err = await roost("subscriptions", "add")

    assert (code, "env_name: X has no environment 'Production'" in err) == (1, True)


async def test_nobody_is_subscribed_where_there_is_no_such_environment(x: X, roost: Shell):
    rule = ErrorStatusRule(match=Match(route="subscriptions.check"), code=34)
    x.simulator.simulation.faults.put([rule])  # as X answers of a user who is not subscribed

    there = await roost("subscriptions", "check")
    code, _, err = await roost("subscriptions", "check", "--env", "nope")

    assert (there[0], there[1]) == (1, "not subscribed\n")
    told = "--env: X has no environment 'nope' of this app; there are: prod"
    assert (code, told in err) == (2, True)


async def test_one_environment_can_be_listed_alone(roost: Shell):
    assert await roost("webhook", "list", "--env", "prod") == (0, "prod  no webhook\n", "")


@pytest.mark.parametrize("verb", ["show", "pause", "resume", "remove"])
async def test_an_account_that_is_not_there_is_named_with_those_that_are(roost: Shell, verb: str):
    code, _, err = await roost("accounts", verb, "nobody")

    assert code == 2
    assert err.startswith("error: account: there is no account 'nobody'; there are: acme")
