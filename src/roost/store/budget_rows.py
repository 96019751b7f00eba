"""The `budgets` and `app_budgets` tables inside a transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Table, and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.budgets import LONG_AGO, NO_MORE, Budget, RouteLimits, Window
from roost.model.ids import UserId
from roost.store import encoding, outbox_statements
from roost.store.statements import Command, Parameters, Query, Session, fixed
from roost.store.tables import accounts, app_budgets, budgets

_WINDOW = ("most", "used", "ends_at", "shut_until")
_LEASE = ("leased", "lease_ends_at")


def _owner(table: Table) -> str:
    return next(iter(table.primary_key.columns)).name


def _make(table: Table) -> Command:
    return Command(insert(table).on_conflict_do_nothing(index_elements=[*table.primary_key]))


def _put(table: Table, *names: str) -> Command:
    return Command(
        update(table)
        .where(
            table.c[_owner(table)] == bindparam("owner"),
            table.c.route == bindparam("of_route"),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


HOLD = Query[tuple[int, int, int, int, int, int]](
    select(*(budgets.c[name] for name in (*_WINDOW, *_LEASE)))
    .where(budgets.c.account_id == bindparam("owner"), budgets.c.route == bindparam("of_route"))
    .with_for_update()
)
MAKE = _make(budgets)
PUT = _put(budgets, *_WINDOW, *_LEASE)

HOLD_APP = Query[tuple[int, int, int, int]](
    select(*(app_budgets.c[name] for name in _WINDOW))
    .where(
        app_budgets.c.app_key == bindparam("owner"),
        app_budgets.c.route == bindparam("of_route"),
    )
    .with_for_update()
)
MAKE_APP = _make(app_budgets)
PUT_APP = _put(app_budgets, *_WINDOW)

_is_of_app = and_(
    budgets.c.route == bindparam("of_route"),
    budgets.c.account_id.in_(
        select(accounts.c.account_id).where(accounts.c.app_key == bindparam("app"))
    ),
)
HOLD_ALL = Query[tuple[str]](
    select(budgets.c.account_id)
    .where(_is_of_app)
    .order_by(budgets.c.account_id)
    .with_for_update(of=budgets)
)
END_LEASES = Command(
    update(budgets)
    .where(_is_of_app)
    .values(leased=fixed(NO_MORE), lease_ends_at=bindparam("until", type_=BigInteger))
)


class StoredBudgets:
    """`roost.ports.BudgetRows` on any database."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self, account_id: UserId, route: str, limits: RouteLimits) -> Budget:
        """Give an account's budget for a route, locked; one that is not there yet is made."""
        key: Parameters = {"owner": account_id, "of_route": route}
        rows = await self._session.rows(HOLD, key)
        if not rows:
            await self._session.run(
                MAKE,
                {
                    "account_id": account_id,
                    "route": route,
                    **_numbers(Window(limits.user.most)),
                    "leased": 0,
                    "lease_ends_at": encoding.milliseconds(LONG_AGO),
                },
            )
            rows = await self._session.rows(HOLD, key)
        *window, leased, lease_ends_at = rows[0]
        return Budget(_window(*window), leased, encoding.moment(lease_ends_at))

    async def put(self, account_id: UserId, route: str, budget: Budget) -> None:
        """Store an account's budget, which is held. Times are rounded up: windows end late."""
        numbers = {
            **_numbers(budget.window),
            "leased": budget.leased,
            "lease_ends_at": encoding.milliseconds(budget.lease_ends_at),
        }
        await self._session.run(PUT, {"owner": account_id, "of_route": route, **_new(numbers)})

    async def hold_app(self, app_key: str, route: str, limits: RouteLimits) -> Window:
        """Give an app's window for a route, locked; one that is not there yet is made.

        Raises:
            ValueError: The route has no limit per app.
        """
        if limits.app is None:
            raise ValueError(f"{route} has no limit per app")
        key: Parameters = {"owner": app_key, "of_route": route}
        rows = await self._session.rows(HOLD_APP, key)
        if not rows:
            numbers = _numbers(Window(limits.app.most))
            await self._session.run(MAKE_APP, {"app_key": app_key, "route": route, **numbers})
            rows = await self._session.rows(HOLD_APP, key)
        return _window(*rows[0])

    async def bring_forward(self, now: datetime, *, latest: datetime) -> int:
        """Make messages due that would be due later than anything can; how many that were."""
        return await self._session.run(
            outbox_statements.BRING_FORWARD,
            {"due": encoding.milliseconds(now), "latest": encoding.milliseconds(latest)},
        )

    async def end_leases(self, app_key: str, route: str, until: datetime) -> None:
        """Let no account of an app go on with what it has of the app's window, until then."""
        of_app: Parameters = {"app": app_key, "of_route": route}
        await self._session.rows(HOLD_ALL, of_app)  # by rising id
        await self._session.run(END_LEASES, {**of_app, "until": _late(until)})

    async def put_app(self, app_key: str, route: str, window: Window) -> None:
        """Store an app's window, which is held."""
        numbers = _new(_numbers(window))
        await self._session.run(PUT_APP, {"owner": app_key, "of_route": route, **numbers})


def _window(most: int, used: int, ends_at: int, shut_until: int) -> Window:
    return Window(most, used, encoding.moment(ends_at), encoding.moment(shut_until))


def _numbers(window: Window) -> dict[str, int]:
    return {
        "most": window.most,
        "used": window.used,
        "ends_at": _late(window.ends_at),
        "shut_until": _late(window.shut_until),
    }


def _late(at: datetime) -> int:
    return encoding.milliseconds_not_before(at)


def _new(numbers: dict[str, int]) -> Parameters:
    return {f"new_{name}": number for name, number in numbers.items()}
