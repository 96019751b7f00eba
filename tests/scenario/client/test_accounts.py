"""`roost accounts` as a shell runs it, against a simulator: no application runs beside it."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from tests.scenario.client.conftest import APP, X
from tests.scenario.client.test_verbs import Shell

APPS = {
    "ROOST_APPS__MAIN__APP_ID": APP.app_id,
    "ROOST_APPS__MAIN__CONSUMER_KEY": APP.consumer_key,
    "ROOST_APPS__MAIN__CONSUMER_SECRETS": APP.consumer_secret,
}
TOKEN, SECRET = f"1001-token-{APP.app_id}", f"token-secret-1001-{APP.app_id}"
TWIN = f"1002-token-{APP.app_id}\ntoken-secret-1002-{APP.app_id}\n"

Types = Callable[[str], None]


@pytest.fixture
def roost(
    x: X, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name, value in {**APPS, "ROOST_X_BASE_URL": x.url}.items():
        monkeypatch.setenv(name, value)
    return Shell(capsys)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """Give the next command its standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
async def acme(roost: Shell, types: Types) -> None:
    """An account that was added by its owner's tokens."""
    types(f"{TOKEN}\n{SECRET}\n")
    assert (await roost("accounts", "add"))[0] == 0


async def test_an_account_added_by_its_tokens_speaks_at_x(x: X, roost: Shell, types: Types):
    types(f"{TOKEN}\n{SECRET}\n")
    added = await roost("accounts", "add", "--bot", "support")
    sent = await roost("dm", "send", "ada", "Hello")
    (listed,) = await roost.json("accounts", "list")

    assert added == (0, "@acme (1001) is connected as acme\n", "")
    assert sent[0] == 0
    assert [(one.sender_id, one.data.text) for one in x.messages()] == [("1001", "Hello")]
    assert listed == {
        "name": "acme",
        "user_id": "1001",
        "screen_name": "acme",
        "app": "main",
        "bot": "support",
        "env_name": "",
        "access_level": "read-write-directmessages",
        "source": "connected",
        "state": "not served yet",
        "reason": "",
    }


async def test_an_account_signs_in_by_pin(x: X, roost: Shell, monkeypatch: pytest.MonkeyPatch):
    class Person(io.StringIO):
        """Agrees on X's page, and types the PIN it shows."""

        def readline(self, *_: object) -> str:
            (token,) = x.simulator.simulation.world.handshakes._known
            fields = {"oauth_token": token, "user_id": "2002", "decision": "allow"}
            body = urlencode(fields).encode()
            with urlopen(f"{x.url}/oauth/authorize", body) as page:
                return re.search(r">(\d{7})<", page.read().decode())[1] + "\n"

    monkeypatch.setattr("sys.stdin", Person())
    code, out, err = await roost("accounts", "connect")

    assert (code, err) == (0, "PIN: ")
    assert f"{x.url}/oauth/authorize?oauth_token=" in out
    assert out.endswith("@ada (2002) is connected as ada\n")
    assert (await roost("dm", "send", "1001", "It is me"))[0] == 0


async def test_a_wrong_pin_connects_nobody(x: X, roost: Shell, types: Types):
    types("1234567\n")
    code, _, err = await roost("accounts", "connect")

    assert code == 1
    assert "oauth.access_token" in err
    assert await roost("accounts", "list") == (0, "no accounts\n", "")


@pytest.mark.parametrize(
    ("typed", "arguments", "code", "told"),
    [
        ("", (), 2, "Access token: is needed"),
        (f"{TOKEN}\n", (), 2, "Access token secret: is needed"),
        ("1001-none\nwrong\n", (), 1, "Connect the account again"),
        (f"{TOKEN}\nwrong\n", (), 1, "have to belong together"),
        (f"{TOKEN}\n{SECRET}\n", ("--app", "other"), 2, "there is no app 'other'"),
        (f"{TOKEN}\n{SECRET}\n", ("--name", "No Name"), 2, "--name: 'No Name' is not"),
    ],
)
async def test_what_is_wrong_connects_nobody(
    roost: Shell, types: Types, *, typed: str, arguments: tuple[str, ...], code: int, told: str
):
    types(typed)
    ended = await roost("accounts", "add", *arguments)

    assert ended[0] == code
    assert told in ended[2]
    assert SECRET not in ended[1] + ended[2]
    assert await roost("accounts", "list") == (0, "no accounts\n", "")


