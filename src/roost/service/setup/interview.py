"""Asking until every answer is right, and keeping what was answered as soon as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from roost.errors import SettingsError
from roost.service.doctor.findings import Finding, Level
from roost.service.setup import judging
from roost.service.setup.judging import Judge
from roost.service.setup.questions import QUESTIONS, Question

Ask = Callable[[Question], str]
"""Asks a person, and gives what was typed."""

Say = Callable[[str], None]
"""Tells a person something."""

Keep = Callable[[Mapping[str, str], str], Awaitable[None]]
"""Keeps the answers so far; told after which question."""


@dataclass(frozen=True, slots=True)
class Interview:
    """The questions, one after the other.

    Attributes:
        judge: Asks X.
        given: Answers that were written down before, by question; they are not asked for.
        ask: Asks for the others; `None` where there is nobody to ask.
        say: Tells what is wrong with an answer.
        warn: Tells what is not wrong with it, and yet does not do.
        keep: Keeps what is right.
    """

    judge: Judge
    given: Mapping[str, str]
    ask: Ask | None
    say: Say
    warn: Say
    keep: Keep

    async def answers(self) -> Mapping[str, str]:
        """Ask everything.

        Raises:
            SettingsError: An answer that was written down is wrong or missing, and there is nobody
                to ask.
        """
        known: dict[str, str] = {}
        void: set[str] = set()
        n = 0
        while n < len(QUESTIONS):
            question = QUESTIONS[n]
            if not question.is_asked(known):
                n += 1
                continue
            known[question.name] = self._answer(question, known, void)
            found = await self.judge.findings(question.name, known)
            for one in found:
                if one.level is Level.WARNING:
                    self.warn(_sentence(one))
            problems = [one for one in found if one.level is Level.PROBLEM]
            if not problems:
                await self.keep(known, question.name)
                n += 1
                continue
            wrong = judging.AFTER[question.name]
            self._refuse(question, problems)
            void |= set(wrong)
            known = {name: value for name, value in known.items() if name not in wrong}
            n = next(n for n, one in enumerate(QUESTIONS) if one.name in wrong)
        return known

    def _answer(self, question: Question, known: Mapping[str, str], void: set[str]) -> str:
        """Give an answer of the right form: the one written down, unless X did not like it."""
        before = {**known, "x_base_url": self.judge.x_base_url}
        if question.name in self.given and question.name not in void:
            value = self.given[question.name].strip()
            problem = question.problem(value, before)
            if not problem:
                return value
            self._reject(question, problem)
        return self._asked(question, before)

    def _asked(self, question: Question, before: Mapping[str, str]) -> str:
        if self.ask is None:
            if question.default is not None:
                return question.default
            raise SettingsError(question.name, "is missing", f"Find it at: {question.where}")
        while True:
            value = self.ask(question).strip() or question.default or ""
            problem = question.problem(value, before)
            if not problem:
                return value
            self.say(f"{question.title}: {problem}")

    def _reject(self, question: Question, problem: str) -> None:
        if self.ask is None:
            raise SettingsError(question.name, problem, f"Find it at: {question.where}")
        self.say(f"{question.title}: {problem}")

    def _refuse(self, question: Question, problems: list[Finding]) -> None:
        first = problems[0]
        if self.ask is None:
            raise SettingsError(question.name, f"{first.says}: {first.cause}", first.remedy)
        self.say(_sentence(first))


def _sentence(found: Finding) -> str:
    return f"{found.says}\n  because {found.cause}\n  -> {found.remedy}"
