"""What `roost setup` asks: where each value stands in X's developer portal, and what it looks like.

Forms are judged before X is asked, because the likeliest mistake is the neighbouring field.

Source: https://docs.x.com/resources/fundamentals/developer-apps (docs of 2026-08-22).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

Answers = Mapping[str, str]
"""What was answered so far, by question."""

_TOKEN = re.compile(r"[0-9]{1,19}-\S+")
_ID = re.compile(r"[0-9]{1,19}")
_LONGEST_KEY = 200
_ENV_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _always(_before: Answers) -> bool:
    return True


def _is_premium(before: Answers) -> bool:
    return before.get("activity_tier") != "enterprise"


def names_in(text: str) -> list[str]:
    """Give the environments that are named in an answer, with commas between."""
    return [one.strip() for one in text.split(",") if one.strip()]


@dataclass(frozen=True, slots=True)
class Question:
    """One value.

    Attributes:
        name: As the answers file has it.
        title: As X's portal has it.
        where: The page and field of X's developer portal.
        problem: Says what is wrong with an answer, or `""`; knows the answers before.
        is_secret: Whether it is typed without being shown.
        default: What an empty answer stands for; `None` where there has to be one.
        is_asked: Whether it is asked at all, by the answers before.
    """

    name: str
    title: str
    where: str
    problem: Callable[[str, Answers], str]
    is_secret: bool = False
    default: str | None = None
    is_asked: Callable[[Answers], bool] = _always


def _app_id(value: str, _before: Answers) -> str:
    if _TOKEN.fullmatch(value):
        return "this is an access token; the App ID is a number alone"
    if not _ID.fullmatch(value):
        return "the App ID is a number, not the app's name or key"
    return ""


def _pasted(value: str) -> str:
    """Say what is wrong with any key or token."""
    if not value:
        return "nothing was given"
    if re.search(r"\s", value):
        return "there is a blank or line end inside; copy it with the button beside it"
    if value[0] in "\"'`" or value[-1] in "\"'`":
        return "it is in quotes; take them off"
    if len(value) > _LONGEST_KEY:
        return f"it has {len(value)} characters, more than any key of X (limit {_LONGEST_KEY})"
    return ""


def _consumer_key(value: str, before: Answers) -> str:
    if _TOKEN.fullmatch(value):
        return "this is an access token (it begins with a user id); the API Key is above it"
    if value == before.get("app_id"):
        return "this is the App ID; the API Key is under 'Keys and tokens'"
    return _pasted(value)


def _consumer_secret(value: str, before: Answers) -> str:
    if value == before.get("consumer_key"):
        return "this is the API Key again; its secret is shown beside it, once"
    if value.startswith("AAAAAAAA"):
        return "this is a bearer token; the API Key Secret is above it"
    if _TOKEN.fullmatch(value):
        return "this is an access token; the API Key Secret belongs to the API Key"
    return _pasted(value)


def _access_token(value: str, before: Answers) -> str:
    if value in {before.get("consumer_key"), before.get("consumer_secret")}:
        return "this is the API Key or its secret; the Access Token is further down"
    if not _TOKEN.fullmatch(value):
        return _pasted(value) or "an Access Token begins with the user id and a hyphen"
    return ""


def _access_token_secret(value: str, before: Answers) -> str:
    if value == before.get("access_token"):
        return "this is the Access Token again; its secret is shown beside it, once"
    if value == before.get("consumer_secret"):
        return "this is the API Key Secret; the Access Token has a secret of its own"
    return _pasted(value)


def _tier(value: str, _before: Answers) -> str:
    if value not in {"premium", "enterprise"}:
        return f"{value[:40]!r} is no tier: write premium or enterprise"
    return ""


def _env_name(value: str, _before: Answers) -> str:
    if not _ENV_NAME.fullmatch(value):
        return "this looks like the label; the environment's name has no blanks"
    return ""


def _further(value: str, before: Answers) -> str:
    names = names_in(value)
    for name in names:
        if not _ENV_NAME.fullmatch(name):
            return f"{name[:40]!r} looks like a label; names have no blanks, and commas between"
    if before.get("env_name") in names:
        return f"{before['env_name']!r} was named before; these are the others"
    twice = [name for name in names if names.count(name) > 1]
    return f"{twice[0]!r} is named twice" if twice else ""


def _public_url(value: str, before: Answers) -> str:
    parts = urlsplit(value)
    is_simulated = before.get("x_base_url", "").startswith("http://")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "write the whole address, as in https://desk.example"
    if parts.path not in {"", "/"} or parts.query:
        return "write it without a path; Roost adds that of the webhook"
    if is_simulated or (parts.scheme == "https" and parts.port is None):
        return ""
    return f"X calls https alone, without a port; found {parts.scheme}, port {parts.port}"


QUESTIONS = (
    Question(
        "app_id",
        "App ID",
        "developer.x.com > Projects & Apps > your app > Settings > App details",
        _app_id,
    ),
    Question(
        "consumer_key",
        "API Key",
        "your app > Keys and tokens > Consumer Keys > API Key",
        _consumer_key,
    ),
    Question(
        "consumer_secret",
        "API Key Secret",
        "your app > Keys and tokens > Consumer Keys, shown once when it is made",
        _consumer_secret,
        is_secret=True,
    ),
    Question(
        "access_token",
        "Access Token",
        "first: your app > Settings > User authentication settings > App permissions: Read and"
        " write and Direct message; then: Keys and tokens > Authentication Tokens > Access Token",
        _access_token,
        is_secret=True,
    ),
    Question(
        "access_token_secret",
        "Access Token Secret",
        "beside the Access Token, shown once when it is made",
        _access_token_secret,
        is_secret=True,
    ),
    Question(
        "activity_tier",
        "Tier of the Account Activity API",
        "developer.x.com > Products: premium (or nothing) where 'Dev Environments' lists an"
        " environment; enterprise where X has agreed on that with you",
        _tier,
        default="premium",
    ),
    Question(
        "env_name",
        "Environment name",
        "developer.x.com > Products > Dev Environments > Account Activity API: the name, not the"
        " label",
        _env_name,
        is_asked=_is_premium,
    ),
    Question(
        "further_env_names",
        "Further environments",
        "the names of others on the same page that are for Roost, too, with commas between;"
        " nothing for none",
        _further,
        default="",
        is_asked=_is_premium,
    ),
    Question(
        "public_url",
        "Public address",
        "not X's but yours: the https address under which the world reaches this machine",
        _public_url,
    ),
)
"""Every question, in the order it is asked."""
