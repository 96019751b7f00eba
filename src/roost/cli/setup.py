"""`roost setup`: from an app at X to the first event."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.cli import prompting
from roost.errors import SettingsError
from roost.service import account_calls, logs, signing_in, stored_accounts
from roost.service.clock import SystemClock
from roost.service.setup import judging, settings_file, waiting
from roost.service.setup.interview import Interview
from roost.service.setup.judging import Judge
from roost.service.setup.questions import QUESTIONS, Question
from roost.service.setup.settings_file import APP
from roost.settings import Settings
from roost.xapi import hosts
from roost.xapi.transport import Phases, Transport, aiohttp_transport

SIMULATOR = "http://127.0.0.1:8090"
"""Where `roost simulate` listens if nothing else is said."""

_BUILT_IN = {
    "app_id": "13090192",
    "consumer_key": "consumer-key-13090192",
    "consumer_secret": "consumer-secret-13090192",
    "access_token": "1001-token-13090192",
    "access_token_secret": "token-secret-1001-13090192",
    "env_name": "prod",
    "public_url": "http://127.0.0.1:8080",
}
"""The answers that fit the simulator's built-in world."""

_ANSWER_NAMES = frozenset(question.name for question in QUESTIONS)
_DEFAULTS = {question.name: question.default for question in QUESTIONS}

Tell = Callable[[str, str], None]
"""Tells of a step: its state, and what there is to say."""


async def run(
    *,
    answers: Path | None = None,
    simulator: Annotated[bool, Parameter(negative=())] = False,
    wait: float = 600.0,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False,
) -> int:
    """Connect to X, step by step: says where each value stands in X's portal, and checks it.

    Writes the app into the settings file (mode 0600) and seals the account's tokens in the
    database; what was answered rightly is kept, so that it can be interrupted and repeated. Then it
    waits for `roost serve` to run, for X to deliver to it, and for the first event.

    Example: `roost setup --answers answers.toml --wait 60`

    Args:
        answers: A TOML file with answers, for nobody to be asked; their names are those of the
            settings: app_id, consumer_key, consumer_secret, access_token, access_token_secret,
            public_url, env_name (or activity_tier = "enterprise"), and where there are more
            environments further_env_names, with commas between.
        simulator: Walk the same way with `roost simulate` in the place of X (x_base_url, or
            http://127.0.0.1:8090) and its built-in world.
        wait: Seconds to wait for each of what has to happen elsewhere; 0 to end after the answers.
        settings: The settings file to fill in; otherwise `$ROOST_SETTINGS`, or `./roost.toml`.
        as_json: Tell each step as a line of JSON: `{"state": "ok", "says": "env_name"}`; state is
            ok, no (an answer that is wrong), warn, next (what is to be done elsewhere) or ask.

    Raises:
        SettingsError: An answer in the file is wrong or missing.
        NotPossible: The application does not run in time, X does not take it, or no event comes.
    """
    logs.configure("console", is_quiet=True)
    path = settings or Path(os.environ.get("ROOST_SETTINGS") or "roost.toml")
    async with aiohttp_transport(phases=Phases()) as transport:
        tell = _tell_as_json if as_json else _tell
        setup = Setup(path, _x_base_url(path, is_simulated=simulator), transport, tell)
        found = await setup.answer(_given(answers, is_simulated=simulator))
    if wait:
        await _wait(found, wait, tell)
    return 0


