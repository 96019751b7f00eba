"""Command lines against a simulator, as a shell would run them."""

from __future__ import annotations

import json
from pathlib import Path

import anyio.to_thread
import pytest
from tests import samples
from tests.scenario.client.conftest import APP, X

from roost.cli import app

SETTINGS = {
    "ROOST_PUBLIC_URL": "http://bot.test",
    "ROOST_APPS__MAIN__APP_ID": APP.app_id,
    "ROOST_APPS__MAIN__CONSUMER_KEY": APP.consumer_key,
    "ROOST_APPS__MAIN__CONSUMER_SECRETS": APP.consumer_secret,
    "ROOST_ACCOUNTS__ACME__USER_ID": "1001",
    "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN": f"1001-token-{APP.app_id}",
    "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN_SECRET": f"token-secret-1001-{APP.app_id}",
}


class Shell:
    """Runs command lines as a shell would."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = await anyio.to_thread.run_sync(app.main, list(arguments))
        shown = self._capsys.readouterr()
        return code, shown.out, shown.err

    async def json(self, *arguments: str):
        code, out, err = await self(*arguments, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def roost(
    x: X, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name, value in {**SETTINGS, "ROOST_X_BASE_URL": x.url}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "cat.png").write_bytes(samples.png())
    return Shell(capsys)
