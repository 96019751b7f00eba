"""Calling X from the command line: in whose name, how its answer is shown, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, TypeVar

import msgspec
from cyclopts import App, Parameter

from roost import settings as configuration
from roost.cli import naming
from roost.cli.naming import Missing, Typed
from roost.errors import (
    AccountStopped,
    ClockWrong,
    CredentialsRefused,
    InvalidCall,
    MediaNotReady,
    NotOpenToMessages,
    PermissionMissing,
    RateLimited,
    RejectedByX,
    SendError,
    SendUncertain,
    TokenRefused,
    WebhookRefused,
    XApiUnavailable,
)
from roost.service import accounts, environments, stored_accounts, webhook_places
from roost.service.doctor import codes
from roost.settings import Account, Settings
from roost.xapi import XClient, activity
from roost.xapi.activity import Activity
from roost.xapi.paginators import Pages

T = TypeVar("T")

ENV = "--env"
"""The option that names an environment."""

_OF_ENVIRONMENTS = ("webhooks.", "subscriptions.")
"""How the names of routes begin that have an environment in their path."""

REFUSED, USED_UP, UNKNOWN, UNREACHED = 1, 3, 4, 5

EXIT_CODES = (
    "Exit codes: 0 done, 1 X says no, 2 wrong usage or settings, 3 X's limit is used up, "
    "4 not known whether it was done, 5 X was not reached. With --json, errors are JSON, too: "
    '{"errors": [{"field", "message", …}]}.'
)
"""What every verb that calls X says of its end."""

_ENDS: Mapping[type[Exception], int] = MappingProxyType(
    {
        RejectedByX: REFUSED,
        MediaNotReady: REFUSED,
        RateLimited: USED_UP,
        SendUncertain: UNKNOWN,
        XApiUnavailable: UNREACHED,
    }
)

# The first that fits is said, so that what is special comes first.
_REMEDIES: Mapping[type[Exception], str] = MappingProxyType(
    {
        ClockWrong: "Set this machine's clock; X's own time is {x_time}.",
        TokenRefused: "Connect the account again with `roost accounts connect` or `add`; where the"
        " settings name its token, change it there.",
        CredentialsRefused: "Compare consumer key, its secret and the access token with X's portal;"
        " they have to belong together.",
        PermissionMissing: "Give the app the permission 'Read, write and Direct Messages', then"
        " make the account's tokens anew: old ones keep what they had.",
        NotOpenToMessages: "In X's settings of the account, allow messages from everyone.",
        AccountStopped: "Sign in to X as the account and do as it asks.",
        WebhookRefused: "X has to reach the address by https, without a port or redirect, and"
        " `roost serve` has to answer there with this app's secret; and X takes no more webhooks"
        " than the app's tier allows, one for an environment: `roost webhook list` shows them.",
        SendUncertain: "Look before you repeat it: `roost dm list` shows what X has.",
        RateLimited: "Wait, and repeat it then.",
    }
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Who:
    """In whose name X is called, and how its answer is shown.

    Attributes:
        account: Name of the account in the settings; may be left out where there is only one.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print the answer as JSON.
    """

    account: str | None = None
    settings: Path | None = None
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False


ANYBODY = Who()
"""The only account of the usual settings, shown for people."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a verb has at hand.

    Attributes:
        x: Speaks for the account.
        account: The account.
        settings: All of them.
    """

    x: XClient
    account: Account
    settings: Settings

    def environment(self, named: str | None) -> str:
        """Give the environment that was named, else the one the account is in.

        Raises:
            SettingsError: The account's is not there, or one was named to the enterprise tier.
        """
        app = self.settings.apps[self.account.app]
        if named and app.activity_tier != "enterprise":
            return named  # the settings need not name it
        if named:
            return environments.checked(app, self.account.app, named, "--env")
        return environments.of_account(self.settings, self.account)

    def activity(self, named: str | None) -> Activity:
        """Give where X delivers to; see `environment`."""
        return activity.of(self.environment(named))

    async def lacking_environment(self, named: str | None) -> Missing | None:
        """Say that X has no environment of the name; `None` where it has, or does not tell.

        Args:
            named: See `environment`.
        """
        name = self.environment(named)
        try:
            known = [one.environment_name for one in await self.x.webhooks.list_all()]
        except SendError:
            return None  # what X said at first is told
        if not name or name in known:
            return None
        there = ", ".join(known) or "none"
        return Missing(
            ENV if named else "env_name",
            f"X has no environment {name!r} of this app; there are: {there}",
            "Compare env_name with the name in 'Dev environments' of X's portal: the name counts,"
            " not the label.",
        )

    async def webhook_id(self, env: str | None, named: str = "") -> str:
        """Give the id of the webhook that was named, else of ours, as X has it.

        Args:
            env: See `environment`.
            named: The id, or `""`.

        Raises:
            InvalidCall: There is none.
            StoreError: The database, which knows our address, cannot be used.
        """
        if named:
            return named
        found = await webhook_places.at_x(
            self.x, self.settings, self.account.app, self.environment(env)
        )
        if found is None:
            name = self.environment(env)
            # An environment has at most one, whoever's; the enterprise tier keeps them by app.
            missing = "no webhook" if name else "no webhook of ours"
            raise InvalidCall("webhook_id", f"{activity.shown(name)} has {missing}")
        return found.id

    async def subscribed_to(self, env: str | None, named: str = "") -> str:
        """Give the id of the webhook that subscriptions are to; `""` where it is not asked for.

        Args:
            env: See `environment`.
            named: The id of another than ours; `""` for ours.

        Raises:
            InvalidCall: There is none, or one was named where an environment says it all.
            StoreError: The database, which knows our address, cannot be used.
        """
        if self.activity(env).is_by_webhook:
            return await self.webhook_id(env, named)
        if named:
            where = self.environment(env)
            raise InvalidCall("--webhook-id", f"{where} has one webhook alone; leave it out")
        return ""

    async def user_id(self, named: str) -> str:
        """Give the id of a user who is named by id or by screen name."""
        if named.isdecimal():
            return named
        return (await self.x.users.show(screen_name=named)).id_str


def verb(name: str, about: str, examples: str) -> App:
    """Make a verb that has verbs of its own.

    Args:
        name: As typed.
        about: What it does, a sentence.
        examples: Command lines, each in backticks.
    """
    return App(
        name=name,
        help=f"{about}\n\n{examples}\n\n{EXIT_CODES}",
        help_formatter="plain",
        version_flags=(),
    )


async def perform(
    who: Who,
    action: Callable[[Line], Awaitable[T]],
    shown: Callable[[T], str],
    typed: Typed = naming.NOTHING,
) -> int:
    """Do something at X, print what came of it, and give the exit code.

    Args:
        who: In whose name.
        action: What.
        shown: Makes its result readable for people; the result itself is what `--json` prints.
        typed: What was typed, for errors to name it.

    Raises:
        SettingsError: The settings are wrong, or name no such account.
        InvalidCall: What was typed is wrong; nothing was sent.
    """
    found = configuration.load(who.settings, environ=os.environ)
    found = await stored_accounts.effective(found)
    account = accounts.account_named(found, who.account)
    async with accounts.client_of(found, account, None) as x:
        line = Line(x, account, found)
        try:
            with naming.speaking_of(typed):
                result = await action(line)
        except (SendError, MediaNotReady) as error:
            lacks = naming.missing(error, typed)
            # X says by several codes, each of which means something else, too, that there is none.
            if isinstance(error, RejectedByX) and error.route.startswith(_OF_ENVIRONMENTS):
                lacks = lacks or await line.lacking_environment(typed.get(ENV))
            return refused(error, is_json=who.as_json, lacks=lacks)
    print(as_json(result) if who.as_json else shown(result))
    return 0


async def listed(
    who: Who, pages: Callable[[Line], Pages[T]], shown: Callable[[T], str], *, none: str
) -> int:
    """Print everything in a list of X, a line each, and give the exit code; see `perform`.

    Args:
        who: In whose name.
        pages: The list.
        shown: Makes a thing in it readable.
        none: Stands for an empty list.
    """

    async def action(line: Line) -> list[T]:
        return [one async for one in pages(line)]

    return await perform(who, action, lambda found: "\n".join(map(shown, found)) or none)


async def done(
    who: Who, action: Callable[[Line], Awaitable[None]], typed: Typed, **told: str
) -> int:
    """Do something at X that it answers with nothing, say so, and give the exit code.

    Args:
        who: In whose name.
        action: What.
        typed: What was typed, for errors to name it.
        **told: What to say once it is done, as in `deleted="17"`.
    """

    async def and_told(line: Line) -> Mapping[str, str]:
        await action(line)
        return told

    def shown(said: Mapping[str, str]) -> str:
        return "\n".join(f"{name} {value}" for name, value in said.items())

    return await perform(who, and_told, shown, typed)


def as_json(value: object) -> str:
    """Write a value as JSON for machines, indented."""
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def typed_in(env: str | None, **more: str) -> Typed:
    """Give what was typed to a verb that takes `--env`."""
    return {**more, **({ENV: env} if env else {})}


def argument(text: str, name: str, form: str) -> InvalidCall:
    """Make the error for an argument that does not have its form."""
    return InvalidCall(name, f"{text!r} is not {form}")


def refused(error: Exception, *, is_json: bool, lacks: Missing | None = None) -> int:
    """Print why X did not do something, and what to do; give the exit code.

    Args:
        error: Of one of the classes in `_ENDS`.
        is_json: Whether to standard output, as `{"errors": [{"field", "message", "remedy", …}]}`
            with what X said: its `code` and `status`, or when a window opens (`resets_at`).
        lacks: What X does not have, where that is why.
    """
    if lacks is None:
        x_time = getattr(error, "x_time", None) or "unknown"
        field, message = "", " ".join(str(error).split())
        remedy = _remedy(error).replace("{x_time}", str(x_time))
    else:
        field, message, remedy = lacks.option, lacks.message, lacks.remedy
    if is_json:
        told = {"field": field, "message": message, "remedy": remedy, **_of(error)}
        print(as_json({"errors": [told]}))
    else:
        print(f"error: {field}: {message}" if field else f"error: {message}", file=sys.stderr)
        if remedy:
            print(remedy, file=sys.stderr)
    return next(code for cls, code in _ENDS.items() if isinstance(error, cls))


def _remedy(error: Exception) -> str:
    """Say what to do: by what the class means, or, where that is several things, by the code."""
    code = error.code if isinstance(error, RejectedByX) else 0
    if code in codes.NOT_GIVEN:
        return f"{codes.CAUSES[code][1]}."
    usual = next((text for cls, text in _REMEDIES.items() if isinstance(error, cls)), "")
    if usual or code not in codes.CAUSES:
        return usual
    return f"`roost doctor --code {code}` tells what this may come of."


def _of(error: Exception) -> Mapping[str, object]:
    """Give what an error carries for machines."""
    match error:
        case RejectedByX():
            return {"code": error.code, "status": error.status}
        case RateLimited():
            return {"resets_at": error.resets_at, "limit": error.most}
        case MediaNotReady():
            return {"media_id": error.media_id, "reason": error.reason}
        case _:
            return {}
