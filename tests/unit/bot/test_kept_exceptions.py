"""Exceptions as bytes and back: they come back as they were, or are not kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from roost.bot import failures
from roost.bot.failures import NotKeepable
from roost.errors import InvalidMessage
from roost.testing.clocks import NOON


class ShopDown(Exception):
    """Takes other arguments than it hands on, as many do."""

    def __init__(self, code: int, *, order: str) -> None:
        super().__init__(f"{code} for {order}")
        self.code = code
        self.order = order


class Opaque(Exception):
    pass


def raised_by(act: Callable[[], object]) -> Exception:
    with pytest.raises((OSError, LookupError, ValueError)) as caught:
        act()
    return caught.value


ODD: list[Exception] = [
    ShopDown(503, order="A1"),
    raised_by(lambda: Path("/nowhere").read_bytes()),
    raised_by(lambda: {}[1, "a"]),
    raised_by(b"\xff".decode),
    raised_by(lambda: json.loads("{")),
    InvalidMessage("text", "too long", limit=1, value=2),
    ValueError(NOON, [1, (2, b"3")], {"four": None}),
    ExceptionGroup("several", [ValueError(1), KeyError("a")]),
    OSError(ConnectionRefusedError(111, "refused")),
    TimeoutError(),
]


@pytest.mark.parametrize("error", ODD, ids=lambda one: type(one).__name__)
def test_an_exception_comes_back_as_it_was(error: Exception) -> None:
    packed, same = failures.keep(error)
    again = failures.again(packed)
    assert same is error
    assert (type(again), str(again), repr(again)) == (type(error), str(error), repr(error))
    assert repr(vars(again)) == repr(vars(error))
    assert getattr(again, "errno", None) == getattr(error, "errno", None)


def test_what_could_only_be_kept_in_part_is_not_kept() -> None:
    class Local(Exception): ...

    class Strange(Exception):
        def __str__(self) -> str:
            raise Opaque

    for odd in (Opaque(object()), Opaque("x" * 70_000), Local(), Strange()):
        with pytest.raises(NotKeepable):
            failures.keep(odd)
