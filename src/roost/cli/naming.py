"""What is wrong, in the words of the verb that was typed: its options, and what X lacks of them.

The client names its own arguments (`custom_profile_id`), and X only its route; who typed
`--profile` knows neither.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from roost.errors import InvalidCall, InvalidMessage, NotFound

Typed = Mapping[str, str]
"""What was typed: values by option (`--media`) or argument (`recipient`)."""

NOTHING: Typed = MappingProxyType({})
"""Nothing that an error could be about."""

_OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "alt_text": ("--alt",),
        "attachment_url": ("--link",),
        "buttons": ("--button",),
        "category": ("--category",),
        "custom_profile_id": ("--profile",),
        "env_name": ("--env",),
        "id": ("welcome_id", "rule_id"),
        "media_id": ("--picture", "--media"),
        "media, media_id, point, place_id": ("--media, --point, --place",),
        "name": ("--name", "name"),
        "path": ("file",),
        "place_id": ("--place",),
        "point": ("--point",),
        "quick_replies": ("--quick-reply",),
        "recipient_id": ("account_id",),
        "reply_to": ("--reply-to",),
        "via": ("--via",),
        "screen_name": ("recipient", "user", "--with"),
        "source": ("source", "file", "--picture", "--media"),
        "url": ("source",),
        "user_id": ("user", "recipient"),
        "welcome_message_id": ("--welcome", "welcome_id"),
    }
)
"""What stands in a verb for an argument of the client; the first that the verb has is meant."""

_PART = re.compile(r"(?P<field>\w+)(?:\[(?P<n>\d+)\])?(?:\.(?P<part>\w+))?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a verb asks X for.

    Attributes:
        noun: What it is.
        options: Which of the options names it; the first that was typed.
        remedy: What to do where X has none; `""` for nothing.
    """

    noun: str
    options: tuple[str, ...]
    remedy: str = ""


_USER = _Kind("user", ("recipient", "user", "--with"), "Compare its spelling; names change.")
_MESSAGE = _Kind(
    "message of this account",
    ("message_id", "source"),
    "See `roost dm list`: X shows those of the last 30 days.",
)
_WELCOME = _Kind("welcome message", ("welcome_id",), "See `roost welcome list`.")
_RULE = _Kind("rule", ("rule_id",), "See `roost welcome rules list`.")
_PROFILE = _Kind("custom profile", ("profile_id",), "See `roost profiles list`.")
_WEBHOOK = _Kind("webhook of this app", ("webhook_id",), "See `roost webhook list`.")
_POST = _Kind(
    "Post that this account can see or change",
    ("post_id",),
    "Copy the number at the end of the Post's address.",
)
_SUBSCRIBED = _Kind("subscription of user", ("user",), "See `roost subscriptions list`.")

_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "users.show": _USER,
        "dm.events.show": _MESSAGE,
        "dm.events.destroy": _MESSAGE,
        "welcome_messages.show": _WELCOME,
        "welcome_messages.update": _WELCOME,
        "welcome_messages.destroy": _WELCOME,
        "welcome_messages.rules.new": _WELCOME,
        "welcome_messages.rules.show": _RULE,
        "welcome_messages.rules.destroy": _RULE,
        "custom_profiles.show": _PROFILE,
        "custom_profiles.destroy": _PROFILE,
        "webhooks.validate": _WEBHOOK,
        "webhooks.delete": _WEBHOOK,
        "enterprise.webhooks.validate": _WEBHOOK,
        "enterprise.webhooks.delete": _WEBHOOK,
        "statuses.update": _POST,
        "statuses.destroy": _POST,
        "subscriptions.remove": _SUBSCRIBED,
        "enterprise.subscriptions.remove": _SUBSCRIBED,
    }
)
"""What X was asked for, by the route that says that there is none."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What X does not have.

    Attributes:
        option: Which option or argument named it.
        message: That there is none, with the value and X's code.
        remedy: What to do.
    """

    option: str
    message: str
    remedy: str


def missing(error: Exception, typed: Typed) -> Missing | None:
    """Say what X does not have; `None` where the error is another, or about nothing typed.

    Args:
        error: With which a call ended.
        typed: What was typed.
    """
    if not isinstance(error, NotFound) or error.route not in _KINDS:
        return None
    kind = _KINDS[error.route]
    option = next((one for one in kind.options if one in typed), None)
    if option is None:
        return None
    words = f"X has no {kind.noun} {typed[option]!r} (code {error.code}: {error.message})"
    return Missing(option, words, kind.remedy)


@contextmanager
def speaking_of(typed: Typed) -> Generator[None]:
    """Let errors about arguments of the client name what was typed.

    Raises:
        InvalidCall: One was raised; see `as_typed`.
    """
    try:
        yield
    except (InvalidCall, InvalidMessage) as error:
        raise as_typed(error, typed) from error


def as_typed(error: InvalidCall | InvalidMessage, typed: Typed) -> InvalidCall:
    """Give an error about an argument of the client as one about the option that was typed.

    Args:
        error: Raised before anything was sent.
        typed: What was typed.
    """
    field = error.argument if isinstance(error, InvalidCall) else error.field
    found = _PART.fullmatch(field)
    name, where = (field, "") if found is None else (found["field"], _where(found))
    option = next((one for one in _OPTIONS.get(name, ()) if one in typed), name)
    value = typed.get(option, "")
    is_size = not isinstance(error, InvalidMessage) or error.is_size
    limit, size = (error.limit, error.value) if is_size else (None, None)
    is_said = limit is not None or not is_size or not value or value in error.problem
    problem = f"{where}{error.problem}{'' if is_said else f', found {value[:80]!r}'}"
    return InvalidCall(option, problem, limit=limit, value=size)


def _where(found: re.Match[str]) -> str:
    """Say which of several is meant, and which part of it: `number 2, url: `."""
    number = f"number {int(found['n']) + 1}" if found["n"] else ""
    words = ", ".join(one for one in (number, found["part"] or "") if one)
    return f"{words}: " if words else ""