@dataclass(frozen=True, slots=True)
class Setup:
    """What the answers are for.

    Attributes:
        path: The settings file.
        x_base_url: Which X.
        transport: The way there.
        tell: Tells a person, or a program, of a step: its state, and what there is to say.
    """

    path: Path
    x_base_url: str
    transport: Transport
    tell: Tell

    async def answer(self, given: Mapping[str, str] | None) -> Settings:
        """Ask for everything that is not known yet; give the settings that come of it.

        Args:
            given: Answers; `None` for a person to be asked.
        """
        judge = Judge(self.transport, SystemClock(), self.x_base_url)
        known = {**await self._kept(), **(given or {})}
        await Interview(
            judge,
            known,
            self._ask if given is None else None,
            say=lambda text: self.tell("no", text),
            warn=lambda text: self.tell("warn", text),
            keep=self._keep,
        ).answers()
        self.tell("ok", f"everything is in {self.path}")
        return self._load()

    def _ask(self, question: Question) -> str:
        self.tell("ask", f"{question.title}\n  {question.where}")
        if question.is_secret and sys.stdin.isatty():
            return prompting.secret("> ")
        line = prompting.line("> ")
        if not line:
            raise SettingsError(question.name, "was not answered", "Repeat `roost setup` to go on")
        return line

    def _load(self) -> Settings:
        return configuration.load(self.path, environ=os.environ)

    async def _kept(self) -> dict[str, str]:
        """Give what an earlier run has kept."""
        known = settings_file.answered(self.path)
        if "consumer_secret" not in known:
            return known
        effective = await stored_accounts.effective(self._load())
        for one in effective.accounts.values():
            if one.app == APP:
                known["access_token"] = one.access_token.reveal()
                known["access_token_secret"] = one.access_token_secret.reveal()
                break
        return known

    async def _keep(self, answers: Mapping[str, str], question: str) -> None:
        if question in {"app_id", "consumer_key", "access_token"}:
            return  # each of no use without the next
        other = None if self.x_base_url == hosts.X_API else self.x_base_url
        settings_file.write(self.path, answers, x_base_url=other)
        if question == "access_token_secret":
            await self._connect(answers)
        if answers[question] != _DEFAULTS[question]:
            self.tell("ok", question)

    async def _connect(self, answers: Mapping[str, str]) -> None:
        found = self._load()
        tokens = judging.credentials(answers)
        if any(one.access_token.reveal() == tokens.token for one in found.accounts.values()):
            return
        speaker = Judge(self.transport, SystemClock(), self.x_base_url).client(answers)
        new = await signing_in.new_account(speaker, tokens, APP, bot="", name="")
        await account_calls.ask(found, SystemClock(), "account_put", account=asdict(new))


async def _wait(found: Settings, within: float, tell: Tell) -> None:
    if await waiting.looked(found) is None:
        tell("next", "start the application in another terminal: roost serve --bot my_bot.py")
    await waiting.until_delivering(found, within=within)
    tell("ok", "X delivers to it")
    tell("next", "like a post of the account, or send it a message")
    at = await waiting.until_event(found, within=within)
    tell("ok", f"the first event came at {at}")


def _x_base_url(path: Path, *, is_simulated: bool) -> str:
    named = os.environ.get("ROOST_X_BASE_URL")
    if named:
        return named.rstrip("/")
    if is_simulated:
        return SIMULATOR
    if "consumer_secret" in settings_file.answered(path):
        return configuration.load(path, environ=os.environ).x_base_url
    return hosts.X_API


def _given(answers: Path | None, *, is_simulated: bool) -> Mapping[str, str] | None:
    if answers is None:
        return dict(_BUILT_IN) if is_simulated else None
    try:
        tree = tomllib.loads(answers.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(str(answers), f"cannot be read: {error}", "Name a TOML file") from error
    for name, value in tree.items():
        if name not in _ANSWER_NAMES or not isinstance(value, str):
            known = ", ".join(sorted(_ANSWER_NAMES))
            raise SettingsError(
                f"{answers}: {name}", "is no answer", f"There are, as text: {known}"
            )
    return {**(_BUILT_IN if is_simulated else {}), **tree}


def _tell(state: str, says: str) -> None:
    print(f"\n{says}" if state == "ask" else f"{state:<6}{says}", flush=True)


def _tell_as_json(state: str, says: str) -> None:
    print(json.dumps({"state": state, "says": says}), flush=True)
