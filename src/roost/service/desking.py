"""The desk put together from the settings, and what runs beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from litestar import Litestar

import roost
from roost.bot.decider import BotDecider
from roost.bot.welcoming import Declared
from roost.desk import app
from roost.desk.access import Access
from roost.desk.connections import Connections
from roost.desk.feed import Feed
from roost.desk.parts import DeskParts
from roost.desk.showing import Showing
from roost.desk.throttle import Throttle
from roost.desk.wire import Account
from roost.engine import answering
from roost.engine.answering import Command
from roost.engine.worker import Worker
from roost.errors import NoConversation
from roost.model.ids import ConversationId, UserId
from roost.ports import Clock
from roost.service import controls, customer_calls, inviting
from roost.service.clock import SystemClock
from roost.service.desk_at_x import DeskAtX
from roost.service.desk_greetings import DeskGreetings
from roost.service.inviting import Doors
from roost.service.key_calls import KeyCalls
from roost.service.roster import Roster
from roost.settings import Settings
from roost.store.control import Call
from roost.store.durable import DurableStore
from roost.store.registry import AccountRow


@asynccontextmanager
async def desk(
    roster: Roster,
    store: DurableStore,
    *,
    connections: Connections,
    worker: Worker,
    bots: Sequence[BotDecider],
) -> AsyncGenerator[Litestar]:
    """Give the pages, and follow the change feed for them until the block is left.

    Args:
        roster: Who is served, and the clock that stamps what people do.
        store: Open.
        connections: What is between us and X.
        worker: Told when there is something for it to do.
        bots: Those that run in this process.
    """
    settings, feed, wall = roster.settings, Feed(store), SystemClock()
    store.tell(feed.wake)
    is_secure = (settings.public_url or "").startswith("https:")
    served = _accounts(settings, await store.accounts())

    async def follow(_new: Sequence[UserId]) -> None:
        served[:] = _accounts(roster.settings, await store.accounts())

    roster.tell(follow)
    parts = DeskParts(
        store=store,
        clock=roster.reach.clock,
        wall=wall,
        accounts=served,
        access=Access(store, store.people, store.api_keys, wall, is_secure=is_secure),
        feed=feed,
        on_queued=worker.send_soon,
        on_requeued=worker.wake,
        at_x=DeskAtX(roster.clients),
        greetings=DeskGreetings(roster.clients, partial(_declared, served, bots)),
        connections=connections,
        limits_sends=settings.rate_limits == "documented",
        showing=_showing(settings, worker, roster.reach.clock),
        throttle=Throttle(store, wall),
        undo_for=timedelta(seconds=settings.undo_send_s),
        framed_by=settings.framed_by,
    )
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(feed.run())
        try:
            yield app.pages(parts, partial(controls.rows, store), version=roost.__version__)
        finally:
            following.cancel()


def calls(settings: Settings, store: DurableStore, clock: Clock) -> Mapping[str, Call]:
    """Give what the control socket answers about people, and does in their stead."""

    async def hand_back(account_id: str, conversation_id: str) -> bool:
        act = Command(UserId(account_id), ConversationId(conversation_id), clock.now())
        try:
            await store.transact(lambda tx: answering.hand_back(tx, act))
        except NoConversation:
            return False
        return True

    doors = Doors(store, SystemClock(), inviting.address_of(settings)).calls()
    keys = KeyCalls(store, SystemClock()).calls()
    asked = customer_calls.calls(settings, store, clock)
    return {**doors, **keys, **asked, "hand_back": hand_back}


def _showing(settings: Settings, worker: Worker, clock: Clock) -> Showing:
    return Showing(
        worker.show, clock, shows_typing=settings.shows_typing, marks_read=settings.marks_read
    )


def _declared(
    served: Sequence[Account], bots: Sequence[BotDecider], account_id: UserId
) -> Sequence[Declared] | None:
    """Give the welcome messages an account's bot declares; `None` where it runs elsewhere."""
    name = next((one.bot for one in served if one.account_id == account_id), "")
    if not name:
        return ()
    return next((one.welcomes for one in bots if one.name == name), None)


def _accounts(settings: Settings, rows: Sequence[AccountRow]) -> list[Account]:
    names = {one.user_id: one.screen_name or "" for one in settings.accounts.values()}
    return [
        Account(account_id=row.account_id, screen_name=names.get(row.account_id, ""), bot=row.bot)
        for row in rows
        if row.account_id in names
    ]
