"""The shared statements as PostgreSQL's driver wants them: with numbered parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.engine import Dialect

from roost.store import encoding
from roost.store.statements import Command, Parameter, Parameters

_DIALECT: Dialect = dialect()


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement with `$1`, `$2` and so on.

    Attributes:
        sql: Its text.
        names: Which parameter each number stands for.
        is_change: Whether it changes rows.
    """

    sql: str
    names: tuple[str, ...]
    is_change: bool

    def arguments(self, parameters: Parameters) -> list[Parameter]:
        """Put parameters in the order of their numbers, each such that the database takes it."""
        storable = encoding.storable_parameters(parameters)
        return [storable[name] for name in self.names]


@cache
def numbered(statement: Command) -> Numbered:
    """Compile a statement, once; errors as in `number`."""
    return number(statement.core)


@cache
def arrayed(statement: Command) -> Numbered | None:
    """Compile what takes many sets of parameters at once, once; `None` where there is none."""
    return None if statement.arrays is None else number(statement.arrays)


def number(core: ClauseElement) -> Numbered:
    """Compile what a statement is made of.

    Raises:
        ValueError: It has a constant that is a parameter; constants are to be `fixed`.
    """
    compiled = core.compile(dialect=_DIALECT)
    if any(value is not None for value in (compiled.params or {}).values()):
        raise ValueError(f"a constant among the parameters of {compiled.string}")
    order: Iterable[str] = getattr(compiled, "positiontup", None) or ()
    is_change = bool(getattr(core, "is_dml", False))
    return Numbered(compiled.string, tuple(order), is_change)
