"""Rows of several accounts in one order, by one query that reads no more of them than it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    GenerativeSelect,
    Select,
    Text,
    bindparam,
    literal_column,
    select,
    union_all,
)

from roost.store.statements import Parameter, Query, R, Reading

AT_ONCE = 8
"""Most accounts of one query; a database takes time to plan more."""

_SIZES = (21, 51, 101)


@dataclass(frozen=True, slots=True)
class Bound:
    """Beyond which place an account's rows are wanted.

    Attributes:
        account_id: Whose.
        number: What rows are in the order of, first.
        last: What they are in the order of among those with the same number.
    """

    account_id: str
    number: int
    last: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A `Bound` as parameters of a query."""

    account: BindParameter[str]
    number: BindParameter[int]
    last: BindParameter[str]


@dataclass(frozen=True, slots=True)
class Merged(Generic[R]):
    """A query of one account, asked of several at once.

    Each account's rows lie in an index in the order that is asked for. So the database walks along
    one index for each account, takes whichever row comes next, and stops where there are enough.

    Attributes:
        arm: Makes an account's part of the query, without order and limit. Called anew for each.
        order: The numbers of the columns that all rows are in the order of, the first one is 1.
        is_descending: Whether the highest come first.
    """

    arm: Callable[[Asked], Select[*tuple[Parameter, ...]]]
    order: Sequence[int]
    is_descending: bool = False
    _made: dict[tuple[int, int], Query[R]] = field(default_factory=dict, init=False)

    def query(self, accounts: int, rows: int) -> Query[R]:
        """Give the query for some accounts, made once.

        The limit stands in its text: PostgreSQL would expect a parameter to be a tenth of all
        rows, find that too dear, and plan each time anew. So that there are few texts, it is
        rounded up.

        Args:
            accounts: How many, from one on. Their parameters are `account_0`, `number_0`,
                `last_0`, and so on.
            rows: How many at least, if there are so many.
        """
        size = next((size for size in _SIZES if size >= rows), rows)
        made = self._made.get((accounts, size))
        if made is None:
            made = self._made[accounts, size] = self._compiled(accounts, size)
        return made

    def _compiled(self, accounts: int, size: int) -> Query[R]:
        arms = [self.arm(_asked(n)) for n in range(accounts)]
        # SQLite walks along all indexes at once by itself; PostgreSQL sorts everything unless each
        # account's part is a list of its own.
        lists = [self._cut(arm, size).subquery() for arm in arms]
        apart = union_all(*(select(*one.c) for one in lists))
        return Query[R](self._cut(apart, size), for_sqlite=self._cut(union_all(*arms), size))

    def _cut(self, rows: GenerativeSelect, size: int) -> GenerativeSelect:
        for n in self.order:
            place: ColumnElement[int] = literal_column(str(n), BigInteger)
            rows = rows.order_by(place.desc() if self.is_descending else place)
        return rows.limit(literal_column(str(size), BigInteger))


def _asked(n: int) -> Asked:
    return Asked(
        bindparam(f"account_{n}", type_=Text),
        bindparam(f"number_{n}", type_=BigInteger),
        bindparam(f"last_{n}", type_=Text),
    )


async def parts(
    reading: Reading,
    merged: Merged[R],
    bounds: Sequence[Bound],
    *,
    rows: int,
    **same: Parameter,
) -> list[list[R]]:
    """Ask about any number of accounts, by one query for `AT_ONCE` of them.

    Args:
        reading: Where.
        merged: What.
        bounds: Where each account's rows begin.
        rows: How many of all together are needed; there may be some more in each answer.
        same: Further parameters.

    Returns:
        Each query's rows, in their order.
    """
    answers: list[list[R]] = []
    for begun in range(0, len(bounds), AT_ONCE):
        some = bounds[begun : begun + AT_ONCE]
        asked: dict[str, Parameter] = dict(same)
        for n, bound in enumerate(some):
            asked |= {f"account_{n}": bound.account_id, f"number_{n}": bound.number}
            asked[f"last_{n}"] = bound.last
        answers.append(await reading.rows(merged.query(len(some), rows), asked))
    return answers
