"""`roost accounts`: whom Roost answers for."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter

from roost import settings as configuration
from roost.cli import prompting, x_calls
from roost.errors import InvalidCall, NotFound, SendError
from roost.service import account_calls, accounts, signing_in, stored_accounts, webhook_places
from roost.service.account_calls import NewAccount, Shown
from roost.service.clock import SystemClock
from roost.settings import Settings
from roost.store import control
from roost.xapi import Credentials

run = x_calls.verb(
    "accounts",
    "Connect, list, pause and remove the accounts that Roost answers for. Tokens are kept sealed"
    " in the database, and never shown. Works with a running application, which follows at once,"
    " or by itself.",
    "Examples: `roost accounts connect`, `roost accounts list`, `roost accounts pause acme`",
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class How:
    """How a verb is done.

    Attributes:
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print the answer as JSON.
    """

    settings: Path | None = None
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False

    def load(self) -> Settings:
        """Read the settings."""
        return configuration.load(self.settings, environ=os.environ)

    def show(self, told: object, text: str) -> None:
        """Print an answer."""
        print(x_calls.as_json(told) if self.as_json else text)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Place:
    """What becomes of a new account.

    Attributes:
        app: Key of its app in the settings; may be left out where there is only one.
        bot: Which bot answers; may be left out where there is only one.
        name: What it is called here; otherwise its screen name.
        env: The environment of the app to subscribe it in; otherwise the app's `env_name`.
    """

    app: str | None = None
    bot: str = ""
    name: str = ""
    env: str = ""


USUAL = How()
ANYWHERE = Place()


@run.command(name="list")
async def list_accounts(*, how: How = USUAL) -> None:
    """List every account, where it comes from, and how it stands with X.

    Example: `roost accounts list --json`
    """
    every = cast("list[Shown]", await _ask(how.load(), "accounts"))
    how.show(every, "\n".join(map(_line, every)) or "no accounts")


@run.command
async def show(account: str, *, how: How = USUAL) -> None:
    """Show one account.

    Example: `roost accounts show acme`

    Args:
        account: Its name here, its screen name or its user id.
        how: Which settings, and how the answer is shown.
    """
    one = await _named(how.load(), account)
    how.show(one, "\n".join(f"{field:<13} {value or '-'}" for field, value in one.items()))


@run.command
async def add(*, place: Place = ANYWHERE, how: How = USUAL) -> int:
    """Connect an account whose access token and secret you have, as for one's own account.

    They are asked for, or read from standard input, a line each; X is asked whose they are.

    Example: `roost accounts add < tokens.txt`
    """
    found = how.load()
    key, _ = accounts.app_client(found, place.app)
    token, secret = _secrets("Access token", "Access token secret")
    app = found.apps[key]
    credentials = Credentials(app.consumer_key, app.consumer_secrets[0].reveal(), token, secret)
    return await _performed(lambda: _connected(found, credentials, key, place), how)


@run.command
async def connect(
    *,
    browser: Annotated[bool, Parameter(negative=())] = False,
    place: Place = ANYWHERE,
    how: How = USUAL,
) -> int:
    """Have the owner of an account sign in with X, and connect it.

    X shows a PIN, which is asked for here. With `--browser` the owner only follows a link to the
    running application, which X has to know as a callback: `PUBLIC_URL/accounts/callback`.

    Example: `roost accounts connect --bot support`

    Args:
        browser: Make a link for the owner's browser instead of asking for the PIN.
        place: What becomes of the account.
        how: Which settings, and how the answer is shown.
    """
    found = how.load()
    if browser:
        link = await control.ask(
            found.data / control.SOCKET,
            "account_sign_in",
            app=place.app,
            bot=place.bot,
            name=place.name,
            env=place.env,
        )
        minutes = int(signing_in.LASTS.total_seconds() / 60)
        text = f"The owner of the account follows this link, once, within {minutes} minutes:"
        how.show({"link": link}, f"{text}\n{link}")
        return 0
    return await _performed(lambda: _by_pin(found, place), how)


@run.command
async def pause(account: str, *, how: How = USUAL) -> None:
    """Send nothing for an account and keep what comes in, until it is resumed.

    Example: `roost accounts pause acme`

    Args:
        account: Its name here, its screen name or its user id.
        how: Which settings, and how the answer is shown.
    """
    await _changed(how, "account_pause", account)


@run.command
async def resume(account: str, *, how: How = USUAL) -> None:
    """Let a paused account go on.

    Example: `roost accounts resume acme`

    Args:
        account: Its name here, its screen name or its user id.
        how: Which settings, and how the answer is shown.
    """
    await _changed(how, "account_resume", account)


@run.command
async def remove(
    account: str,
    *,
    keep_subscription: Annotated[bool, Parameter(negative=())] = False,
    how: How = USUAL,
) -> int:
    """Stop X's deliveries for an account and forget its tokens; its conversations stay.

    Example: `roost accounts remove acme`

    Args:
        account: Its name here, its screen name or its user id.
        keep_subscription: Ask nothing of X, for example because it no longer takes the app.
        how: Which settings, and how the answer is shown.
    """
    found = how.load()
    one = await _named(found, account)
    if one["source"] == "connected" and not keep_subscription:
        try:
            await _unsubscribed(found, one)
        except SendError as error:
            return x_calls.refused(error, is_json=how.as_json)
    await _changed(how, "account_remove", account)
    return 0


@run.command
async def rekey(*, how: How = USUAL) -> None:
    """Seal the tokens of every account with a new key, and drop the old one.

    It can be interrupted and repeated. Keys in the settings are changed there: put the new one
    first, do this, and take the old one out.

    Example: `roost accounts rekey`
    """
    told = cast("Mapping[str, object]", await _ask(how.load(), "accounts_rekey"))
    text = f"{told['accounts']} accounts are sealed with key {told['key']} of {told['keys_in']}"
    how.show(told, text)


async def _ask(found: Settings, call: str, /, **args: object) -> object:
    return await account_calls.ask(found, SystemClock(), call, **args)


async def _changed(how: How, call: str, account: str) -> None:
    found = how.load()
    one = await _named(found, account)
    told = cast("Shown", await _ask(found, call, name=one["user_id"]))
    how.show(told, _line(told))


async def _named(found: Settings, account: str) -> Shown:
    every = cast("list[Shown]", await _ask(found, "accounts"))
    for one in every:
        if account.removeprefix("@") in {one["name"], one["user_id"], one["screen_name"]}:
            return one
    known = ", ".join(one["name"] for one in every) or "none"
    raise InvalidCall("account", f"there is no account {account!r}; there are: {known}")


async def _performed(action: Callable[[], Awaitable[Shown]], how: How) -> int:
    try:
        told = await action()
    except SendError as error:
        return x_calls.refused(error, is_json=how.as_json)
    how.show(told, f"@{told['screen_name']} ({told['user_id']}) is connected as {told['name']}")
    return 0


async def _by_pin(found: Settings, place: Place) -> Shown:
    key, client = accounts.app_client(found, place.app)
    async with client as x:
        request = await x.tokens.request()
        print(
            f"Sign in as the account and authorize the app:\n{x.tokens.page(request)}", flush=True
        )
        pin = prompting.line("PIN: ").strip()
        if not pin:
            raise InvalidCall("PIN", "is needed; X shows it when the app is authorized")
        authorized = await x.tokens.exchange(request, pin)
    return await _connected(found, authorized.credentials, key, place)


async def _connected(found: Settings, credentials: Credentials, key: str, place: Place) -> Shown:
    async with accounts.speaking(found, credentials) as speaker:
        new = await signing_in.new_account(
            speaker, credentials, key, bot=place.bot, name=place.name, env_name=place.env
        )
    return cast("Shown", await _ask(found, "account_put", account=parts_of(new)))


def parts_of(new: NewAccount) -> dict[str, str]:
    """Give a new account as the control socket carries it, tokens and all."""
    return asdict(new)


async def _unsubscribed(found: Settings, one: Shown) -> None:
    """Have X deliver nothing more for an account; that it does not already is all right."""
    everybody = await stored_accounts.effective(found)
    account = accounts.account_named(everybody, one["name"])
    async with accounts.client_of(everybody, account, None) as x:
        try:
            await webhook_places.unsubscribe(x, everybody, account)
        except NotFound:
            return


def _secrets(*names: str) -> list[str]:
    """Ask for secrets without showing them, or read a line for each from standard input."""
    if sys.stdin.isatty():
        given = [prompting.secret(f"{name}: ").strip() for name in names]
    else:
        given = [prompting.line().strip() for _ in names]
    for name, value in zip(names, given, strict=True):
        if not value:
            raise InvalidCall(name, "is needed, on a line of its own")
    return given


_SOURCES = {"settings": "of the settings", "connected": "connected here", "none": "no more"}


def _line(one: Shown) -> str:
    why = f": {one['reason']}" if one.get("reason") else ""
    who = f"{one['name']}  @{one['screen_name'] or '?'}  {one['user_id']}"
    where = f"  in {one['env_name']}" if one.get("env_name") else ""
    return f"{who}  {one['state']}{why}{where}  ({_SOURCES[one['source']]})"
