"""`roost setup`: from an app at X to the first event, by answers written down or typed."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import pytest
from msgspec.structs import replace
from tests.rig import until
from tests.scenario.accounts.stage import ACME, ADA, APP_ID, SECRETS, TOKENS, Stage, staged

from roost import settings
from roost.cli import app
from roost.demo.child import Child
from roost.service.setup.questions import QUESTIONS
from roost.store import control

RIGHT = {
    "app_id": APP_ID,
    "consumer_key": f"consumer-key-{APP_ID}",
    "consumer_secret": f"consumer-secret-{APP_ID}",
    "access_token": TOKENS[ACME],
    "access_token_secret": SECRETS[ACME],
    "env_name": "prod",
}
OPTIONAL = {"activity_tier": "premium", "further_env_names": ""}
"""What may be left out of an answers file, and stands for itself then."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    async with staged(tmp_path) as running:
        yield running


@dataclass(frozen=True)
class Line:
    """The command line, in this process: a second one takes longer to start than to answer."""

    stage: Stage
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    async def roost(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Run it as `Stage.roost` does."""
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = await anyio.to_thread.run_sync(app.main, arguments)
        shown = self.capsys.readouterr()
        return code, shown.out, shown.err

    async def setup(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Run `roost setup` without anything of the app or its accounts in the environment."""
        for name in [name for name in os.environ if name.startswith("ROOST_")]:
            self.monkeypatch.delenv(name)
        for name, value in environment(self.stage).items():
            self.monkeypatch.setenv(name, value)
        return await self.roost("setup", *arguments, typed=typed)


@pytest.fixture
def line(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    monkeypatch.chdir(stage.data)
    return Line(stage, monkeypatch, capsys)


def environment(stage: Stage) -> dict[str, str]:
    """Nothing of the app or its accounts."""
    kept = ("ROOST_DATA", "ROOST_PORT", "ROOST_X_BASE_URL", "ROOST_RATE_LIMITS")
    own = {name: stage.environment[name] for name in kept}
    return {**own, "ROOST_SETTINGS": str(stage.data / "roost.toml")}


def written(stage: Stage, **answers: str) -> str:
    path = stage.data / "answers.toml"
    whole = {**RIGHT, "public_url": stage.application_url, **answers}
    lines = (f'{name} = "{value}"\n' for name, value in whole.items() if value)
    path.write_text("".join(lines))
    return str(path)


WRONG = {
    "name instead of id": ({"app_id": "Acme Desk"}, "the App ID is a number"),
    "token as id": ({"app_id": TOKENS[ACME]}, "this is an access token; the App ID is a number"),
    "token as key": ({"consumer_key": TOKENS[ACME]}, "this is an access token (it begins with"),
    "id as key": ({"consumer_key": APP_ID}, "this is the App ID; the API Key is under"),
    "blank in key": ({"consumer_key": "abc def"}, "there is a blank or line end inside"),
    "quotes": ({"consumer_secret": "'abc'"}, "it is in quotes; take them off"),
    "key twice": ({"consumer_secret": RIGHT["consumer_key"]}, "this is the API Key again"),
    "bearer": ({"consumer_secret": "AAAAAAAAAAAA%2Fx"}, "this is a bearer token"),
    "key as token": ({"access_token": RIGHT["consumer_key"]}, "this is the API Key or its secret"),
    "no owner": ({"access_token": "abcdef"}, "begins with the user id and a hyphen"),
    "token twice": ({"access_token_secret": TOKENS[ACME]}, "this is the Access Token again"),
    "app's secret": (
        {"access_token_secret": RIGHT["consumer_secret"]},
        "the Access Token has a secret of its own",
    ),
    "label": ({"env_name": "My environment"}, "this looks like the label"),
    "no tier": ({"activity_tier": "gold"}, "'gold' is no tier: write premium or enterprise"),
    "label of another": ({"further_env_names": "staging, My second"}, "'My second' looks like a"),
    "first one again": ({"further_env_names": "staging,prod"}, "'prod' was named before"),
    "another twice": ({"further_env_names": "a,b,a"}, "'a' is named twice"),
    "path": ({"public_url": "https://desk.example/x"}, "write it without a path"),
    "no address": ({"public_url": "desk.example"}, "write the whole address"),
    "port": ({"public_url": "https://desk.example:8443"}, "found https, port 8443"),
    "plain": ({"public_url": "http://desk.example"}, "found http, port None"),
}


def test_each_wrong_answer_has_a_message_of_its_own():
    told: set[str] = set()
    for wrong, expected in WRONG.values():
        answers = {**OPTIONAL, **RIGHT, "public_url": "https://desk.example", **wrong}
        known: dict[str, str] = {}
        for question in QUESTIONS:
            problem = question.problem(answers[question.name], known)
            if question.name in wrong:
                assert expected in problem
                told.add(problem)
                break
            assert not problem
            known[question.name] = answers[question.name]
    assert len(told) == len(WRONG)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"consumer_secret": "wrong"}, "X does not take consumer key and secret (code 99)"),
        ({"access_token_secret": "wrong"}, "does not take the signature (code 32)"),
        ({"access_token": "1001-other"}, "does not take the access token (code 89)"),
        ({"env_name": "Production"}, "X knows no environment 'Production'; there are: prod"),
        ({"env_name": ""}, "env_name: is missing. Find it at: developer.x.com > Products"),
        ({"further_env_names": "Staging"}, "X knows no environment 'Staging'; there are: prod"),
        ({"app_id": "Acme"}, "app_id: the App ID is a number"),
    ],
)
async def test_what_x_does_not_take_is_said_with_what_to_do(
    stage: Stage, line: Line, answers: dict[str, str], told: str
):
    code, _, err = await line.setup("--answers", written(stage, **answers), "--wait", "0")

    assert code == 2
    assert told in err


