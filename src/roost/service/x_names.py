"""What accounts have at X under a name, looked up so that bots can call it by that name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from roost.bot.welcoming import MARK
from roost.errors import RejectedByX, SendError, StoreUnavailable
from roost.model.ids import UserId
from roost.model.x_objects import XKind, XObject
from roost.ports import Clock, Store
from roost.service import syncing
from roost.store.control import Call
from roost.xapi import XClient

FIRST_LOOK = 5.0
"""Seconds that turns wait for the first look, so that the first of them knows X's ids already."""

LOOK_AGAIN = 60.0
"""Seconds until accounts are looked at again that could not be."""

_AT_ONCE = 8

_log = structlog.stdlib.get_logger("roost.service")


async def seen(x: XClient, account_id: UserId) -> Sequence[XObject]:
    """List what an account has at X under a name.

    An account that X has not listed for custom profiles has none.

    Raises:
        SendError: X does not answer.
    """
    welcomes = {
        syncing.bare_name(one.name): XObject(
            XKind.WELCOME, syncing.bare_name(one.name), one.x_id, is_default=one.is_default
        )
        for one in [each.kept for each in await syncing.kept(x, account_id)]
        if one.name.startswith(MARK)
    }
    try:
        # Of several of one name the first that X lists speaks.
        listed = reversed([one async for one in x.profiles.all()])
        profiles = {one.name: XObject(XKind.PROFILE, one.name, str(one.id)) for one in listed}
    except RejectedByX as error:
        _log.info("no custom profiles", account=account_id, reason=str(error))
        profiles = {}
    return [*welcomes.values(), *profiles.values()]


@dataclass(frozen=True, slots=True)
class XNames:
    """Keeps what is known of names in step with X.

    Attributes:
        store: Where it is kept.
        clients: By account, as they change.
        clock: Tells when X was looked at.
        unseen: Accounts that could not be looked at.
    """

    store: Store
    clients: Mapping[UserId, XClient]
    clock: Clock
    unseen: set[UserId] = field(default_factory=set[UserId])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, account_ids: Sequence[UserId]) -> None:
        """Look at X, and note what there is; what cannot be looked at stays as it was known."""
        slots = asyncio.Semaphore(_AT_ONCE)
        self.unseen.update(account_ids)
        async with asyncio.TaskGroup() as tasks:
            for account_id in account_ids:
                tasks.create_task(self._look_at(account_id, slots))

    @asynccontextmanager
    async def running(self, account_ids: Sequence[UserId]) -> AsyncGenerator[None]:
        """Look at once, and again at what could not be looked at, until the block is left."""
        try:
            async with asyncio.timeout(FIRST_LOOK):
                await self.look(account_ids)
        except TimeoutError:
            _log.warning("X does not tell what it has; bots begin without", n=len(self.unseen))
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(self._look_again())
            try:
                yield
            finally:
                looking.cancel()

    def calls(self) -> Mapping[str, Call]:
        """Give what the control socket answers."""

        async def look(account_id: str) -> bool:
            await self.look([UserId(account_id)])
            return UserId(account_id) not in self.unseen

        return {"look_at_x": look}

    def outdated(self, account_id: UserId) -> None:
        """Look at an account again soon: X no longer has something that was known of it."""
        self.unseen.add(account_id)
        self._news.set()

    async def _look_again(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._news.wait()
            self._news.clear()
            await self.look([*self.unseen])

    async def _look_at(self, account_id: UserId, slots: asyncio.Semaphore) -> None:
        client = self.clients.get(account_id)
        if client is None:
            self.unseen.discard(account_id)  # nobody is to be served under it any more
            return
        try:
            async with slots:
                await note(self.store, client, account_id, self.clock)
        except (SendError, StoreUnavailable) as error:
            _log.warning("X was not looked at", account=account_id, reason=str(error))
        else:
            self.unseen.discard(account_id)


async def note(store: Store, x: XClient, account_id: UserId, clock: Clock) -> None:
    """Look what one account has at X, and note it.

    Raises:
        SendError: X does not answer.
        StoreUnavailable: It could not be noted.
    """
    objects, at = await seen(x, account_id), clock.now()
    await store.transact(lambda tx: tx.x_objects.replace(account_id, objects, at=at))
