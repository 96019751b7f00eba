"""Accounts and apps that X holds back: everything of theirs waits, and resumes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from roost.engine.means import Means
from roost.engine.retry import hold_of_question
from roost.engine.wake import Wake
from roost.errors import RateLimited, RejectedByX, SendError, StoreUnavailable
from roost.model import waiting
from roost.model.health import APP_WORKING, AccountState, Check, Health, Hold, Scope
from roost.model.ids import UserId
from roost.ports import Tx

_CLOCK_IS_WRONG = 135
_AGAIN = {Scope.ACCOUNT: timedelta(minutes=1), Scope.APP: timedelta(minutes=15)}
"""Until a check that could not be made is made again. An app is asked about four times an hour."""

BY_OPERATOR = "paused by its operator"
"""Why an account is held that a person has paused."""

_log = structlog.stdlib.get_logger("roost.accounts")


async def hold(tx: Tx, account_id: UserId, why: Hold, *, at: datetime) -> bool:
    """Hold everything of an account, or of its app, until a check finds that it works again.

    Args:
        tx: The transaction.
        account_id: Whose call X refused.
        why: For whom that holds.
        at: When.

    Returns:
        Whether it worked until now: then somebody should be told.
    """
    app_key = await tx.health.app_of(account_id)
    if app_key is None:
        return False
    held = Check(why.scope, app_key, account_id)
    before = await _standing(tx, held)
    if before is None or before.state not in {AccountState.CONNECTED, APP_WORKING}:
        return False
    await _put(tx, held, before.held(why, at), at)
    return True


def tell(account_id: UserId, why: Hold) -> None:
    """Log that an account or its app is held from now on; its owner has something to do."""
    _log.error(
        "held back by X",
        account=account_id,
        scope=str(why.scope),
        state=str(why.state),
        why=why.reason,
    )


async def pause(tx: Tx, account_id: UserId, *, at: datetime) -> bool:
    """Send nothing for an account and decide nothing, until somebody resumes it.

    What comes in is kept. X is not asked meanwhile, and restarts change nothing.

    Returns:
        Whether there is such an account.
    """
    before = await tx.health.account(account_id)
    if before is None or before.state == AccountState.UNLISTED:
        return False
    held = replace(before, state=AccountState.PAUSED, reason=BY_OPERATOR, check_at=None)
    await _put(tx, await _of_account(tx, account_id), held, at)
    return True


async def restart(tx: Tx, account_id: UserId, *, at: datetime) -> bool:
    """Let an account go on that somebody has paused, or that has new tokens.

    Where X had held it, one message at a time goes until one has arrived.

    Returns:
        Whether there is such an account.
    """
    before = await tx.health.account(account_id)
    if before is None or before.state == AccountState.UNLISTED:
        return False
    if before.state != AccountState.CONNECTED:
        restored = before.restored(Scope.ACCOUNT)
        await _put(tx, await _of_account(tx, account_id), restored, at)
    return True


async def _of_account(tx: Tx, account_id: UserId) -> Check:
    return Check(Scope.ACCOUNT, await tx.health.app_of(account_id) or "", account_id)


async def resume(tx: Tx, held: Check, *, at: datetime) -> None:
    """Let everything of an account or app go on."""
    before = await _standing(tx, held)
    if before is not None and before.check_at is not None:
        await _put(tx, held, before.restored(held.scope), at)


async def proved(tx: Tx, account_id: UserId, *, at: datetime) -> None:
    """End the trial of an account and of its app: a message has arrived."""
    app_key = await tx.health.app_of(account_id)
    if app_key is None:
        return
    for held in (Check(Scope.APP, app_key, account_id), Check(Scope.ACCOUNT, app_key, account_id)):
        before = await _standing(tx, held)
        if before is not None and before.holds and before.check_at is None:
            await _put(tx, held, before.proved(), at)


async def _standing(tx: Tx, held: Check) -> Health | None:
    if held.scope is Scope.APP:
        return await tx.health.app(held.app_key)
    return await tx.health.account(held.account_id)


async def _put(tx: Tx, held: Check, health: Health, at: datetime) -> None:
    if held.scope is Scope.APP:
        await tx.health.put_app(held.app_key, health)
        concerned = await tx.health.accounts_of(held.app_key)
    else:
        await tx.health.put_account(held.account_id, health)
        concerned = [held.account_id]
    for account_id in concerned:
        if health.check_at is None:
            await tx.outbox.release(account_id)
        else:
            await tx.outbox.hold_back(account_id, health.check_at)
        kind = f"{held.scope}_{health.state}"
        await tx.changes.append(account_id, kind, conversation_id="", ref=held.app_key, at=at)


class AccountKeeper:
    """Finds out when what is held works again.

    Args:
        means: Store, gateway, clock and policy.
        outbox: Woken when messages may go again.
        wake: Set when something has just been held.
    """

    def __init__(self, means: Means, *, outbox: Wake, wake: Wake) -> None:
        self._store = means.store
        self._gateway = means.gateway
        self._clock = means.clock
        self._policy = means.retry
        self._outbox = outbox
        self.wake = wake

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            try:
                for held in await self._claim():
                    await self._check(held)
            except StoreUnavailable as error:
                _log.error("checks wait for the database", reason=str(error))
            await self.wake.wait()

    async def _claim(self) -> list[Check]:
        now = self._clock.now()
        due = await self._store.transact(lambda tx: tx.health.to_check(now), is_durable=False)
        if not due:
            return []
        return await self._store.transact(lambda tx: _claimed(tx, due, now))

    async def _check(self, held: Check) -> None:
        try:
            await self._gateway.check(held.account_id)
        except RejectedByX as error:
            await self._refused(held, error)
        except SendError as error:
            now = self._clock.now()
            again = now + _AGAIN[held.scope]
            if isinstance(error, RateLimited):
                limited = self._policy.limited(error, attempt=1, now=now)
                again = waiting.at_most(max(again, limited.when), now=now)
            _log.warning("not checked", account=held.account_id, reason=type(error).__name__)
            await self._store.transact(lambda tx: _later(tx, held, again))
        else:
            _log.warning("seems to work again", account=held.account_id, scope=str(held.scope))
            now = self._clock.now()
            await self._store.transact(lambda tx: resume(tx, held, at=now))
            self._outbox.set()

    async def _refused(self, held: Check, error: RejectedByX) -> None:
        now, why = self._clock.now(), hold_of_question(error)
        if error.code == _CLOCK_IS_WRONG or why is None:
            # Says nothing about the credentials.
            again = now + _AGAIN[held.scope]
            await self._store.transact(lambda tx: _later(tx, held, again))
            return
        _log.warning("held back by X still", account=held.account_id, why=why.reason)
        await self._store.transact(lambda tx: _learn(tx, held, why, now))


async def _learn(tx: Tx, held: Check, why: Hold, now: datetime) -> None:
    """Note what a check has found: the same as before, or that it is the other of the two."""
    if why.scope is held.scope:
        before = await _standing(tx, held)
        # One that a person has paused meanwhile is not checked, nor one that goes on again.
        if before is not None and before.check_at is not None:
            await _put(tx, held, before.held(why, now), now)
    elif why.scope is Scope.APP:
        await hold(tx, held.account_id, why, at=now)
    else:
        await _later(tx, held, now)  # the next account is tried
        await hold(tx, held.account_id, why, at=now)


async def _later(tx: Tx, held: Check, again: datetime) -> None:
    """Put the next check off, and say nothing of it."""
    health = await _standing(tx, held)
    if health is None or health.check_at is None:
        return
    if held.scope is Scope.APP:
        await tx.health.put_app(held.app_key, replace(health, check_at=again))
    else:
        await tx.health.put_account(held.account_id, replace(health, check_at=again))


async def _claimed(tx: Tx, due: Sequence[Check], now: datetime) -> list[Check]:
    """Take checks so that no other process makes them; each comes again if this one dies."""
    taken: list[Check] = []
    for held in due:
        health = await _standing(tx, held)
        check_at = health and health.check_at
        if check_at is not None and waiting.is_over(check_at, now=now):
            await _later(tx, held, now + _AGAIN[held.scope])
            taken.append(held)
    return taken