async def test_permission_has_to_reach_to_messages(stage: Stage, line: Line):
    apps = stage.simulator.simulation.world.apps
    apps[APP_ID] = replace(apps[APP_ID], access_level="read-write")
    code, _, err = await line.setup("--answers", written(stage), "--wait", "0")

    assert code == 2
    assert "the token is read-write" in err
    assert "then make the account's tokens anew" in err


async def test_what_was_answered_is_not_asked_again(stage: Stage, line: Line):
    before = [RIGHT["app_id"], RIGHT["consumer_key"], "wrong", RIGHT["consumer_key"]]
    rest = [TOKENS[ACME], SECRETS[ACME], "", "My environment", "prod", "", stage.application_url]
    begun = "\n".join([*before, RIGHT["consumer_secret"]]) + "\n"
    first = await line.setup("--wait", "0", typed=begun)
    second = await line.setup("--wait", "0", typed="\n".join(rest) + "\n")
    third = await line.setup("--wait", "0")

    assert first[0] == 2
    assert "no    X does not take consumer key and secret" in first[1]
    assert "access_token: was not answered. Repeat `roost setup` to go on" in first[2]
    assert second[0] == 0
    assert "App ID" not in second[1]
    assert "no    Environment name: this looks like the label" in second[1]
    assert third[0] == 0
    assert ">" not in (third[1] + third[2]).replace("->", "")


async def test_further_environments_are_asked_for_and_kept(stage: Stage, line: Line):
    apps = stage.simulator.simulation.world.apps
    apps[APP_ID] = replace(apps[APP_ID], env_names=("prod", "staging", "Third"))
    typed = [*RIGHT.values(), "staging, thrd", "staging,Third", stage.application_url]
    typed.insert(5, "premium")
    asked = await line.setup("--wait", "0", typed="\n".join(typed) + "\n")
    kept = settings.load(stage.data / "roost.toml", environ={})
    again = await line.setup("--wait", "0")

    assert asked[0] == 0, asked
    assert "X knows no environment 'thrd'; there are: prod, staging, Third" in asked[1]
    assert kept.apps["main"].environments == ("prod", "staging", "Third")
    assert again[0] == 0
    assert "ok    further_env_names" in again[1]


async def test_the_enterprise_tier_has_no_environment_to_ask_for(stage: Stage, line: Line):
    apps = stage.simulator.simulation.world.apps
    apps[APP_ID] = replace(apps[APP_ID], env_names=())
    answers = written(stage, activity_tier="enterprise", env_name="")
    code, out, err = await line.setup("--answers", answers, "--wait", "0")
    kept = settings.load(stage.data / "roost.toml", environ={})

    assert (code, err) == (0, "")
    assert "ok    activity_tier" in out
    assert "env_name" not in out
    assert kept.apps["main"].environments == ("",)

    apps[APP_ID] = replace(apps[APP_ID], enterprise_webhooks=0)
    code, _, err = await line.setup("--answers", answers, "--wait", "0")
    assert code == 2
    assert "activity_tier: X does not show the app's webhooks in the enterprise tier" in err


async def test_an_account_that_is_not_open_to_everybody_is_told_so_and_connected(
    stage: Stage, line: Line
):
    world = stage.simulator.simulation.world
    world.users[ACME] = replace(world.users[ACME], dms_from_anyone=False)
    closed = await line.setup("--answers", written(stage), "--wait", "0")
    world.users[ACME] = replace(world.users[ACME], dms_from_anyone=True)
    opened = await line.setup("--answers", written(stage), "--wait", "0")

    assert (closed[0], opened[0]) == (0, 0)
    assert "warn  the account does not take messages from everybody (code 214)" in closed[1]
    assert "Allow message requests from everyone" in closed[1]
    assert "warn" not in opened[1]
    assert not world.welcome_messages, "what was tried is gone"


async def test_each_step_is_told_as_json_where_a_program_asks(stage: Stage, line: Line):
    code, out, err = await line.setup("--answers", written(stage), "--wait", "0", "--json")
    told = [json.loads(one) for one in out.splitlines()]
    wrong = await line.setup("--answers", written(stage, app_id="Acme"), "--wait", "0", "--json")

    assert (code, err) == (0, "")
    assert {one["state"] for one in told} == {"ok"}
    assert told[0]["says"] == "consumer_secret"
    assert (wrong[0], wrong[2]) == (2, "")
    assert json.loads(wrong[1])["errors"][0]["field"] == "app_id"


async def test_without_an_application_it_says_what_is_missing(stage: Stage, line: Line):
    code, out, err = await line.setup("--answers", written(stage), "--wait", "0.5")

    assert code == 2
    assert "next  start the application in another terminal" in out
    assert "the application does not run after 0.5 s" in err


async def test_the_application_says_why_x_does_not_take_it(stage: Stage, line: Line):
    answers = written(stage, public_url="http://127.0.0.1:9")
    assert (await line.setup("--answers", answers, "--wait", "0"))[0] == 0
    application = await Child.start(
        ["serve", "--quiet", "--bot", "roost.demo.hello:bot"],
        pipe_option="--notices-fd",
        environment=environment(stage),
    )
    try:

        async def runs() -> bool:
            return (stage.data / control.SOCKET).exists()

        await until(runs)
        code, _, err = await line.setup("--answers", answers, "--wait", "50")
    finally:
        await application.stop()

    assert code == 2
    assert "X does not take the webhook" in err
    assert ADA not in err
