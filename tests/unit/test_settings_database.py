"""The setting `database`: which addresses are taken, and what is shown of them."""

from __future__ import annotations

import pytest

from roost.errors import SettingsError
from roost.settings import DatabaseUrl, Settings, load, redacted

SHOWN = {
    "postgresql://db": "postgresql://db",
    "postgres://roost@db/roost": "postgres://roost@db/roost",
    "postgresql://roost:hush@db:5432/roost": "postgresql://roost:****@db:5432/roost",
    "postgresql://roost:hu@sh@db/roost": "postgresql://roost:****@db/roost",
    "postgresql://:hush@/roost": "postgresql://:****@/roost",
    "postgresql://roost:hush@a:1,b:2/roost": "postgresql://roost:****@a:1,b:2/roost",
    "postgresql://@/roost?host=/run/pg&password=hush&sslmode=require": (
        "postgresql://@/roost?host=/run/pg&sslmode=require"
    ),
    "postgresql://db/roost?sslpassword=hush": "postgresql://db/roost?",
}


def test_without_it_the_database_is_a_file_in_the_data_folder() -> None:
    assert load(environ={}).database is None


@pytest.mark.parametrize("address", SHOWN)
def test_an_address_is_taken_as_it_is_and_shown_without_its_secrets(address: str) -> None:
    settings = load(environ={"ROOST_DATABASE": address})

    assert settings.database == DatabaseUrl(address)
    assert settings.database.reveal() == address
    assert settings.database.shown == SHOWN[address]
    assert SHOWN[address] in redacted(settings)
    assert "hush" not in f"{settings!r} {redacted(settings)}"


@pytest.mark.parametrize(
    "address", ["", "roost.db", "sqlite:///hush", "mysql://u:hush@db/x", "postgresql:hush", " "]
)
def test_anything_else_is_refused_without_being_quoted(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(environ={"ROOST_DATABASE": address})

    assert refused.value.name == "database"
    assert "postgresql://" in str(refused.value)
    assert "hush" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_it_does_not_print() -> None:
    settings = Settings(database=DatabaseUrl("postgresql://roost:hush@db/roost"))

    assert "hush" not in repr(settings)
