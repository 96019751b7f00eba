"""The tables `account_tokens` and `sign_ins`: sealed rows in, sealed rows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.errors import NotPossible
from roost.model.ids import UserId
from roost.store import encoding
from roost.store.sealing import Sealed
from roost.store.statements import Command, Parameter, Query, Reading, Session, fixed
from roost.store.token_tables import account_tokens, sign_ins

TOKENS = "account_tokens"
TOKEN, TOKEN_SECRET = "access_token", "access_token_secret"
SIGN_INS, REQUEST_SECRET = "sign_ins", "request_secret"

_OPEN = ("account_id", "name", "app_key", "bot", "screen_name", "access_level", "env_name")
_SEALED = ("key_id", "wrapped_key", TOKEN, TOKEN_SECRET)
_TokenRow = tuple[str, str, str, str, str, str, str, str, bytes, bytes, bytes]
_SignInRow = tuple[str, str, str, str, str, str, str, str, bytes, bytes, int]


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account that a person has connected.

    Attributes:
        account_id: X's user id.
        name: What people call it on the command line; no other has it.
        app_key: The app its token belongs to.
        bot: Which bot answers; `""` for the only one there is.
        screen_name: Without `@`; as it was when it was connected.
        access_level: What X said the token may do; `""` where it did not say.
        sealed: Its tokens.
        env_name: The environment it is subscribed in; `""` for the first of its app.
    """

    account_id: UserId
    name: str
    app_key: str
    bot: str
    screen_name: str
    access_level: str
    sealed: Sealed
    env_name: str = ""

    @property
    def row(self) -> Sequence[str]:
        """What its tokens are bound to."""
        return TOKENS, self.account_id


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody is about to let an app act for an account.

    Attributes:
        ticket_hash: SHA-256 of what the link holds.
        name: What the account is to be called; `""` for its screen name.
        app_key: The app.
        bot: Which bot is to answer.
        browser_hash: SHA-256 of what the browser that follows holds; `""` while none does.
        request_token: X's, which comes back with the answer.
        sealed: The request token's secret.
        ends_at: From then on it is worth nothing.
        env_name: In which environment the account is to be subscribed; `""` for the first.
    """

    ticket_hash: str
    name: str
    app_key: str
    bot: str
    browser_hash: str
    request_token: str
    sealed: Sealed
    ends_at: datetime
    env_name: str = ""

    @property
    def row(self) -> Sequence[str]:
        """What its secret is bound to."""
        return SIGN_INS, self.ticket_hash


_new = insert(account_tokens).values(
    {name: bindparam(name) for name in (*_OPEN, *_SEALED, "put_at")}
)
_of_account = account_tokens.c.account_id == bindparam("account")

PUT = Command(
    _new.on_conflict_do_update(
        index_elements=[account_tokens.c.account_id],
        set_={name: _new.excluded[name] for name in (*_OPEN[1:], *_SEALED, "put_at")},
    )
)
DELETE = Command(delete(account_tokens).where(_of_account))
EVERY = Query[_TokenRow](
    select(*(account_tokens.c[name] for name in (*_OPEN, *_SEALED))).order_by(account_tokens.c.name)
)
EVERY_BEFORE = Query[_TokenRow](
    select(
        *(account_tokens.c[name] for name in _OPEN[:-1]),
        fixed("").label(_OPEN[-1]),
        *(account_tokens.c[name] for name in _SEALED),
    ).order_by(account_tokens.c.name)
)
"""`EVERY` in a database that no version with environments has opened yet."""

CALLED = Query[tuple[str]](
    select(account_tokens.c.account_id).where(account_tokens.c.name == bindparam("name"))
)
VERSION = Query[tuple[int, int]](
    select(func.count(), func.coalesce(func.max(account_tokens.c.put_at), fixed(0)))
)

REWRAP = Command(
    update(account_tokens)
    .where(_of_account, account_tokens.c.key_id == bindparam("old_id"))
    .values(key_id=bindparam("new_id"), wrapped_key=bindparam("wrapped"))
)

_SIGN_IN = (
    "ticket_hash",
    "name",
    "app_key",
    "bot",
    "browser_hash",
    "request_token",
    "env_name",
)
_SIGN_IN_SEALED = ("key_id", "wrapped_key", REQUEST_SECRET)
_of_ticket = sign_ins.c.ticket_hash == bindparam("ticket")

BEGIN = Command(insert(sign_ins))
FOLLOW = Query[tuple[str]](
    update(sign_ins)
    .where(_of_ticket, sign_ins.c.browser_hash == fixed(""), sign_ins.c.ends_at > bindparam("now"))
    .values(browser_hash=bindparam("browser"))
    .returning(sign_ins.c.request_token)
)
TAKE = Query[_SignInRow](
    delete(sign_ins)
    .where(
        sign_ins.c.request_token == bindparam("request"),
        sign_ins.c.browser_hash == bindparam("browser"),
        sign_ins.c.browser_hash != fixed(""),
    )
    .returning(*(sign_ins.c[name] for name in (*_SIGN_IN, *_SIGN_IN_SEALED, "ends_at")))
)
END_OVER = Command(delete(sign_ins).where(sign_ins.c.ends_at <= bindparam("now")))
END_OTHERS = Command(delete(sign_ins).where(sign_ins.c.key_id != bindparam("new_id")))


class StoredTokens:
    """Both tables inside a transaction."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, account: StoredAccount, *, at: datetime) -> None:
        """Store an account, or what is new of it.

        Raises:
            NotPossible: Another account has its name.
        """
        owners = await self._session.rows(CALLED, {"name": account.name})
        if any(owner != account.account_id for (owner,) in owners):
            raise NotPossible(f"another account is called {account.name}")
        sealed = account.sealed
        parameters: dict[str, Parameter] = {name: getattr(account, name) for name in _OPEN}
        parameters |= {"key_id": sealed.key_id, "wrapped_key": sealed.wrapped_key}
        at_ms = encoding.milliseconds(at)
        await self._session.run(PUT, {**parameters, **sealed.values, "put_at": at_ms})

    async def delete(self, account_id: UserId) -> bool:
        """Forget an account's tokens; false where it has none here."""
        return await self._session.run(DELETE, {"account": account_id}) > 0

    async def rewrap(self, account: StoredAccount, sealed: Sealed) -> None:
        """Store an account's own key as another key wraps it, unless that was changed meanwhile."""
        await self._session.run(
            REWRAP,
            {
                "account": account.account_id,
                "old_id": account.sealed.key_id,
                "new_id": sealed.key_id,
                "wrapped": sealed.wrapped_key,
            },
        )

    async def begin(self, sign_in: SignIn, *, now: datetime) -> None:
        """Store a sign-in; forget those whose time is over."""
        await self._session.run(END_OVER, {"now": encoding.milliseconds(now)})
        parameters: dict[str, Parameter] = {name: getattr(sign_in, name) for name in _SIGN_IN}
        sealed = sign_in.sealed
        parameters |= {"key_id": sealed.key_id, "wrapped_key": sealed.wrapped_key}
        ends_at = encoding.milliseconds(sign_in.ends_at)
        await self._session.run(BEGIN, {**parameters, **sealed.values, "ends_at": ends_at})

    async def follow(self, ticket_hash: str, browser_hash: str, *, now: datetime) -> str | None:
        """Bind a sign-in to the first browser that follows its link; give its request token."""
        rows = await self._session.rows(
            FOLLOW,
            {"ticket": ticket_hash, "browser": browser_hash, "now": encoding.milliseconds(now)},
        )
        return rows[0][0] if rows else None

    async def take(self, request_token: str, browser_hash: str, *, now: datetime) -> SignIn | None:
        """Give a sign-in to the browser it is bound to, once."""
        rows = await self._session.rows(TAKE, {"request": request_token, "browser": browser_hash})
        found = [_sign_in_of(row) for row in rows]
        return found[0] if found and found[0].ends_at > now else None

    async def end_others(self, key_id: str) -> None:
        """End sign-ins that are sealed with another key."""
        await self._session.run(END_OTHERS, {"new_id": key_id})


