"""The SQL by which messages and customers are found, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import (
    CTE,
    BigInteger,
    ClauseElement,
    Column,
    ColumnElement,
    FromClause,
    Table,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import HasCTE

from roost.store.search_tables import customer_words, message_words
from roost.store.statements import Query, fixed
from roost.store.tables import conversations, messages

MessageRow = tuple[str, str, str, str, str, str, str, int, str, int]
"""Account, conversation, customer, screen name, name, message, direction, time, text, number."""

CustomerRow = tuple[str, str, str, str, str, int, int]
"""Account, conversation, customer, screen name, name, time of the last message, number."""

R = TypeVar("R", MessageRow, CustomerRow)

RECENT = 1_000
"""So many of the newest are read before PostgreSQL's index is asked: a word that very many
messages hold is among them, and the index would have to give all of these."""

_number = bindparam("number", type_=BigInteger)
_last = bindparam("last", type_=Text)
_limit = bindparam("limit", type_=BigInteger)

_CUSTOMER = (
    conversations.c.account_id,
    conversations.c.conversation_id,
    conversations.c.customer_id,
    conversations.c.customer_screen_name,
    conversations.c.customer_name,
)


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """How one kind of thing is found.

    Attributes:
        sqlite: By the FTS5 table.
        anywhere: By the FTS5 table, whosever they are: of an account that is none of `accounts`,
            a JSON list, only the number is told.
        recent: In PostgreSQL, among the newest `RECENT`.
        every: In PostgreSQL, among all, by the index of their words.
    """

    sqlite: Query[R]
    anywhere: Query[R]
    recent: Query[R]
    every: Query[R]


def _message(hits: FromClause, *, is_anywhere: bool = False) -> ClauseElement:
    return (
        select(
            *_customer_columns(is_anywhere=is_anywhere),
            messages.c.message_id,
            messages.c.direction,
            messages.c.at,
            messages.c.text,
            hits.c.number,
        )
        .join_from(
            hits,
            messages,
            (messages.c.account_id == hits.c.account_id)
            & (messages.c.message_id == hits.c.message_id)
            & _is_wanted(hits, is_anywhere=is_anywhere),
            isouter=is_anywhere,
        )
        .join(
            conversations,
            (conversations.c.account_id == messages.c.account_id)
            & (conversations.c.conversation_id == messages.c.conversation_id),
            isouter=is_anywhere,
        )
        .order_by(hits.c.number.desc(), messages.c.message_id.desc())
    )


def _customer(hits: FromClause, *, is_anywhere: bool = False) -> ClauseElement:
    return (
        select(*_customer_columns(is_anywhere=is_anywhere), conversations.c.last_at, hits.c.number)
        .join_from(
            hits,
            conversations,
            (conversations.c.account_id == hits.c.account_id)
            & (conversations.c.conversation_id == hits.c.conversation_id)
            & _is_wanted(hits, is_anywhere=is_anywhere),
            isouter=is_anywhere,
        )
        .order_by(hits.c.number.desc(), conversations.c.conversation_id.desc())
    )


def _customer_columns(*, is_anywhere: bool) -> Sequence[ColumnElement[str]]:
    if not is_anywhere:
        return _CUSTOMER
    return func.coalesce(conversations.c.account_id, fixed("")), *_CUSTOMER[1:]


def _is_wanted(hits: FromClause, *, is_anywhere: bool) -> ColumnElement[bool]:
    if not is_anywhere:
        return true()
    wanted = func.json_each(bindparam("accounts", type_=Text)).table_valued("value")
    return hits.c.account_id.in_(select(wanted.c.value))


def _sqlite_hits(words: Table, key: Column[str]) -> FromClause:
    name = f"{words.name}_found"
    found = table(name, column("rowid", BigInteger), column(name, Text))
    rowid = found.c.rowid
    return (
        select(words.c.account_id, key, rowid.label("number"))
        .join_from(found, words, words.c.entry == rowid)
        .where(found.c[name].op("MATCH")(bindparam("words", type_=Text)), rowid < _number)
        .order_by(rowid.desc())
        .limit(_limit)
        .subquery("hits")
    )


def _postgresql_hits(words: Table, key: Column[str], *, is_recent: bool) -> FromClause:
    before = (
        words.c.account_id == bindparam("account"),
        tuple_(words.c.position, key) < tuple_(_number, _last),
    )
    columns = (words.c.account_id, key, words.c.position.label("number"))
    if is_recent:
        newest = _materialised(
            select(*columns, words.c.words)
            .where(*before)
            .order_by(words.c.position.desc(), key.desc())
            .limit(literal_column(str(RECENT), BigInteger)),
            "newest",
        )
        matched = select(newest).where(_holds(newest.c.words)).subquery("matched")
    else:
        # By itself, so that nobody thinks of walking over messages until there are enough.
        matched = _materialised(select(*columns).where(*before, _holds(words.c.words)), "matched")
    order = matched.c.number.desc(), matched.c[key.name].desc()
    return select(matched).order_by(*order).limit(_limit).subquery("hits")


def _materialised(chosen: HasCTE, name: str) -> CTE:
    return chosen.cte(name).prefix_with("MATERIALIZED")


def _holds(words: ColumnElement[str]) -> ColumnElement[bool]:
    blank = literal_column("' '", Text)
    wanted = func.string_to_array(bindparam("words", type_=Text), blank)
    return func.string_to_array(words, blank).bool_op("@>")(wanted)


MESSAGES: Found[MessageRow] = Found(
    Query(_message(_sqlite_hits(message_words, message_words.c.message_id))),
    Query(_message(_sqlite_hits(message_words, message_words.c.message_id), is_anywhere=True)),
    Query(_message(_postgresql_hits(message_words, message_words.c.message_id, is_recent=True))),
    Query(_message(_postgresql_hits(message_words, message_words.c.message_id, is_recent=False))),
)
_conversation = customer_words.c.conversation_id
CUSTOMERS: Found[CustomerRow] = Found(
    Query(_customer(_sqlite_hits(customer_words, _conversation))),
    Query(_customer(_sqlite_hits(customer_words, _conversation), is_anywhere=True)),
    Query(_customer(_postgresql_hits(customer_words, _conversation, is_recent=True))),
    Query(_customer(_postgresql_hits(customer_words, _conversation, is_recent=False))),
)
