"""How accounts and apps stand with X: columns of `accounts` and `apps` inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, or_, select, update

from roost.model import waiting
from roost.model.health import APP_WORKING, Check, Health, Scope
from roost.model.ids import UserId
from roost.ports import UnservedBot
from roost.store import encoding, ready_conditions
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import accounts, apps

_FIELDS = ("state", "hold_reason", "holds", "held_at", "check_at")
_Row = tuple[str, str, int, int | None, int | None]

_ACCOUNT = accounts.c.account_id == bindparam("key")
_APP = apps.c.app_key == bindparam("key")


def _hold(table: Table, this: ColumnElement[bool]) -> Query[_Row]:
    return Query[_Row](select(*(table.c[name] for name in _FIELDS)).where(this).with_for_update())


def _put(table: Table, this: ColumnElement[bool]) -> Command:
    return Command(
        update(table).where(this).values({name: bindparam(f"new_{name}") for name in _FIELDS})
    )


APP_OF = Query[tuple[str]](select(accounts.c.app_key).where(_ACCOUNT))
HOLD_ACCOUNT, PUT_ACCOUNT = _hold(accounts, _ACCOUNT), _put(accounts, _ACCOUNT)
HOLD_APP, PUT_APP = _hold(apps, _APP), _put(apps, _APP)


def _is_to_check(table: Table) -> ColumnElement[bool]:
    at = table.c.check_at
    return and_(at.is_not(None), or_(at <= bindparam("now"), at > bindparam("no_wait")))


ACCOUNTS_TO_CHECK = Query[tuple[str, str]](
    select(accounts.c.app_key, accounts.c.account_id)
    .join_from(accounts, apps, apps.c.app_key == accounts.c.app_key)
    .where(_is_to_check(accounts), apps.c.state == fixed(APP_WORKING))
    .order_by(accounts.c.check_at)
)


def _first_account(condition: ColumnElement[bool]) -> ColumnElement[str | None]:
    return (
        select(func.min(accounts.c.account_id))
        .where(accounts.c.app_key == apps.c.app_key, condition)
        .scalar_subquery()
    )


APPS_TO_CHECK = Query[tuple[str, str | None]](
    select(
        apps.c.app_key,
        func.coalesce(
            _first_account(accounts.c.state == fixed("connected")),
            _first_account(accounts.c.state != fixed("unlisted")),
        ),
    )
    .where(_is_to_check(apps))
    .order_by(apps.c.check_at)
)

ACCOUNTS_OF = Query[tuple[str]](
    select(accounts.c.account_id)
    .where(accounts.c.app_key == bindparam("key"))
    .order_by(accounts.c.account_id)
)


class StoredHealth:
    """`roost.ports.HealthRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def app_of(self, account_id: UserId) -> str | None:
        """Give the key of an account's app; `None` where the account is not ours."""
        rows = await self._session.rows(APP_OF, {"key": account_id})
        return rows[0][0] if rows else None

    async def accounts_of(self, app_key: str) -> Sequence[UserId]:
        """Give the accounts of an app, by id."""
        rows = await self._session.rows(ACCOUNTS_OF, {"key": app_key})
        return [UserId(account_id) for (account_id,) in rows]

    async def account(self, account_id: UserId) -> Health | None:
        """Hold an account and give how it stands; `None` where it is not ours."""
        return await self._hold(HOLD_ACCOUNT, account_id)

    async def put_account(self, account_id: UserId, health: Health) -> None:
        """Store how an account stands."""
        await self._session.run(PUT_ACCOUNT, {"key": account_id, **_fields(health)})

    async def app(self, app_key: str) -> Health | None:
        """Hold an app and give how it stands; `None` where there is none."""
        return await self._hold(HOLD_APP, app_key)

    async def put_app(self, app_key: str, health: Health) -> None:
        """Store how an app stands."""
        await self._session.run(PUT_APP, {"key": app_key, **_fields(health)})

    async def to_check(self, now: datetime) -> Sequence[Check]:
        """Give the held accounts and apps whose `check_at` has come, or is wrong; apps first."""
        no_wait = encoding.milliseconds(now + waiting.NO_WAIT)
        at: Parameters = {"now": encoding.milliseconds(now), "no_wait": no_wait}
        held_apps = await self._session.rows(APPS_TO_CHECK, at)
        held_accounts = await self._session.rows(ACCOUNTS_TO_CHECK, at)
        return [
            *(
                Check(Scope.APP, app_key, UserId(account_id))
                for app_key, account_id in held_apps
                if account_id is not None
            ),
            *(
                Check(Scope.ACCOUNT, app_key, UserId(account_id))
                for app_key, account_id in held_accounts
            ),
        ]

    async def unserved(self, bots: frozenset[str]) -> Sequence[UnservedBot]:
        """Give the bots that ready conversations wait for and that are not among `bots`."""
        rows = await self._session.rows(
            ready_conditions.UNSERVED, {"bots": ready_conditions.among(bots)}
        )
        return [UnservedBot(bot, n, encoding.moment(since)) for bot, n, since in rows]

    async def _hold(self, query: Query[_Row], key: str) -> Health | None:
        rows = await self._session.rows(query, {"key": key})
        if not rows:
            return None
        state, reason, holds, held_at, check_at = rows[0]
        return Health(state, reason, holds, _moment(held_at), _moment(check_at))


def _moment(at: int | None) -> datetime | None:
    return None if at is None else encoding.moment(at)


def _fields(health: Health) -> Parameters:
    return {
        "new_state": health.state,
        "new_hold_reason": health.reason,
        "new_holds": health.holds,
        "new_held_at": _milliseconds(health.held_at),
        "new_check_at": _milliseconds(health.check_at),
    }


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else encoding.milliseconds(at)
