"""A Chromium to drive: one that is there, else one that can be installed.

Run as `python -m roost.testing.browser` it prints the path on standard output, where it came from
on standard error, and exits with 1 where none can be had.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
"""What Chromium and Chrome are called on a PATH."""

PLACES = (
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""Where they are when they are not on it."""

PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
"""Where `playwright install` puts its own, below its cache."""

UPDATE_WITHIN = timedelta(seconds=120)
INSTALL_WITHIN = timedelta(seconds=300)
DOWNLOAD_WITHIN = timedelta(seconds=60)
START_WITHIN = timedelta(seconds=30)
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60")


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that is there.

    Attributes:
        path: Its executable.
        source: Where it came from, for people.
    """

    path: Path
    source: str


@dataclass(frozen=True, slots=True)
class NoBrowser:
    """None is there.

    Attributes:
        reasons: What was tried and how it ended, a sentence each.
    """

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a command ended: `code` is `None` where it overran its time."""

    code: int | None
    output: str


def look(environ: Mapping[str, str]) -> Browser | NoBrowser:
    """Look for a Chromium without installing anything.

    `ROOST_BROWSER`, where set, is the only place looked at.
    """
    if named := environ.get("ROOST_BROWSER"):
        if os.access(named, os.X_OK):
            return Browser(Path(named), "ROOST_BROWSER")
        return NoBrowser((f"ROOST_BROWSER names {named}, which cannot be run",))
    on_path = environ.get("PATH", os.defpath)
    for command in COMMANDS:
        if found := shutil.which(command, path=on_path):
            return Browser(Path(found), "on the PATH")
    for place in (*map(Path, PLACES), *_in_playwrights_cache(environ)):
        if os.access(place, os.X_OK):
            return Browser(place, "a usual place")
    return NoBrowser((f"none of {', '.join(COMMANDS)} is on the PATH or in a usual place",))


async def find_browser(environ: Mapping[str, str]) -> Browser | NoBrowser:
    """Look for a Chromium; install one where none is there, and prove that it starts.

    As root on Debian and Ubuntu it is installed with apt-get, else by Playwright. Each try has a
    time limit; all together take at most 9 minutes.
    """
    seen = look(environ)
    reasons = seen.reasons if isinstance(seen, NoBrowser) else ()
    if isinstance(seen, NoBrowser) and "ROOST_BROWSER" not in environ:
        for how, install in (("apt-get", _install_by_apt), ("Playwright", _install_by_playwright)):
            if problem := await install(environ):
                reasons = (*reasons, f"{how}: {problem}")
                continue
            after = look(environ)
            if isinstance(after, Browser):
                seen = Browser(after.path, f"installed by {how}")
                break
            reasons = (*reasons, f"{how}: ended well, yet no Chromium is there")
    return await _proven(seen) if isinstance(seen, Browser) else NoBrowser(reasons)


def _in_playwrights_cache(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME", "/nonexistent"))
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = [Path(named)] if named else [home / ".cache", home / "Library/Caches"]
    for cache in caches:
        folder = cache if named else cache / "ms-playwright"
        for pattern in PLAYWRIGHT_PATTERNS:
            yield from sorted(folder.glob(pattern), reverse=True)


async def _proven(browser: Browser) -> Browser | NoBrowser:
    """Start it once: on some systems the command only asks to install something else."""
    ended = await _run((str(browser.path), "--version"), os.environ, START_WITHIN)
    if ended.code == 0:
        version = _last_line(ended.output)
        return Browser(browser.path, f"{version}, {browser.source}")
    return NoBrowser((f"{browser.path} does not start: {_why(ended)}",))


async def _install_by_apt(environ: Mapping[str, str]) -> str:
    """Install Debian's Chromium; what was in the way, or nothing."""
    apt = shutil.which("apt-get", path=environ.get("PATH", os.defpath))
    if apt is None or os.geteuid() != 0:
        return "needs root on Debian or Ubuntu"
    quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
    ended = await _run((*APT, "update"), quiet, UPDATE_WITHIN)
    if ended.code == 0:
        install = (*APT, "-y", "--no-install-recommends", "install")
        ended = await _run((*install, "chromium", "fonts-dejavu-core"), quiet, INSTALL_WITHIN)
    return "" if ended.code == 0 else _why(ended)


async def _install_by_playwright(environ: Mapping[str, str]) -> str:
    """Install Playwright's own Chromium; what was in the way, or nothing."""
    command = (sys.executable, "-m", "playwright", "install", "chromium")
    ended = await _run(command, environ, DOWNLOAD_WITHIN)
    return "" if ended.code == 0 else _why(ended)


async def _run(command: Sequence[str], environ: Mapping[str, str], limit: timedelta) -> _Ended:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # so that what it starts can be ended with it
    )
    try:
        async with asyncio.timeout(limit.total_seconds()):
            output, _ = await process.communicate()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        return _Ended(None, f"took more than {limit.total_seconds():.0f} s")
    return _Ended(process.returncode, output.decode(errors="replace").strip())


def _why(ended: _Ended) -> str:
    last = _last_line(ended.output)
    return last if ended.code is None else f"exit code {ended.code}: {last}"


def _last_line(output: str) -> str:
    return (output.splitlines() or ["no output"])[-1].strip()


def main() -> int:
    """Print the path of a Chromium, installing one where need be.

    Returns:
        0, or 1 where none can be had.
    """
    match asyncio.run(find_browser(os.environ)):
        case Browser(path=path, source=source):
            sys.stderr.write(f"browser tests run in {path} ({source})\n")
            sys.stdout.write(f"{path}\n")
            return 0
        case NoBrowser(reasons=reasons):
            sys.stderr.write(f"no Chromium to be had: {'; '.join(reasons)}\n")
            return 1


if __name__ == "__main__":
    sys.exit(main())