class StoredTokenLookup:
    """What is read beside transactions."""

    def __init__(self, reading: Reading, query: Query[_TokenRow] = EVERY) -> None:
        self._reading = reading
        self._query = query

    async def every(self) -> Sequence[StoredAccount]:
        """Give every account that was connected, by name."""
        return [_account_of(row) for row in await self._reading.rows(self._query, {})]

    async def version(self) -> tuple[int, int]:
        """Give something that changes whenever an account is connected or removed."""
        return (await self._reading.rows(VERSION, {}))[0]


def _account_of(row: _TokenRow) -> StoredAccount:
    *_, key_id, wrapped, token, secret = row
    account_id, name, app_key, bot, screen_name, access_level, env_name = row[:7]
    return StoredAccount(
        UserId(account_id),
        name,
        app_key,
        bot,
        screen_name,
        access_level,
        Sealed(key_id, wrapped, {TOKEN: token, TOKEN_SECRET: secret}),
        env_name,
    )


def _sign_in_of(row: _SignInRow) -> SignIn:
    key_id, wrapped, secret, ends_at = row[7:]
    sealed, at = Sealed(key_id, wrapped, {REQUEST_SECRET: secret}), encoding.moment(ends_at)
    return SignIn(*row[:6], sealed, at, row[6])
