"""What X says: of an app's keys, of an account's tokens, and of how far its limits are used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from roost.errors import (
    AccountStopped,
    ClockWrong,
    CredentialsRefused,
    NotOpenToMessages,
    PermissionMissing,
    RejectedByX,
    SendError,
    TokenRefused,
    XApiUnavailable,
)
from roost.model.messages import OutboundMessage
from roost.service.doctor import codes, reaching
from roost.service.doctor.findings import OPENNESS, Finding, Level, fine, skipped
from roost.service.signing_in import MESSAGES
from roost.xapi.client import XClient

X_FORGIVES = timedelta(minutes=5)
"""How far a clock may be off before signatures are refused (assumed; X documents none)."""

_NOTICEABLE = timedelta(minutes=1)
_TRIAL = "roost-setup-trial"
_REGENERATE = (
    "In X's portal set App permissions to 'Read and write and Direct message', then make the"
    " account's tokens anew and connect it again: old tokens keep what they had"
)


@dataclass(frozen=True, slots=True)
class _Cause:
    check: str
    says: str
    cause: str
    remedy: str


_UNKNOWN = ("X's words say it", "Look the code up in X's documentation")

# The first that fits is said, so that what is special comes first.
_REFUSALS: Mapping[type[RejectedByX], _Cause] = MappingProxyType(
    {
        ClockWrong: _Cause(
            "clock",
            "X refuses this machine's time",
            "the machine's clock is wrong",
            "Set it, and keep it by NTP (timedatectl set-ntp true)",
        ),
        TokenRefused: _Cause(
            "account.credentials",
            "X does not take the access token",
            "its owner took it back, it was made anew, or it belongs to another app",
            "Connect the account again: roost accounts connect, or add",
        ),
        CredentialsRefused: _Cause(
            "account.credentials",
            "X does not take the signature",
            "the access token secret is not that of the access token",
            "Copy token and secret again, both from one making; roost accounts add",
        ),
        AccountStopped: _Cause(
            "account.standing",
            "X lets the account do nothing",
            "X has suspended or locked it, or takes it for a robot",
            "Sign in to X as the account and do as it asks",
        ),
        PermissionMissing: _Cause(
            "account.permission",
            "the token may not do this",
            "the app had another permission when the token was made",
            _REGENERATE,
        ),
    }
)


async def app(x: XClient, name: str) -> Finding:
    """Ask X whether consumer key and secret belong together.

    Args:
        x: A client that speaks for the app alone.
        name: The app's, for people.
    """
    try:
        await x.tokens.bearer()
    except RejectedByX as error:
        return Finding(
            "app.credentials",
            name,
            Level.PROBLEM,
            f"X does not take consumer key and secret (code {error.code})",
            "one of them is another app's, was made anew, or is the access token by mistake",
            f"Copy both again from 'Keys and tokens' of the app into [apps.{name}]",
        )
    except SendError as error:
        return _unreached("app.credentials", name, error)
    return fine("app.credentials", name, "consumer key and secret belong together")


async def account(x: XClient, name: str, user_id: str) -> list[Finding]:
    """Ask X whose an account's token is, what it may do, and what time it is.

    Args:
        x: A client that speaks for the account.
        name: The account's, for people.
        user_id: Whom it should be.
    """
    try:
        me = await x.users.me()
    except RejectedByX as error:
        return [_refused(error, name)]
    except SendError as error:
        return [_unreached("account.credentials", name, error)]
    found = [_clock(x, name)]
    if me.id_str != user_id:
        found.append(
            Finding(
                "account.credentials",
                name,
                Level.PROBLEM,
                f"the token is that of @{me.screen_name} ({me.id_str}), not of {user_id}",
                "the token was made while signed in as somebody else",
                f"Write user_id {me.id_str}, or make the token as the account that is meant",
            )
        )
        return found
    found += [
        fine("account.credentials", name, f"the token is that of @{me.screen_name}"),
        _permission(x, name),
        fine("account.standing", name, "X serves the account"),
        await _limits(x, name),
    ]
    if found[2].level is Level.OK:
        found.insert(3, await _access(x, name))
    return found


async def openness(x: XClient, name: str) -> Finding:
    """Find out whether an account takes messages from everybody, as greeting them needs.

    X tells that only where a welcome message is made. So one is, which no rule names and nobody is
    shown, and deleted at once; one that an interrupted run has left is deleted, too.

    Args:
        x: A client that speaks for the account.
        name: The account's, for people.
    """
    try:
        left = [one.id async for one in x.welcome_messages.all() if one.name == _TRIAL]
        made = await x.welcome_messages.new(OutboundMessage("Is this account open?"), name=_TRIAL)
        for one in (*left, made.id):
            await x.welcome_messages.delete(str(one))
    except NotOpenToMessages as error:
        return Finding(
            OPENNESS,
            name,
            Level.WARNING,
            f"the account does not take messages from everybody (code {error.code})",
            "X keeps who is not followed from writing, and welcome messages from being made",
            "In X's settings of the account: Privacy and safety > Direct Messages > Allow message"
            " requests from everyone",
        )
    except SendError as error:
        return skipped(OPENNESS, name, f"X cannot be asked: {error}")
    return fine(OPENNESS, name, "everybody may write to it")


def _permission(x: XClient, name: str) -> Finding:
    level = x.access_level
    if not level:
        return skipped("account.permission", name, "X did not say what the token may do")
    if level == MESSAGES:
        return fine("account.permission", name, "the token reaches to Direct Messages")
    return Finding(
        "account.permission",
        name,
        Level.PROBLEM,
        f"the token is {level}, and Direct Messages need {MESSAGES}",
        "the app had another permission when the token was made",
        _REGENERATE,
    )


async def _access(x: XClient, name: str) -> Finding:
    """Find out whether X lets the app call what belongs to Direct Messages.

    A token may be right and the app's access level be without them, which only such a call tells.
    """
    try:
        await x.welcome_rules.page(count=1)
    except RejectedByX as error:
        cause, remedy = codes.CAUSES.get(error.code, _UNKNOWN)
        says = f"X refuses what belongs to Direct Messages: {error}"
        return Finding("account.access", name, Level.PROBLEM, says, cause, remedy)
    except SendError as error:
        return skipped("account.access", name, f"X cannot be asked: {error}")
    return fine("account.access", name, "X lets the app use Direct Messages")


def _clock(x: XClient, name: str) -> Finding:
    ahead = x.clock_ahead
    if ahead is None:
        return skipped("clock", name, "X did not tell its time")
    seconds = ahead.total_seconds()
    if abs(ahead) < _NOTICEABLE:
        return fine("clock", name, "within a minute of X's")
    return Finding(
        "clock",
        name,
        Level.PROBLEM if abs(ahead) >= X_FORGIVES else Level.WARNING,
        f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} X's",
        "the machine's clock is wrong",
        "Set it, and keep it by NTP (timedatectl set-ntp true)",
    )


async def _limits(x: XClient, name: str) -> Finding:
    try:
        status = await x.users.limits("direct_messages", "account_activity", "account", "users")
    except SendError as error:
        return Finding("account.limits", name, Level.WARNING, f"X does not tell them: {error}")
    used_up = [
        route
        for family in status.resources.values()
        for route, window in family.items()
        if window.remaining == 0
    ]
    if used_up:
        return Finding(
            "account.limits",
            name,
            Level.WARNING,
            f"used up: {', '.join(sorted(used_up))}",
            "as much as X allows was called in 15 minutes, perhaps by another program",
            "Wait; give other programs an app of their own",
        )
    return fine("account.limits", name, "no window of X's limits is used up")


def _refused(error: RejectedByX, name: str) -> Finding:
    for cls, cause in _REFUSALS.items():
        if isinstance(error, cls) and error.code not in codes.NOT_GIVEN:
            says = f"{cause.says} (code {error.code})"
            return Finding(cause.check, name, Level.PROBLEM, says, cause.cause, cause.remedy)
    cause, remedy = codes.CAUSES.get(error.code, _UNKNOWN)
    return Finding("account.credentials", name, Level.PROBLEM, f"X refuses: {error}", cause, remedy)


def _unreached(check: str, name: str, error: SendError) -> Finding:
    why = reaching.tls_trouble(error)
    if why:
        return Finding(
            check,
            name,
            Level.PROBLEM,
            f"X cannot be asked: TLS fails: {why}",
            "the certificate shown is none of X's, or this machine does not know who signed it",
            "Where a proxy or a simulator has an authority of its own, name its certificates (PEM)"
            " in the environment variable SSL_CERT_FILE; else renew those of this machine",
        )
    if reaching.is_name_unknown(error):
        return Finding(
            check,
            name,
            Level.PROBLEM,
            "X cannot be asked: its name cannot be looked up",
            "this machine has no network, or no DNS",
            "See whether it knows any name: getent hosts api.x.com",
        )
    is_away = isinstance(error, XApiUnavailable)
    return Finding(
        check,
        name,
        Level.PROBLEM,
        f"X cannot be asked: {error}",
        "no way to X from here, or X has trouble of its own" if is_away else "X's limit is used up",
        "Try `curl -sI https://api.x.com`; see whether a proxy or firewall is in between"
        if is_away
        else "Wait, and repeat this",
    )