@pytest.mark.usefixtures("acme")
async def test_two_accounts_have_two_names(roost: Shell, types: Types):
    types(TWIN)
    taken = await roost("accounts", "add", "--name", "acme")
    types(TWIN)
    other = await roost("accounts", "add")

    assert taken[0] == 2
    assert "another account is called acme" in taken[2]
    assert other[1] == "@twin (1002) is connected as twin\n"
    names = [one["name"] for one in await roost.json("accounts", "list")]
    assert names == ["acme", "twin"]


@pytest.mark.usefixtures("acme")
async def test_a_removed_account_is_forgotten_here_and_unsubscribed_at_x(x: X, roost: Shell):
    async with await x.client() as client:
        await client.webhooks.create("prod", "http://bot.test/hook")
        await client.subscriptions.add("prod")
        removed = await roost("accounts", "remove", "@acme")
        count = await client.subscriptions.count()

    assert removed[0] == 0
    assert count.subscriptions_count == "0"
    assert "there is none" in (await roost("dm", "list"))[2]


@pytest.mark.usefixtures("acme")
async def test_the_settings_account_is_theirs(roost: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROOST_ACCOUNTS__SHOP__USER_ID", "1001")
    monkeypatch.setenv("ROOST_ACCOUNTS__SHOP__ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("ROOST_ACCOUNTS__SHOP__ACCESS_TOKEN_SECRET", SECRET)

    (listed,) = await roost.json("accounts", "list")
    removed = await roost("accounts", "remove", "shop")

    assert (listed["name"], listed["source"]) == ("shop", "settings")
    assert removed[0] == 2
    assert "take it out of them" in removed[2]


@pytest.mark.usefixtures("acme")
async def test_a_new_key_replaces_the_old_one(roost: Shell, tmp_path: Path):
    key = tmp_path / "data/roost.key"
    before = key.read_text()
    told = await roost.json("accounts", "rekey")
    after = key.read_text()

    assert told["accounts"] == 1
    assert (before.count("roost-key-1"), after.count("roost-key-1")) == (1, 1)
    assert before != after
    assert key.stat().st_mode & 0o777 == 0o600
    assert (await roost("dm", "list"))[0] == 0
    key.write_text(before)
    code, _, err = await roost("dm", "list")
    assert code == 2
    assert "they are sealed with key" in err


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda key: key.unlink(), "there is no such file"),
        (lambda key: key.chmod(0o644), "others may use it (mode 0644, needed 0600)"),
        (lambda key: key.write_text("nothing"), "holds something else than keys"),
    ],
)
async def test_a_key_file_that_is_not_right_is_refused_and_not_replaced(
    roost: Shell, types: Types, tmp_path: Path, *, spoil: Callable[[Path], object], told: str
):
    key = tmp_path / "data/roost.key"
    spoil(key)
    left = key.read_text() if key.exists() else None

    types(TWIN)
    for arguments in (("dm", "list"), ("accounts", "add"), ("accounts", "rekey")):
        code, _, err = await roost(*arguments)
        assert code == 2
        assert told in err
    assert (key.read_text() if key.exists() else None) == left


@pytest.mark.usefixtures("acme")
async def test_a_sealed_token_moved_to_another_account_does_not_open(
    roost: Shell, types: Types, tmp_path: Path
):
    types(TWIN)
    await roost("accounts", "add")
    columns = "key_id, wrapped_key, access_token, access_token_secret"
    with closing(sqlite3.connect(tmp_path / "data/roost.db")) as database, database:
        database.execute(
            f"UPDATE account_tokens SET ({columns}) ="
            f" (SELECT {columns} FROM account_tokens WHERE account_id = '1001')"
            " WHERE account_id = '1002'"
        )

    code, _, err = await roost("dm", "list", "--account", "twin")

    assert code == 2
    assert "account_tokens 1002: is not what was sealed there" in err


async def test_no_token_is_left_anywhere(
    x: X, roost: Shell, types: Types, tmp_path: Path, *, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    for typed, arguments in (
        (f"{TOKEN}\n{SECRET}\n", ("accounts", "add")),
        (f"{TOKEN}\nwrong-{SECRET}\n", ("accounts", "add", "--name", "x")),
        ("", ("accounts", "show", "acme")),
        ("", ("accounts", "list", "--json")),
        ("", ("dm", "list")),
        ("", ("settings",)),
        ("", ("accounts", "rekey")),
        ("", ("accounts", "pause", "acme")),
    ):
        types(typed)
        _, out, err = await roost(*arguments)
        said += [out, err]
    left = [path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()]

    assert len(left) >= 3
    for canary in (TOKEN, SECRET, APP.consumer_secret):
        assert not any(canary in text for text in said)
        assert not any(canary.encode() in content for content in left)
        assert canary not in caplog.text
    assert SECRET not in json.dumps([repr(one) for one in x.requests])
