"""The demo's world: one app, one account, three customers; secrets made anew each time."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

APP_ID = "13090192"
ACCOUNT_ID = "1001"
CUSTOMER_ID = "2002"
ENV_NAME = "prod"


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers in the demo's desk."""

    login: str
    name: str
    role: str


AGENTS = (Agent("sam", "Sam Carter", "admin"), Agent("robin", "Robin Hale", "agent"))

_CUSTOMERS = (
    ("2002", "ada", "Ada Lovelace"),
    ("2003", "alan", "Alan Turing"),
    ("2004", "grace", "Grace Hopper"),
)
_EARLIER_CUSTOMERS = (("2005", "mira", "Mira Stone"), ("2006", "tom", "Tom Field"))
"""In a furnished world; they have been here before."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the application must know to act in the world; never shown in `repr`."""

    consumer_key: str = field(default_factory=lambda: secrets.token_hex(12))
    consumer_secret: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)
    access_token: str = field(default_factory=lambda: f"{ACCOUNT_ID}-{secrets.token_hex(16)}")
    access_token_secret: str = field(default_factory=lambda: secrets.token_hex(22), repr=False)


def write(
    path: Path,
    keys: Keys,
    rules: dict[str, object],
    furniture: Mapping[str, object] | None = None,
) -> None:
    """Write a world file that only its owner can read.

    Args:
        path: Where to; overwritten.
        keys: Of the app and the account.
        rules: The simulator's rules that differ from X's, for example `{"limits": "off"}`.
        furniture: What it holds beside people.
    """
    customers = _CUSTOMERS if furniture is None else (*_CUSTOMERS, *_EARLIER_CUSTOMERS)
    world = {
        "format": 1,
        "apps": [_app(keys)],
        "users": [
            _account(keys),
            *(
                {"user_id": user_id, "screen_name": screen_name, "name": name}
                for user_id, screen_name, name in customers
            ),
        ],
        "rules": rules,
        **(furniture or {}),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(world)))


def _app(keys: Keys) -> dict[str, object]:
    return {
        "app_id": APP_ID,
        "name": "Acme Desk",
        "url": "https://acme.example",
        "consumer_key": keys.consumer_key,
        "consumer_secret": keys.consumer_secret,
        "owner_id": ACCOUNT_ID,
        "env_names": [ENV_NAME],
    }


def _account(keys: Keys) -> dict[str, object]:
    return {
        "user_id": ACCOUNT_ID,
        "screen_name": "acme",
        "name": "Acme",
        "verified": True,
        "dms_from_anyone": True,
        "custom_profiles_allowed": True,
        "tokens": [
            {
                "app_id": APP_ID,
                "access_token": keys.access_token,
                "access_token_secret": keys.access_token_secret,
            }
        ],
    }


def environment(keys: Keys, *, x_base_url: str, port: int, data: Path) -> dict[str, str]:
    """Give the application's settings as environment variables."""
    return {
        "ROOST_DATA": str(data),
        "ROOST_PORT": str(port),
        "ROOST_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ROOST_X_BASE_URL": x_base_url,
        "ROOST_FRAMED_BY": x_base_url,
        "ROOST_CONNECT_AT_START": "true",
        "ROOST_APPS__DEMO__APP_ID": APP_ID,
        "ROOST_APPS__DEMO__CONSUMER_KEY": keys.consumer_key,
        "ROOST_APPS__DEMO__CONSUMER_SECRETS": keys.consumer_secret,
        "ROOST_APPS__DEMO__ENV_NAME": ENV_NAME,
        "ROOST_ACCOUNTS__ACME__USER_ID": ACCOUNT_ID,
        "ROOST_ACCOUNTS__ACME__SCREEN_NAME": "acme",
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN": keys.access_token,
        "ROOST_ACCOUNTS__ACME__ACCESS_TOKEN_SECRET": keys.access_token_secret,
    }
