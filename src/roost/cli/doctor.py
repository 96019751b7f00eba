"""`roost doctor`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.cli import x_calls
from roost.errors import RoostError
from roost.service import logs
from roost.service.clock import SystemClock
from roost.service.doctor import codes
from roost.service.doctor.codes import Explanation
from roost.service.doctor.examination import Examination
from roost.service.doctor.findings import Finding, Level
from roost.xapi.transport import Phases, aiohttp_transport

SICK = 1
"""The exit code where something does not work."""

_MARKS = {Level.OK: "ok  ", Level.WARNING: "warn", Level.PROBLEM: "BAD ", Level.SKIPPED: "-   "}


async def run(
    *,
    fix: Annotated[bool, Parameter(negative=())] = False,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False,
    code: int | None = None,
) -> int:
    """Find out what is wrong with the connection to X, why, and what to do about it.

    Asks X about keys, tokens, permission, clock, limits, environment, webhook and subscriptions,
    calls the webhook as X does, and looks at the data folder. Changes nothing without `--fix`.
    Exit codes: 0 nothing is wrong, 1 something does not work, 2 wrong usage or settings.

    With `--code` it asks nobody, and explains one of X's error codes.

    Examples: `roost doctor --fix`, `roost doctor --code 349`

    Args:
        fix: Put right what is safe to: file modes, a webhook that is not there or not valid,
            missing subscriptions. Then everything is looked at again.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print one JSON array of findings, before them what `--fix` did, of the level
            `fixed` or `unfixed`; with `--code` an object.
        code: One of X's error codes to explain.

    Raises:
        InvalidCall: X documents no such code.
        SettingsError: A setting is wrong or unknown.
        StoreError: The database cannot be used.
    """
    if code is not None:
        return _explain(codes.explained(code), as_json=as_json)
    found = configuration.load(settings, environ=os.environ)
    logs.configure(found.log_format, is_quiet=True)
    async with aiohttp_transport(phases=Phases()) as transport:
        examination = Examination(found, transport, SystemClock())
        findings = await _examined(examination, is_shown=not as_json)
        done = await _fixed(findings, is_shown=not as_json) if fix else []
        if done:
            findings = await _examined(examination, is_shown=not as_json)
    if as_json:
        print(x_calls.as_json([_plain(one) for one in (*done, *findings)]))
    else:
        print(_summary(findings))
    return SICK if any(one.level is Level.PROBLEM for one in findings) else 0


def _explain(one: Explanation, *, as_json: bool) -> int:
    lines = (
        f"{one.code}  HTTP {one.status}  {one.says}",
        f"      because {one.cause}",
        f"      -> {one.remedy}",
    )
    print(x_calls.as_json(one) if as_json else "\n".join(lines))
    return 0


async def _examined(examination: Examination, *, is_shown: bool) -> list[Finding]:
    findings: list[Finding] = []
    async for one in examination.findings():
        findings.append(one)
        if is_shown:
            print(_shown(one), flush=True)
    return findings


async def _fixed(findings: Sequence[Finding], *, is_shown: bool) -> list[Finding]:
    """Put right what can be; give what was done, or why it could not be."""
    done: list[Finding] = []
    for one in findings:
        if one.fix is None:
            continue
        try:
            told = replace(one, level=Level.FIXED, says=await one.fix(), fix=None)
        except RoostError as error:
            why = f"{one.check} could not be put right: {error}"
            told = replace(one, level=Level.UNFIXED, says=why)
        done.append(told)
        if is_shown:
            print(f"fix   {told.says}", flush=True)
    return done


def _shown(one: Finding) -> str:
    lines = [f"{_MARKS[one.level]}  {one.check}: {one.says} ({one.about})"]
    lines += [f"      because {one.cause}"] if one.cause else []
    lines += [f"      -> {one.remedy}"] if one.remedy else []
    return "\n".join(lines)


def _plain(one: Finding) -> dict[str, str | bool]:
    return {
        "check": one.check,
        "about": one.about,
        "level": one.level.value,
        "says": one.says,
        "cause": one.cause,
        "remedy": one.remedy,
        "can_be_fixed": one.fix is not None,
    }


def _summary(findings: Sequence[Finding]) -> str:
    n_bad = sum(one.level is Level.PROBLEM for one in findings)
    n_warnings = sum(one.level is Level.WARNING for one in findings)
    if not n_bad:
        wrong = "nothing is wrong"
    else:
        wrong = "1 thing is wrong" if n_bad == 1 else f"{n_bad} things are wrong"
    return f"{wrong}; {n_warnings} {'warning' if n_warnings == 1 else 'warnings'}"
