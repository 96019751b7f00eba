"""The doctor names every error code of X, with its cause and what to do."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

import pytest
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, Stage, staged

from roost.cli import app
from roost.service.doctor import codes, x_checks
from roost.service.doctor.findings import Level
from roost.simulator.fault_rules import ErrorStatusRule, Match
from roost.xapi import Credentials, XClient
from roost.xapi.errors_table import ERROR_CODES


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stage]:
    async with staged(tmp_path_factory.mktemp("stage")) as running:
        yield running


def test_every_code_is_explained_once() -> None:
    listed = [code for one in codes._WORDS for code in one.codes]

    assert sorted(listed) == sorted(ERROR_CODES)


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
async def test_each_code_that_x_answers_is_named(stage: Stage, code: int):
    simulation = stage.simulator.simulation
    known = simulation.world.apps[APP_ID]
    who = Credentials(known.consumer_key, known.consumer_secret, TOKENS[ACME], SECRETS[ACME])
    rule = ErrorStatusRule(match=Match(route="account.verify_credentials"), code=code)
    simulation.faults.put([rule])
    try:
        async with XClient(who, base_url=stage.url) as x:
            found = (await x_checks.account(x, "acme", ACME))[0]
    finally:
        simulation.faults.clear()

    print(f"| {code} | {found.check} | {found.says} | {found.cause} | {found.remedy} |")
    assert found.level is Level.PROBLEM
    named = "used up" if code == 88 else f"code {code}"
    assert named in f"{found.says} {found.cause}"
    assert found.cause
    assert found.remedy
    assert "documentation" not in found.remedy


@pytest.mark.parametrize("code", sorted(ERROR_CODES))
def test_each_code_can_be_looked_up(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["doctor", "--code", str(code)]) == 0
    first, cause, remedy = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{code}  HTTP {ERROR_CODES[code].status}  ")
    assert (cause[:14], remedy[:9]) == ("      because ", "      -> ")

    assert app.main(["doctor", "--code", str(code), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == code


def test_a_code_that_x_does_not_have_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["doctor", "--code", "389"]) == 2
    assert "389 is no error code that X documents" in capsys.readouterr().err
