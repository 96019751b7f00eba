"""Secrets stay where they are, and every field of the settings can be explained."""

from __future__ import annotations

import copy
import logging
import pickle
import tomllib
from typing import get_type_hints

import msgspec
import pytest
from msgspec.structs import fields

from roost.settings import Account, App, Secret, Settings, redacted, rows

VALUE = "correct-horse"


def settings() -> Settings:
    app = App(app_id="1", consumer_key="key", consumer_secrets=(Secret(VALUE), Secret(VALUE)))
    account = Account(
        user_id="42", access_token=Secret(VALUE), access_token_secret=Secret(VALUE), app="main"
    )
    return Settings(
        apps={"main": app},
        accounts={"shop": account},
        origins={"apps.main.app_id": "file", "accounts.shop.access_token": "environment"},
    )


def test_a_secret_is_revealed_only_on_request() -> None:
    assert Secret(VALUE).reveal() == VALUE


@pytest.mark.parametrize("written", [repr, str, "{}".format, "{!r:>20}".format])
def test_a_secret_does_not_print(written: type[str]) -> None:
    assert VALUE not in written(Secret(VALUE))
    assert VALUE not in written(settings())
    assert "Secret(****)" in written(settings())


def test_a_secret_does_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger(__name__).warning("loaded %s", settings())
    assert "Secret(****)" in caplog.text
    assert VALUE not in caplog.text


@pytest.mark.parametrize(
    "carry",
    [pickle.dumps, copy.copy, copy.deepcopy, msgspec.json.encode, msgspec.msgpack.encode],
)
def test_a_secret_does_not_leave_its_process(carry: type[object]) -> None:
    with pytest.raises(TypeError):
        carry(Secret(VALUE))


def test_secrets_compare_by_value() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert hash(Secret(VALUE)) == hash(Secret(VALUE))
    assert Secret(VALUE) != Secret("another")
    assert Secret(VALUE) != VALUE


def test_a_secret_is_not_empty() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Secret("")


def test_settings_print_as_toml_without_secrets_and_with_origins() -> None:
    text = redacted(settings())

    assert VALUE not in text
    tree = tomllib.loads(text)
    assert tree["port"] == 8080
    assert tree["apps"]["main"]["consumer_secrets"] == ["****", "****"]
    assert tree["accounts"]["shop"]["access_token"] == "****"
    origins = {line.split(" ", 1)[0]: line.rpartition("# ")[2] for line in text.splitlines()}
    assert origins["app_id"] == "file"
    assert origins["access_token"] == "environment"
    assert origins["port"] == "default"
    assert "# public_url =" in text


def test_every_setting_has_its_row() -> None:
    names = {row.name for row in rows(settings())}
    assert {("port",), ("apps", "main", "webhook_path"), ("accounts", "shop", "bot")} <= names
    assert len(names) == (len(fields(Settings)) - 3) + len(fields(App)) + len(fields(Account))


@pytest.mark.parametrize("cls", [Settings, App, Account])
def test_every_field_says_what_it_takes(cls: type[Settings | App | Account]) -> None:
    hints = get_type_hints(cls, include_extras=True)
    unexplained = [
        name
        for name, hint in hints.items()
        if name not in {"apps", "accounts", "origins"} and "description=" not in repr(hint)
    ]
    assert unexplained == []
