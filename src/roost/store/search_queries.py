"""What people look for, on any database."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

import msgspec

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Profile
from roost.ports.searching import FoundCustomer, FoundKey, FoundMessage, FoundPage
from roost.store import encoding, search_rows
from roost.store.merging import Bound
from roost.store.search_statements import CUSTOMERS, MESSAGES, CustomerRow, Found, MessageRow
from roost.store.statements import Parameters, Reading

_HIGHEST = 2**63 - 1
_LAST = chr(0x10FFFF)
"""Behind every id."""

R = TypeVar("R", MessageRow, CustomerRow)
F = TypeVar("F", FoundMessage, FoundCustomer)


class Finding(Protocol):
    """How one database looks words up."""

    async def parts(
        self, found: Found[R], words: Sequence[str], bounds: Sequence[Bound], limit: int
    ) -> Sequence[Sequence[R]]:
        """Give rows that hold every word, in several lists, the latest first in each.

        Args:
            found: What kind.
            words: What they are to hold.
            bounds: Before which place each account's rows lie. Their numbers are the same.
            limit: How many of all together are needed.
        """
        ...


class SqliteFinding:
    """Looks words up in FTS5 tables."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def parts(
        self, found: Found[R], words: Sequence[str], bounds: Sequence[Bound], limit: int
    ) -> Sequence[Sequence[R]]:
        """Give rows that hold every word; their numbers are each there once.

        The newest are looked up whosever they are: most people answer for all accounts, and words
        that are rare are then found by themselves, not beside the account's, which every row of it
        has. Where too many of them turn out to be of others, each account is asked for the rest.
        """
        within: Parameters = {
            "words": _quoted(words),
            "accounts": msgspec.json.encode([one.account_id for one in bounds]).decode(),
            "number": bounds[0].number,
            "limit": limit,
        }
        newest = await self._reading.rows(found.anywhere, within)
        wanted = [row for row in newest if row[0]]
        if len(newest) < limit or len(wanted) == len(newest):
            return [wanted]
        rest: Parameters = {"number": newest[-1][-1], "limit": limit - len(wanted)}
        return [wanted] + [
            await self._reading.rows(
                found.sqlite,
                {**rest, "words": _quoted([search_rows.of_account(one.account_id), *words])},
            )
            for one in bounds
        ]


def _quoted(words: Sequence[str]) -> str:
    """Say them to FTS5. They have no quotation marks; between these, nothing is an operator."""
    return " ".join(f'"{word}"' for word in words)


class PostgresFinding:
    """Looks words up among the newest rows, then in the index of all."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def parts(
        self, found: Found[R], words: Sequence[str], bounds: Sequence[Bound], limit: int
    ) -> Sequence[Sequence[R]]:
        """Give rows that hold every word, by look-ups for each account."""
        return [await self._rows(found, words, one, limit) for one in bounds]

    async def _rows(
        self, found: Found[R], words: Sequence[str], bound: Bound, limit: int
    ) -> list[R]:
        wanted: Parameters = {
            "account": bound.account_id,
            "number": bound.number,
            "last": bound.last,
            "limit": limit,
            "words": " ".join([search_rows.of_account(bound.account_id), *words]),
        }
        rows = await self._reading.rows(found.recent, wanted)
        if len(rows) == limit:
            return rows
        return await self._reading.rows(found.every, wanted)


class StoredSearch:
    """`roost.ports.searching.SearchLookup` on any database. No words find nothing."""

    def __init__(self, finding: Finding) -> None:
        self._finding = finding

    async def messages(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundMessage]:
        """Give up to `limit` messages that hold every word."""
        parts = await self._parts(MESSAGES, accounts, words, after=after, limit=limit)
        return _page(parts, limit, lambda row: FoundKey(row[-1], UserId(row[0]), row[5]), _message)

    async def customers(
        self,
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> FoundPage[FoundCustomer]:
        """Give up to `limit` customers."""
        parts = await self._parts(CUSTOMERS, accounts, words, after=after, limit=limit)
        return _page(parts, limit, lambda row: FoundKey(row[-1], UserId(row[0]), row[1]), _customer)

    async def _parts(
        self,
        found: Found[R],
        accounts: Sequence[UserId],
        words: Sequence[str],
        *,
        after: FoundKey | None,
        limit: int,
    ) -> Sequence[Sequence[R]]:
        if not (accounts and words):
            return []
        bounds = [_bound(account, after) for account in accounts]
        return await self._finding.parts(found, words, bounds, limit + 1)


def _bound(account: UserId, after: FoundKey | None) -> Bound:
    if after is None:
        return Bound(account, _HIGHEST, _LAST)
    if account == after.account_id:
        return Bound(account, after.number, after.key)
    # Equal numbers are in the order of their accounts, the highest first.
    return Bound(account, after.number, _LAST if account < after.account_id else "")


def _page(
    parts: Sequence[Sequence[R]],
    limit: int,
    key_of: Callable[[R], FoundKey],
    found_of: Callable[[R], F],
) -> FoundPage[F]:
    def place(row: R) -> tuple[int, str, str]:
        key = key_of(row)
        return key.number, key.account_id, key.key

    rows = list(islice(heapq.merge(*parts, key=place, reverse=True), limit + 1))
    page = [found_of(row) for row in rows[:limit]]
    return FoundPage(page, key_of(rows[limit - 1]) if len(rows) > limit else None)


def _message(row: MessageRow) -> FoundMessage:
    return FoundMessage(
        account_id=UserId(row[0]),
        conversation_id=ConversationId(row[1]),
        customer=Profile(row[2], row[3], row[4]),
        message_id=MessageId(row[5]),
        is_received=row[6] == "in",
        at=encoding.moment(row[7]),
        text=row[8],
    )


def _customer(row: CustomerRow) -> FoundCustomer:
    return FoundCustomer(
        account_id=UserId(row[0]),
        conversation_id=ConversationId(row[1]),
        customer=Profile(row[2], row[3], row[4]),
        last_at=encoding.moment(row[5]),
    )
