"""Passing the points of a dialog: one after the other, and none after a mistake."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from roost.bot.awaiting import Calls
from roost.bot.failures import NotKeepable
from roost.bot.journal import CUT_SHORT, Journal, name_in
from roost.errors import BotError, DialogChanged, JournalFull
from roost.model.dialogs import Point

T = TypeVar("T")

_CUT_AGAIN_WITHIN_S = 1.0
"""How much later than the first time a step is cut short when its dialog is run again."""


class Passage:
    """What one run of a handler keeps in order.

    Args:
        journal: Of its dialog.
        calls: The verbs that were called.
        place: `file:line` of the handler.
    """

    def __init__(self, journal: Journal, calls: Calls, place: str) -> None:
        self._journal = journal
        self._calls = calls
        self._place = place
        self._verb = ""
        self._is_over = False
        self._unkept: BotError | None = None
        self._stuck: Exception | None = None

    @property
    def is_over(self) -> bool:
        """Whether the handler has returned, or was unwound."""
        return self._is_over

    @contextmanager
    def of(self, verb: str) -> Generator[None]:
        """Pass one point.

        Raises:
            BotError: It is not alone, or its handler has returned.
            Exception: What came in the way before: a handler may catch it, and not go on.
        """
        if self._is_over:
            raise BotError(
                f"`{verb}` of a `chat` whose handler has returned, so it does nothing",
                place=self._place,
                remedy="Use `chat` only in the handler it is given to, and await there all it does",
            )
        self._stuck = self._stuck or self._unkept
        if self._stuck is not None:
            raise self._stuck
        if self._verb:
            self.refuse(
                f"`{verb}` while `{self._verb}` is not done",
                remedy="Await one verb of `chat` after the other",
            )
        self._verb = verb
        try:
            yield
        except (DialogChanged, JournalFull) as error:
            self._stuck = error
            raise
        finally:
            self._verb = ""

    def close(self) -> None:
        """Let no point be passed any more.

        Raises:
            Exception: What came in the way, and was caught by the handler.
        """
        self._is_over = True
        if self._stuck is not None:
            raise self._stuck

    def refuse(self, problem: str, *, remedy: str) -> NoReturn:
        """Refuse how a verb was used; nothing the handler does after that counts.

        Raises:
            BotError: Names the line the verb was called in.
        """
        self._stuck = BotError(problem, place=self._calls.last_place or self._place, remedy=remedy)
        raise self._stuck

    async def attempt(self, verb: str, doing: Awaitable[T], fingerprint: str) -> T:
        """Do what may raise; that is a point then, which raises again whenever it is passed.

        Raises:
            Exception: What it raised, without what cannot be kept of it.
        """
        try:
            return await doing
        except Exception as error:
            same = self._failed(verb, error, fingerprint)
            if same is error:
                raise
            raise same.with_traceback(error.__traceback__) from error

    def _failed(self, verb: str, error: Exception, fingerprint: str) -> Exception:
        try:
            return self._journal.fail(verb, error, fingerprint)
        except NotKeepable as reason:
            # It is raised as it is: only a handler that catches it, and goes on, is told.
            place = self._calls.last_place or self._place
            what = f"{verb} {name_in(fingerprint)}".rstrip()
            self._unkept = BotError(
                f"the handler goes on after {what} at {place} has raised {type(error).__name__}"
                f" ({error}), which cannot be raised again when the dialog goes on: {reason}",
                place=place,
                remedy="Catch it in the function that the step is given, and raise an exception of"
                " your own there, with plain arguments, or return what the dialog needs to know",
            )
            return error

    async def cut(self, name: str, doing: Awaitable[T]) -> T:
        """Do a step; where it is cancelled, that is a point too."""
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        try:
            return await doing
        except asyncio.CancelledError:
            took = loop.time() - begun_at
            self._journal.write(CUT_SHORT, name, f"{took:.3f}".encode())
            raise

    async def cut_again(self, point: Point) -> None:
        """Wait until a step that was cut short is cut short again; nothing for any other.

        Raises:
            DialogChanged: It is not.
        """
        if point.kind == CUT_SHORT:
            await asyncio.sleep(float(point.result) + _CUT_AGAIN_WITHIN_S)
            raise self._journal.changed(f"step({name_in(point.fingerprint)}) with more time")
