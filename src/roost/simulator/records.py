"""What went over the wire, for people: logs of deliveries, API requests and control calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from roost.simulator.ledger import Ledger
from roost.simulator.live import Live
from roost.simulator.touched import Touch

PAGE = 200
"""Rows given at once."""

KEPT = 2_000
"""Rows kept of each log but that of changes."""

CHANGES_KEPT = 200
"""Rows kept of what changed; one may be large."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a log; `id` is a number as a string and rises."""

    id: str = "0"


class DeliveryRow(Row, frozen=True, kw_only=True):
    """One attempt to deliver, or one challenge.

    Attributes:
        at: Milliseconds since 1970, by the simulator's clock.
        kind: `event` or `crc`.
        delivery_id: The same for all attempts of one delivery; `""` for a challenge.
        for_user_id: The subscribed user; null for a challenge.
        attempt: 1 on the first try.
        status: HTTP status; null where no answer came.
        ms: How long it took, in milliseconds of real time.
        error: Why it failed; null where it did not.
        next_at: When the next attempt is due; null where there is none.
        signature: Of the exact bytes sent.
        request_body: The JSON sent; for a challenge its query.
        response_body: The answer's first 2,000 characters.
        fault: The injected fault that struck it; null where none did.
    """

    at: str
    kind: str
    delivery_id: str
    for_user_id: str | None
    url: str
    attempt: int
    status: int | None
    ms: float
    error: str | None
    next_at: str | None
    signature: str
    request_body: msgspec.Raw
    response_body: str
    fault: str | None = None


class RequestRow(Row, frozen=True, kw_only=True):
    """One API call received.

    Attributes:
        at: Milliseconds since 1970, by the simulator's clock.
        route: Its name; null where there is none.
        status: HTTP status; 0 where a fault broke the connection instead.
        ms: How long it took, in milliseconds of real time.
        auth: For example `oauth1 ok (@acme)` or `rejected: …`.
        user_id: Whose token it was; null where there was none.
        error_code: X's code; null where it was not refused.
        fault: The injected fault that struck it; null where none did.
        resets_at: With 429: when the window opens again, in seconds since 1970.
        change_id: The row of what it changed; null where it changed nothing, or has not yet.
    """

    at: str
    method: str
    path: str
    route: str | None
    status: int
    ms: float
    auth: str
    user_id: str | None
    error_code: int | None
    fault: str | None = None
    resets_at: int | None = None
    change_id: str | None = None


class ControlRow(Row, frozen=True, kw_only=True):
    """One call under `/_sim`: the application never makes one, and a test can see that here."""

    at: str
    method: str
    path: str
    client: str
    """`x-roost-client`, else `user-agent`."""


class FieldChange(msgspec.Struct, frozen=True):
    """A field before and after; left out where there is none, as JSON where there is."""

    field: str
    before: msgspec.Raw | UnsetType = UNSET
    after: msgspec.Raw | UnsetType = UNSET


class Change(msgspec.Struct, frozen=True):
    """How a thing of the world is different.

    Attributes:
        kind: For example `message`.
        id: Its id; where it has none, the ids it stands between, divided by `/`.
        fields: Those that are different.
    """

    kind: str
    id: str
    what: Literal["made", "changed", "removed"]
    fields: Sequence[FieldChange]


class ChangeRow(Row, frozen=True, kw_only=True):
    """What changed in the world at once.

    Attributes:
        at: Milliseconds since 1970, by the simulator's clock.
        cause: Name of the action or route; `crc` for a challenge that nobody asked for;
            `reset`, `put_state`, `add_user` and `add_media` for calls of `/_sim`; `revoke_token`
            for a fault.
        user_id: Who did it; null where nobody in particular did.
        left_out: How many things more were changed.
    """

    at: str
    cause: str
    user_id: str | None
    changes: Sequence[Change]
    left_out: int = 0


class Noted(Row, frozen=True, kw_only=True):
    """What was touched at once, from which a `ChangeRow` is made for who looks.

    Attributes:
        at: As in `ChangeRow`; likewise `cause`, `user_id` and `left_out`.
        touches: Things that are different, at most as many as are shown.
    """

    at: str
    cause: str
    user_id: str | None
    touches: tuple[Touch, ...]
    left_out: int = 0


R = TypeVar("R", bound=Row)


class Log(Generic[R]):
    """The newest rows of one kind."""

    def __init__(self, kept: int | None = None) -> None:
        """Make one that keeps so many rows, `KEPT` where it is not said."""
        self._rows: deque[R] = deque(maxlen=KEPT if kept is None else kept)
        self._last = 0

    def add(self, row: R) -> R:
        """Number a row and keep it."""
        self._last += 1
        numbered = msgspec.structs.replace(row, id=str(self._last))
        self._rows.append(numbered)
        return numbered

    def page(self, *, below: int | None = None) -> Sequence[R]:
        """Give up to `PAGE` rows, newest first, with ids below a number."""
        end = len(self._rows)
        if below is not None:
            end = min(end, max(0, below - 1 - (self._last - len(self._rows))))
        rows = list(self._rows)[max(0, end - PAGE) : end]
        return rows[::-1]

    def find(self, row_id: str) -> R | None:
        """Give a row by its id, while it is kept."""
        return next((row for row in self._rows if row.id == row_id), None)

    def clear(self) -> None:
        """Forget the rows; the numbers go on."""
        self._rows.clear()


@dataclass(frozen=True, slots=True)
class Records:
    """Every log, and whom to tell."""

    live: Live
    ledger: Ledger
    deliveries: Log[DeliveryRow]
    requests: Log[RequestRow]
    controls: Log[ControlRow]
    changes: Log[Noted]

    def delivery(self, row: DeliveryRow, *, event_id: str = "") -> None:
        """Record an attempt or a challenge."""
        self.show_delivery(row)
        self.ledger.append(
            "attempt" if row.kind == "event" else "challenge",
            delivery_id=row.delivery_id,
            event_id=event_id,
            for_user_id=row.for_user_id,
            url=row.url,
            attempt=row.attempt,
            status=row.status,
            error=row.error,
        )

    def show_delivery(self, row: DeliveryRow) -> None:
        """Show people what never went over the wire; the ledger is about what did."""
        self.live.publish("delivery", self.deliveries.add(row))

    def request(self, row: RequestRow, *, app_id: str) -> None:
        """Record an API call."""
        self.live.publish("request", self.requests.add(row))
        self.ledger.append(
            "request",
            method=row.method,
            path=row.path,
            route=row.route,
            status=row.status,
            error_code=row.error_code,
            app_id=app_id,
            user_id=row.user_id,
            received_at=row.at,
            **({} if row.resets_at is None else {"resets_at": row.resets_at}),
        )

    def clear(self) -> None:
        """Forget deliveries, requests and changes. The ledger forgets nothing."""
        self.deliveries.clear()
        self.requests.clear()
        self.changes.clear()
