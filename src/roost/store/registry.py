"""Apps and accounts: what the settings name, kept where every part of the service finds it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, Text, bindparam, case, func, null, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from roost.model.health import AccountState
from roost.model.ids import UserId
from roost.store.statements import Command, Query, Session, fixed
from roost.store.tables import accounts, apps

_PATH_BYTES = 24


@dataclass(frozen=True, slots=True)
class AppRow:
    """A developer app at X. Its secrets stay in the settings.

    Attributes:
        app_key: Our name for it, as in the settings; safe in a URL.
        app_id: X's id of it; `""` where it is not known yet.
        consumer_key: Its public OAuth 1.0a key.
        env_name: Its Account Activity environment; `""` where the dialect has none.
        webhook_path: Where X delivers; `None` for the path drawn when the app was first seen.
    """

    app_key: str
    app_id: str
    consumer_key: str
    env_name: str = ""
    webhook_path: str | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One of our accounts.

    Attributes:
        account_id: X's user id.
        app_key: The app it is subscribed through.
        bot: The bot that serves it; `""` where only people answer.
        capabilities: Name of what its transport can carry, for example `x-v1`.
        dialect: Which of X's wire forms it speaks, for example `v1`.
        state: One of `roost.model.health.AccountState`. On registering, that of an account which
            is new or was not listed; a known one keeps its own.
    """

    account_id: UserId
    app_key: str
    bot: str
    capabilities: str = "x-v1"
    dialect: str = "v1"
    state: str = "connected"


_named_path = bindparam("named_path", type_=Text)


def _insert(table: Table, *names: str) -> Insert:
    return insert(table).values({name: bindparam(name) for name in names})


_new_app = _insert(apps, "app_key", "app_id", "consumer_key", "webhook_path", "env_name")
_new_account = _insert(accounts, "account_id", "app_key", "bot", "capabilities", "dialect", "state")

PUT_APP = Query[tuple[str]](
    _new_app.on_conflict_do_update(
        index_elements=[apps.c.app_key],
        set_={
            "app_id": _new_app.excluded.app_id,
            "consumer_key": _new_app.excluded.consumer_key,
            "env_name": _new_app.excluded.env_name,
            "webhook_path": func.coalesce(_named_path, apps.c.webhook_path),
        },
    ).returning(apps.c.webhook_path)
)

PUT_ACCOUNT = Command(
    _new_account.on_conflict_do_update(
        index_elements=[accounts.c.account_id],
        set_={
            **{
                name: _new_account.excluded[name]
                for name in ("app_key", "bot", "capabilities", "dialect")
            },
            # What holds an account back is not over because the application starts; but its
            # credentials may be new ones, so it is looked at again at once.
            "state": case(
                (accounts.c.state == fixed(AccountState.UNLISTED), _new_account.excluded.state),
                else_=accounts.c.state,
            ),
            "check_at": case((accounts.c.check_at.is_not(None), fixed(0)), else_=null()),
        },
    )
)

SET_ASIDE = Command(
    update(accounts)
    .where(accounts.c.account_id == bindparam("account"))
    .values(state=fixed(AccountState.UNLISTED), check_at=null())
)

ACCOUNTS = Query[tuple[str, str, str, str, str, str]](
    select(
        accounts.c.account_id,
        accounts.c.app_key,
        accounts.c.bot,
        accounts.c.capabilities,
        accounts.c.dialect,
        accounts.c.state,
    ).order_by(accounts.c.account_id)
)

ACCOUNT = Query[tuple[str, str, str, str, str, str]](
    select(
        accounts.c.account_id,
        accounts.c.app_key,
        accounts.c.bot,
        accounts.c.capabilities,
        accounts.c.dialect,
        accounts.c.state,
    ).where(accounts.c.account_id == bindparam("account"))
)


HEALTH = Query[tuple[str, str, str, str, str]](
    select(
        accounts.c.account_id,
        accounts.c.state,
        accounts.c.hold_reason,
        apps.c.state,
        apps.c.hold_reason,
    )
    .join_from(accounts, apps, apps.c.app_key == accounts.c.app_key)
    .order_by(accounts.c.account_id)
)


PATHS = Query[tuple[str, str]](select(apps.c.app_key, apps.c.webhook_path))


class Registry:
    """The `apps` and `accounts` tables inside a transaction."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(
        self, apps: Sequence[AppRow], accounts: Sequence[AccountRow] | None
    ) -> Mapping[str, str]:
        """Store what the settings name; an account they no longer name stays, `unlisted`.

        Args:
            apps: All of them.
            accounts: All of them; `None` to leave the accounts as they are.

        Returns:
            Each app's webhook path by app key. Where none is named it is drawn once and then
            stays, because X keeps the address.
        """
        paths = {app.app_key: await self._put_app(app) for app in apps}
        if accounts is not None:
            for account in accounts:
                await self._put_account(account)
            await self._set_aside({account.account_id for account in accounts})
        return paths

    async def add(self, account: AccountRow) -> None:
        """Store one account; one that is known keeps its state."""
        await self._put_account(account)

    async def set_aside(self, account_id: UserId) -> None:
        """Keep an account's history and do nothing more for it."""
        await self._session.run(SET_ASIDE, {"account": account_id})

    async def _put_account(self, account: AccountRow) -> None:
        await self._session.run(
            PUT_ACCOUNT,
            {
                "account_id": account.account_id,
                "app_key": account.app_key,
                "bot": account.bot,
                "capabilities": account.capabilities,
                "dialect": account.dialect,
                "state": account.state,
            },
        )

    async def _set_aside(self, named: set[UserId]) -> None:
        for row in await self._session.rows(ACCOUNTS, {}):
            if row[0] not in named:
                await self._session.run(SET_ASIDE, {"account": row[0]})

    async def _put_app(self, app: AppRow) -> str:
        rows = await self._session.rows(
            PUT_APP,
            {
                "app_key": app.app_key,
                "app_id": app.app_id,
                "consumer_key": app.consumer_key,
                "env_name": app.env_name,
                "webhook_path": app.webhook_path or _drawn_path(app.app_key),
                "named_path": app.webhook_path,
            },
        )
        return rows[0][0]


def _drawn_path(app_key: str) -> str:
    return f"/x/{app_key}/{secrets.token_urlsafe(_PATH_BYTES)}"


def account_of(row: tuple[str, str, str, str, str, str]) -> AccountRow:
    """Read a row of `ACCOUNTS` or `ACCOUNT`."""
    account_id, app_key, bot, capabilities, dialect, state = row
    return AccountRow(UserId(account_id), app_key, bot, capabilities, dialect, state)
