"""What a simulator says, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec


class _App(msgspec.Struct):
    app_id: str
    name: str


class _User(msgspec.Struct):
    user_id: str
    screen_name: str
    name: str
    is_account: bool


class _Now(msgspec.Struct):
    now: str


class _World(msgspec.Struct):
    apps: list[_App]
    users: list[_User]
    clock: _Now


class _Clock(msgspec.Struct):
    now: str
    is_frozen: bool


class _Made(msgspec.Struct):
    delivery_id: str
    for_user_id: str = ""


class _Done(msgspec.Struct):
    id: str
    deliveries: list[_Made] = []


class _Delivery(msgspec.Struct):
    id: str
    at: str
    kind: str
    attempt: int
    url: str
    status: int | None
    error: str | None
    fault: str | None


class _Deliveries(msgspec.Struct):
    deliveries: list[_Delivery]


class _Fault(msgspec.Struct):
    seen: int
    struck: int
    rule: Mapping[str, object]


class _Faults(msgspec.Struct):
    faults: list[_Fault]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes:
        file: Its path.
        n_bytes: Its size.
    """

    file: str
    n_bytes: int

    def as_text(self, _: bytes) -> str:
        """Say so."""
        return f"{self.n_bytes} bytes in {self.file}"

    def as_json(self, _: bytes) -> str:
        """Say so to a program."""
        return msgspec.json.encode({"file": self.file, "bytes": self.n_bytes}).decode()


def array_of_lines(body: bytes) -> str:
    """Make one array of lines of JSON."""
    return f"[{','.join(body.decode().splitlines())}]"


def ready(_: bytes) -> str:
    """Say that it is."""
    return "ready"


def world(body: bytes) -> str:
    """Show who is there, a line each."""
    found = msgspec.json.decode(body, type=_World)
    apps = [f"app   {app.app_id:<20} {app.name}" for app in found.apps]
    users = [
        f"user  {user.user_id:<20} @{user.screen_name:<15} {user.name}"
        + ("  (an account)" if user.is_account else "")
        for user in found.users
    ]
    return "\n".join([*apps, *users, f"time  {_written(found.clock.now)}"])


def ids_by_screen_name(body: bytes) -> Mapping[str, str]:
    """Give users' ids by their names in lower case."""
    found = msgspec.json.decode(body, type=_World)
    return {user.screen_name.lower(): user.user_id for user in found.users}


def done(body: bytes) -> str:
    """Say what an action brought about."""
    found = msgspec.json.decode(body, type=_Done)
    told = [f"delivery {made.delivery_id} for {made.for_user_id}" for made in found.deliveries]
    return "\n".join([found.id, *told])


def deliveries(body: bytes) -> str:
    """Show attempts, a line each."""
    rows = msgspec.json.decode(body, type=_Deliveries).deliveries
    return "\n".join(_delivery(row) for row in rows) or "nothing has been delivered"


def redelivered(body: bytes) -> str:
    """Say which delivery is on its way."""
    return f"delivery {msgspec.json.decode(body, type=_Made).delivery_id} is posted once more"


def faults(body: bytes) -> str:
    """Show rules, a line each."""
    found: Sequence[_Fault] = msgspec.json.decode(body, type=_Faults).faults if body else ()
    lines = (
        f"struck {fault.struck} of {fault.seen}  {msgspec.json.encode(fault.rule).decode()}"
        for fault in found
    )
    return "\n".join(lines) or "no faults"


def clock(body: bytes) -> str:
    """Tell the time."""
    found = msgspec.json.decode(body, type=_Clock)
    return f"{_written(found.now)}, {'stands still' if found.is_frozen else 'runs'}"


def _delivery(row: _Delivery) -> str:
    outcome = "no answer" if row.status is None else str(row.status)
    words = [row.id, _written(row.at), row.kind, f"attempt {row.attempt}", outcome, row.url]
    if row.fault:
        words.append(f"[{row.fault}]")
    return "  ".join([*words, *([row.error] if row.error else [])])


def _written(ms: str) -> str:
    when = datetime.fromtimestamp(int(ms) / 1_000, tz=UTC)
    return when.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
