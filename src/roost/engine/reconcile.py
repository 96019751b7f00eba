"""Did X take that message? Proof by echo first, by listing second; sent again only after neither.

X has no idempotency key for Direct Messages, and an error is no proof that nothing happened.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from roost.engine.wake import Wake
from roost.errors import RateLimited, SendError, StoreUnavailable
from roost.model.events import MessageSent
from roost.model.outbound import OutboxEntry
from roost.ports import Clock, Gateway, SentMessage, Store, Tx

_AFTER_FAILED_LISTING = timedelta(minutes=1)
"""Until an account's messages are listed again after that failed; X allows 15 in 15 minutes."""

_log = structlog.stdlib.get_logger("roost.reconcile")


def canonical(text: str) -> str:
    """Give the form in which our text and X's copy of it are equal."""
    return unicodedata.normalize("NFC", html.unescape(text)).strip()


def match(entry: OutboxEntry, candidates: Sequence[SentMessage]) -> SentMessage | None:
    """Find the message that is this entry's: the first of ours with the same text.

    Args:
        entry: One attempt whose outcome is unknown.
        candidates: Our messages above its baseline that no entry is linked to. Since a
            conversation has one attempt in flight, the first with its text is this attempt's.
    """
    wanted = canonical(entry.message.text)
    for one in sorted(candidates, key=lambda candidate: candidate.position):
        if canonical(one.text) == wanted:
            return one
    return None


async def settle_if_known(tx: Tx, entry: OutboxEntry) -> bool:
    """Mark an uncertain entry sent if X has told us of its message; whether it had."""
    found = match(entry, await tx.messages.unlinked(entry))
    if found is None:
        return False
    await tx.messages.put_sent(entry, found.message_id, entry.attempted_at)
    await tx.outbox.finish(entry, found.message_id)
    await tx.changes.append(
        entry.account_id,
        "outbox_sent",
        conversation_id=entry.conversation_id,
        ref=str(entry.outbox_id),
        at=entry.attempted_at,
    )
    return True


class Reconciler:
    """Settles uncertain sends that no echo has settled.

    Args:
        store: Durable state.
        gateway: The way to X.
        clock: Ages the attempts.
        waits: When to list after an attempt began, in rising order. If the last listing does not
            show the message either, it is sent again.
        outbox: Woken when something is to be sent again.
    """

    def __init__(
        self,
        *,
        store: Store,
        gateway: Gateway,
        clock: Clock,
        waits: Sequence[timedelta],
        outbox: Wake,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._waits = tuple(waits)
        self._outbox = outbox
        self._opens_at: dict[str, datetime] = {}
        self._listed: dict[tuple[str, int, int], int] = {}
        self.wake = Wake()

    async def run(self) -> None:
        """Look at uncertain sends until cancelled."""
        while True:
            try:
                await self._look()
            except StoreUnavailable as error:
                _log.error("reconciling waits for the database", reason=str(error))
            await self.wake.wait()

    async def _look(self) -> None:
        entries = await self._store.transact(lambda tx: tx.outbox.uncertain(), is_durable=False)
        waiting = {_attempt(entry) for entry in entries}
        self._listed = {key: n for key, n in self._listed.items() if key in waiting}
        for entry in entries:
            now = self._clock.now()
            done = self._listed.get(_attempt(entry), 0)
            is_open = now >= self._opens_at.get(entry.account_id, now)
            if is_open and self._is_due(entry, done, now):
                await self._list(entry, done + 1)

    def _is_due(self, entry: OutboxEntry, done: int, now: datetime) -> bool:
        return now - entry.attempted_at >= self._waits[min(done, len(self._waits) - 1)]

    def _next_look(self, error: SendError) -> datetime:
        soon = self._clock.now() + _AFTER_FAILED_LISTING
        resets_at = error.resets_at if isinstance(error, RateLimited) else None
        return max(soon, resets_at or soon)

    async def _list(self, entry: OutboxEntry, n: int) -> None:
        try:
            sent = await self._gateway.sent_since(entry)
        except SendError as error:
            self._opens_at[entry.account_id] = self._next_look(error)
            _log.warning("listing failed", account=entry.account_id, reason=type(error).__name__)
            return
        is_last = n >= len(self._waits)
        is_settled = await self._store.transact(lambda tx: _learn(tx, entry, sent, is_last=is_last))
        self._listed[_attempt(entry)] = n
        if is_last and not is_settled:
            _log.warning("sent again after no proof of arrival", outbox_id=entry.outbox_id)
            self._outbox.set()


def _attempt(entry: OutboxEntry) -> tuple[str, int, int]:
    return entry.account_id, entry.outbox_id, entry.attempt


async def _learn(tx: Tx, entry: OutboxEntry, sent: Sequence[MessageSent], *, is_last: bool) -> bool:
    current = await tx.outbox.uncertain((entry.account_id, entry.conversation_id))
    if all(_attempt(one) != _attempt(entry) for one in current):
        return True  # an echo settled it meanwhile
    for event in sent:
        await tx.messages.put(event)
    if await settle_if_known(tx, entry):
        return True
    if is_last:
        await tx.outbox.postpone(entry, entry.attempted_at, reason="absent at X twice")
    return False
