"""`roost accounts rekey` as a process of its own, killed by SIGKILL before each of its steps."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from roost.service import databases, stored_accounts
from roost.service.account_calls import AccountCalls, NewAccount
from roost.service.clock import SystemClock
from roost.service.vault import Vault
from roost.settings import App, Role, Secret, Settings
from roost.store.durable import DurableStore

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]

EXPECTED = {"101": "secret-101", "102": "secret-102"}

N_STEPS = 7
"""Two for each state of the key file, which are two; two accounts; and the end of old keys."""


def settings_of(data: Path) -> Settings:
    app = App(app_id="7", consumer_key="k", consumer_secrets=(Secret("s"),))
    return Settings(data=data, apps={"main": app})


def calls_of(settings: Settings, store: DurableStore) -> AccountCalls:
    return AccountCalls(settings, store, Vault(settings), SystemClock())


async def begun(data: Path) -> None:
    """Connect the accounts."""
    settings = settings_of(data)
    async with databases.opened(settings, Role.ALL) as store:
        for number, secret in EXPECTED.items():
            new = NewAccount(number, f"shop{number}", f"{number}-token", secret, "main")
            await calls_of(settings, store).put(new)


def killed_before(step: int, data: Path) -> int:
    """Run the verb until a step; give how it ended."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(data.parent),
        "ROOST_DATA": str(data),
        "ROOST_APPS__MAIN__APP_ID": "7",
        "ROOST_APPS__MAIN__CONSUMER_KEY": "k",
        "ROOST_APPS__MAIN__CONSUMER_SECRETS": "s",
    }
    command = [sys.executable, "-m", "tests.crash.rekeying", str(step), "accounts", "rekey"]
    here = Path(__file__).parents[2]
    ended = subprocess.run(
        command, cwd=here, env=surroundings, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr.decode()
    return ended.returncode


async def secrets_of(settings: Settings, store: DurableStore) -> dict[str, str]:
    found = await stored_accounts.joined(settings, store.tokens, Vault(settings))
    return {one.user_id: one.access_token_secret.reveal() for one in found.accounts.values()}


async def test_a_process_that_is_killed_at_any_step_of_a_rekeying_costs_no_token(tmp_path: Path):
    whole = tmp_path / "whole"
    await begun(whole)
    before = Vault(settings_of(whole)).ring().newest
    n_killed = 0
    while True:
        data = tmp_path / f"killed-{n_killed + 1}"
        shutil.copytree(whole, data)
        ended = killed_before(n_killed + 1, data)
        settings = settings_of(data)
        async with databases.opened(settings, Role.ALL) as store:
            assert await secrets_of(settings, store) == EXPECTED, "all can be read at any moment"
            if not ended:
                break
            await calls_of(settings, store).rekey()
            assert await secrets_of(settings, store) == EXPECTED
        keys = Vault(settings).ring()
        assert (len(keys.keys), keys.newest != before) == (1, True)
        n_killed += 1

    assert n_killed == N_STEPS
    assert len(Vault(settings).ring().keys) == 1
