"""Whether X lets an account, or an app, do anything; and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from roost.model.ids import UserId


class AccountState(StrEnum):
    """How an account stands with X. In all but the first nothing is sent for it, and kept.

    `unlisted` is ours: the settings no longer name the account.
    """

    CONNECTED = "connected"
    NEEDS_REAUTH = "needs_reauth"
    PAUSED = "paused"
    REVOKED = "revoked"
    UNLISTED = "unlisted"


APP_WORKING, APP_PAUSED = "working", "paused"
"""How an app stands with X. Nothing is sent for any account of one that is paused."""


class Scope(StrEnum):
    """What X has refused: one account, or everything its app does."""

    ACCOUNT = "account"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is to be sent for now.

    Attributes:
        scope: For whom.
        state: What the account is from now on; an app is `paused`.
        reason: For people; names X's code.
    """

    scope: Scope
    state: AccountState
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """A held account or app whose time to be tried again has come.

    Attributes:
        scope: Which of the two is held.
        app_key: The app, in the settings' words.
        account_id: The held account; of an app, one of its accounts to try it with.
    """

    scope: Scope
    app_key: str
    account_id: UserId


_FIRST_CHECK: Mapping[AccountState, timedelta] = MappingProxyType(
    {
        AccountState.NEEDS_REAUTH: timedelta(0),
        AccountState.REVOKED: timedelta(minutes=1),
        AccountState.PAUSED: timedelta(minutes=5),
    }
)
_SECOND_CHECK = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)
_APP_CHECK, _LONGEST_APP_WAIT = timedelta(minutes=15), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Health:
    """How an account or an app stands, and when it is looked at again.

    Attributes:
        state: An `AccountState`; of an app, `working` or `paused`.
        reason: Why it is held; `""` where it is not.
        holds: How often it was held, or found to be held still, since a message of its last
            arrived. While there were any, one message at a time goes.
        held_at: When last; `None` for not since then.
        check_at: When to find out whether it works again; `None` where it does.
    """

    state: str
    reason: str = ""
    holds: int = 0
    held_at: datetime | None = None
    check_at: datetime | None = None

    def held(self, hold: Hold, now: datetime) -> Health:
        """Give how it stands after X has refused it; waits grow while that goes on.

        A first refusal of an account's credentials is looked into at once: X is sometimes wrong.
        An app is tried at most once in 15 minutes.
        """
        holds = self.holds + 1
        is_app = hold.scope is Scope.APP
        wait = _app_wait(holds) if is_app else _account_wait(hold.state, holds)
        state = APP_PAUSED if is_app else hold.state
        return Health(state, hold.reason, holds, now, now + wait)

    def restored(self, scope: Scope) -> Health:
        """Give how it stands once it seems to work: on trial until a message arrives."""
        state = AccountState.CONNECTED if scope is Scope.ACCOUNT else APP_WORKING
        return replace(self, state=state, reason="", check_at=None)

    def proved(self) -> Health:
        """Give how it stands once a message has arrived."""
        return Health(self.state)


def _account_wait(state: AccountState, holds: int) -> timedelta:
    first = _FIRST_CHECK.get(state, _SECOND_CHECK)
    return first if holds == 1 else min(first + _doubled(_SECOND_CHECK, holds - 2), _LONGEST_WAIT)


def _app_wait(holds: int) -> timedelta:
    return min(_doubled(_APP_CHECK, holds - 1), _LONGEST_APP_WAIT)


def _doubled(wait: timedelta, times: int) -> timedelta:
    return wait * 2 ** min(times, 10)
