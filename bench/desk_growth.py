"""What the desk's reads cost with few conversations stored and with very many (goal 7).

Lists, counts, conversations and searches are asked of the store as the desk's handlers ask it, in
databases of `population.py`: all of an administrator's accounts at once, pages of 50 rows.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import growing
import population
import report
import texts
from growing import Growth
from postgresql import Databases

from roost.model import searching
from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId
from roost.ports.desk import PageKey, View
from roost.store.conversation_rows import NOBODY_WAITS
from roost.store.durable import DurableStore
from roost.store.postgresql.store import PostgresStore
from roost.store.sqlite import SqliteStore

FEW, MANY, QUICK = 10_000, 1_000_000, 50_000
TIMES = 40
"""How often each operation is done for one figure, which is their median."""

DIFFERENT = 10
"""How many conversations are read in turn; each operation is done so often before it counts."""

PAGE, FOUND = 50, 20
LIST, SEARCH = 1.5, 4.0
"""How much lists and conversations, and searches, may grow."""

_ACCOUNTS = [UserId(one) for one in population.ACCOUNTS]
_ME = PersonId(population.PEOPLE[0])


@dataclass(frozen=True, slots=True)
class Stored:
    """A database of some size.

    Attributes:
        store: Over it.
        messages: How many there are.
    """

    store: DurableStore
    messages: int


Operation = Callable[[Stored, int], Awaitable[None]]
"""Does something; the number says how often it was done before."""


def _page(view: View, *, from_middle: bool = False) -> Operation:
    async def once(stored: Stored, _n: int) -> None:
        after = _middle(view, stored.messages) if from_middle else None
        tag = population.TAGS[0] if view is View.TAGGED else ""
        page = await stored.store.desk.page(_ACCOUNTS, view, _ME, tag=tag, after=after, limit=PAGE)
        _expect(view, page.conversations, PAGE)

    return once


def _middle(view: View, messages: int) -> PageKey:
    at = population.LAST_MS - messages // 2 * population.BETWEEN_MS
    number = at if view is View.ALL else NOBODY_WAITS - at
    return PageKey(number, _ACCOUNTS[1], ConversationId(""))


async def _counts(stored: Stored, _n: int) -> None:
    counted = await stored.store.desk.counts(_ACCOUNTS, _ME)
    _expect("counts", [one for one in counted.values() if one], len(View) - 1)


async def _conversation(stored: Stored, n: int) -> None:
    blocks = stored.messages // population.MESSAGES_OF_BLOCK
    where = population.longest(n % DIFFERENT * blocks // DIFFERENT)
    page = await stored.store.desk.transcript(*where, before=None, limit=PAGE)
    _expect(where, page.lines, PAGE)


def _messages(words: str, found: int) -> Operation:
    async def once(stored: Stored, _n: int) -> None:
        page = await stored.store.search.messages(
            _ACCOUNTS, searching.looked_for(words), after=None, limit=FOUND
        )
        _expect(words, page.found, found)

    return once


def _customers(words: str, found: int) -> Operation:
    async def once(stored: Stored, _n: int) -> None:
        page = await stored.store.search.customers(
            _ACCOUNTS, searching.looked_for(words), after=None, limit=FOUND
        )
        _expect(words, page.found, found)

    return once


def _expect(what: object, found: Sequence[object], wanted: int) -> None:
    if len(found) != wanted:
        raise RuntimeError(f"{what}: {len(found)} found, not {wanted}")


OPERATIONS: Mapping[str, tuple[Operation, float]] = {
    **{f"list, {view}": (_page(view), LIST) for view in View},
    "list, all, from the middle": (_page(View.ALL, from_middle=True), LIST),
    "list, resolved, from the middle": (_page(View.RESOLVED, from_middle=True), LIST),
    "counts": (_counts, SEARCH),
    "conversation": (_conversation, LIST),
    "search, rare word": (_messages(texts.RARE, FOUND), SEARCH),
    "search, common word": (_messages(texts.COMMON, FOUND), SEARCH),
    "search, two words": (_messages(f"{texts.COMMON} warehouse", FOUND), SEARCH),
    "search, two words never together": (_messages(f"{texts.COMMON} invoice", 0), SEARCH),
    "search, an order's number": (_messages(texts.order_number(5_000), 1), SEARCH),
    "search, no hit": (_messages(texts.ABSENT, 0), SEARCH),
    "customers, by a name's beginning": (_customers("lind", FOUND), SEARCH),
    "customers, by screen name": (_customers("customer_000777", 1), SEARCH),
    "customers, no hit": (_customers(texts.ABSENT, 0), SEARCH),
}
"""What is measured, and how much it may grow."""


@asynccontextmanager
async def _filled(messages: int, databases: Databases | None) -> AsyncGenerator[Stored]:
    if databases is not None:
        dsn = await growing.filled_database(population.fill_postgresql, messages, databases)
        async with PostgresStore.open(dsn) as store:
            yield Stored(store, messages)
        return
    async with (
        growing.filled_file(population.fill_sqlite, messages) as path,
        SqliteStore.open(path) as store,
    ):
        yield Stored(store, messages)


GROWTH = Growth("desk_growth", FEW, TIMES, DIFFERENT, OPERATIONS, _filled)


def main() -> None:
    """Parse options and measure."""
    parser = report.parser(__doc__, takes_dsn=True)
    parser.add_argument(
        "--messages", type=population.thousands, help=f"{MANY:,} by default, {QUICK:,} if quick"
    )
    arguments = parser.parse_args()
    many = arguments.messages or (QUICK if arguments.quick else MANY)
    growing.measure(GROWTH, arguments, many, title="The desk's growth")


if __name__ == "__main__":
    main()
