"""The ledger: what X knows against what the database knows, at rest, after whatever happened.

It sees only the simulator's truth log, the database and the trace in it, never the application.
Each invariant has its number; `broken` tells which do not hold, and of what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from roost.model.ids import ConversationId, UserId, conversation_between
from roost.model.messages import OutboundMessage
from roost.model.posts import PublicReply
from roost.store import encoding
from roost.testing import ledger_database, ledger_limits, ledger_texts, ledger_trace
from roost.testing.ledger_database import Database, typed
from roost.testing.ledger_truth import Answer, Line, Truth

INVARIANTS = {
    "L1": "every delivery X saw acknowledged is stored exactly once",
    "L2": "every message that exists at X is in the transcript exactly once, and no other is",
    "L3": "no event is left waiting, and each message was answered exactly once",
    "L4": "the transcript and the answers are in X's order",
    "L5": "turns of a conversation never overlap, and no stale fence is honoured",
    "L6": "every sent message is at X once, under its id, to the right person, as it was meant",
    "L7": "every message and Post X has from our app belongs to exactly one outbox entry",
    "L8": "no send is left in doubt",
    "L9": "no call is made before the window X has named opens again, nor more than it allows",
    "L10": "every accepted event is in exactly one known state, with a reason where it needs one,"
    " and none waits for a turn that never comes",
    "L14": "the database is sound",
}
"""What must hold at rest, by number."""

_OPEN = {"queued", "sending", "uncertain"}
_STATES = {"held", "new", "pending", "done", "ignored", "quarantined"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """An outbox entry as the database has it; `number` rises in the order of decisions."""

    account_id: str
    number: int
    message_id: str | None
    recipient_id: str
    state: str
    message: OutboundMessage | PublicReply

    @property
    def text(self) -> str:
        """What it says."""
        return self.message.text


def read(
    log: bytes,
    *,
    account_id: str,
    app_id: str,
    answer: Answer | None = None,
    left_to_people: Iterable[str] = (),
) -> Truth:
    """Read the simulator's log, newline-delimited JSON.

    Args:
        log: As `GET /_sim/ledger` gives it.
        account_id: Our account; several with spaces between them.
        app_id: Our app.
        answer: The bot's one answer to each text; left out where answers are not counted.
        left_to_people: Customers whom the application may rightly have left to people.
    """
    lines = [msgspec.json.decode(row, type=Line) for row in log.splitlines()]
    accounts = frozenset(map(UserId, account_id.split()))
    return Truth(lines, accounts, app_id, answer, frozenset(left_to_people))


def broken(truth: Truth, database: Path | str) -> list[str]:
    """Name every invariant that does not hold; empty where all do.

    Args:
        truth: What X knows.
        database: The application's SQLite file, or its PostgreSQL DSN; only read.

    Returns:
        One line each, beginning with the invariant's number.
    """
    opened = ledger_database.opened(database)
    checks = (_l1, _l2, _l3, _l4, _l5, _l6, _l7, _l8, _l9, _l10, _l14)
    return [fault for check in checks for fault in check(truth, opened)]


def counts(truth: Truth, database: Path | str) -> Mapping[str, int]:
    """Count what the ledger has looked at, for people who want to see that it was not nothing."""
    opened = ledger_database.opened(database)
    states = (
        "SELECT 'events ' || state, count(*) FROM events GROUP BY state"
        " UNION ALL SELECT 'outbox ' || state, count(*) FROM outbox GROUP BY state"
    )
    return {
        "messages at X": len(truth.messages),
        "acknowledged": len(truth.acknowledged),
        "sent by our app": len(truth.sent),
        "left to people": len(_with_people(opened)),
        **dict(typed(opened, states, tuple[str, int])),
    }


def _l1(truth: Truth, database: Database) -> Iterator[str]:
    stored = _keys(database, "SELECT event_key FROM events WHERE kind LIKE 'message_%'")
    for message_id in truth.acknowledged:
        if stored[message_id] != 1:
            yield f"L1: message {message_id} was acknowledged, stored {stored[message_id]} times"


def _l2(truth: Truth, database: Database) -> Iterator[str]:
    stored = _keys(database, "SELECT message_id FROM messages")
    at_x = {line.message_id for line in truth.messages}
    for message_id in at_x:
        if stored[message_id] != 1:
            yield f"L2: message {message_id} is in the transcript {stored[message_id]}x"
    for message_id in stored.keys() - at_x:
        yield f"L2: message {message_id} is in the transcript, and X does not have it"


def _l3(truth: Truth, database: Database) -> Iterator[str]:
    left = "SELECT kind, event_key, state FROM events WHERE state IN ('held', 'new', 'pending')"
    for kind, key, state in typed(database, left, tuple[str, str, str]):
        yield f"L3: {kind} {key} is left {state}"
    again = "SELECT kind, event_key, count(*) FROM events GROUP BY kind, event_key"
    for kind, key, n in typed(database, f"{again} HAVING count(*) > 1", tuple[str, str, int]):
        yield f"L3: {kind} {key} is stored {n} times"
    if truth.answer is not None:
        yield from _effects(truth, truth.answer, database)


def _effects(truth: Truth, answer: Answer, database: Database) -> Iterator[str]:
    """Say what was answered too often or too rarely, and who was left to people for no reason.

    What the application says of itself excuses nothing: an answer is owed for every message X has,
    but for those of customers who are rightly with people.
    """
    answered = Counter(map(_talk, _outbox(database)))
    handled = _keys(
        database,
        "SELECT event_key FROM events WHERE kind = 'message_received'"
        " AND state = 'done' AND reason IN ('', 'late')",
    )
    with_people = _with_people(database)
    for (account_id, customer_id), said in sorted(with_people.items()):
        if customer_id not in truth.left_to_people:
            what = f"L3: {customer_id} of {account_id} was left to people"
            yield f"{what}, and nothing explains it; it says itself: {said or 'nothing'}"
    asked, owed = Counter[_Talk](), Counter[_Talk]()
    for line in truth.received:
        talk = _talk_of(line, answer)
        asked[talk] += 1
        is_excused = (talk.account, talk.customer) in with_people
        owed[talk] += not is_excused or handled[line.message_id] > 0
    for talk, n in answered.items():
        if n > asked[talk]:
            yield f"L3: {talk.text!r} was said to {talk.customer} {n} times, asked {asked[talk]}"
    for talk, n in owed.items():
        if answered[talk] < n:
            yield f"L3: {talk.text!r} was said to {talk.customer} {answered[talk]} times, due {n}"


def _with_people(database: Database) -> Mapping[tuple[str, str], str]:
    """Give accounts and customers of the conversations that no bot has, with the reason said."""
    sql = "SELECT account_id, customer_id, control_reason FROM conversations WHERE control <> 'bot'"
    found = typed(database, sql, tuple[str, str, str])
    return {(account_id, customer_id): reason for account_id, customer_id, reason in found}


class _Talk(NamedTuple):
    """What one of our accounts says to a customer."""

    account: str
    customer: str
    text: str


def _talk(entry: _Entry) -> _Talk:
    return _Talk(entry.account_id, entry.recipient_id, entry.text)


def _talk_of(received: Line, answer: Answer) -> _Talk:
    return _Talk(received.recipient_id, received.sender_id, answer(received.text))


def _l4(truth: Truth, database: Database) -> Iterator[str]:
    stored: dict[str, list[str]] = {}
    transcript = "SELECT conversation_id, message_id FROM messages ORDER BY position"
    for conversation, message_id in typed(database, transcript, tuple[str, str]):
        stored.setdefault(conversation, []).append(message_id)
    for conversation_id, theirs in _by_conversation(truth).items():
        known = [one for one in stored.get(conversation_id, []) if one in set(theirs)]
        if known != [one for one in theirs if one in set(known)]:
            yield f"L4: the transcript of {conversation_id} is not in X's order"
    yield from _sends_out_of_order(database)
    if truth.answer is not None:
        yield from _answers_out_of_order(truth.received, truth.answer, database)


def _answers_out_of_order(
    received: Sequence[Line], answer: Answer, database: Database
) -> Iterator[str]:
    """Say which answers were decided before one to an older message that was there already.

    What the application itself has flagged `late` may come late.
    """
    times = (
        "SELECT event_key, received_at FROM events"
        " WHERE kind = 'message_received' AND reason <> 'late'"
    )
    came = dict(typed(database, times, tuple[str, int]))
    entries = _outbox(database)
    said = Counter(map(_talk, entries))
    # Of two equal answers nobody can tell which was to which.
    decided = {_talk(one): one.number for one in entries if said[_talk(one)] == 1}
    last: dict[tuple[str, str], tuple[int, int, str]] = {}
    for line in received:
        number = decided.get(_talk_of(line, answer))
        at = came.get(line.message_id)
        if number is None or at is None:
            continue
        key = (line.recipient_id, line.sender_id)
        latest = last.get(key)
        # What came at the same instant can be handled together, so that its order is known.
        if latest is not None and number < latest[1] and at >= latest[0]:
            yield f"L4: {line.message_id} was answered before {latest[2]}, which came earlier"
        if latest is None or number > latest[1]:
            last[key] = (at, number, line.message_id)


def _sends_out_of_order(database: Database) -> Iterator[str]:
    """Say which message X has before one that was decided earlier in the same conversation."""
    last: dict[tuple[str, str], _Entry] = {}
    for entry in _outbox(database):
        key = (entry.account_id, entry.recipient_id)
        earlier = last.get(key)
        if not (entry.message_id or "").isdigit():
            continue
        if earlier is not None and int(entry.message_id or 0) < int(earlier.message_id or 0):
            yield f"L4: entry {entry.number} was sent before entry {earlier.number}"
        last[key] = entry


def _l5(truth: Truth, database: Database) -> Iterator[str]:
    del truth
    for fault in ledger_trace.overlaps(database):
        yield f"L5: {fault}"


def _l6(truth: Truth, database: Database) -> Iterator[str]:
    at_x = {line.message_id: line for line in truth.messages}
    for entry in _outbox(database):
        if entry.state != "sent":
            continue
        if isinstance(entry.message, PublicReply):
            yield from _not_posted(entry, truth)
            continue
        line = at_x.get(entry.message_id or "")
        what = f"L6: entry {entry.number} was sent as {entry.message_id}, which"
        if line is None or line.sender_id != entry.account_id:
            yield f"{what} X does not have"
        elif line.recipient_id != entry.recipient_id:
            yield f"{what} went to {line.recipient_id} instead of {entry.recipient_id}"
        elif line.app_id != truth.app_id:
            yield f"{what} our app did not send"
        elif line.text and ledger_texts.as_written(line.text, entry.message) != entry.text.strip():
            yield f"{what} reads otherwise"


def _not_posted(entry: _Entry, truth: Truth) -> Iterator[str]:
    if entry.message_id not in {line.post_id for line in truth.posted}:
        yield f"L6: entry {entry.number} was posted as {entry.message_id}, which X does not have"


def _l7(truth: Truth, database: Database) -> Iterator[str]:
    linked = _keys(database, "SELECT message_id FROM outbox WHERE state = 'sent'")
    for x_id in (*(one.message_id for one in truth.sent), *(one.post_id for one in truth.posted)):
        if linked[x_id] != 1:
            yield f"L7: X has {x_id} from us, {linked[x_id]} outbox entries know of it"


def _l8(truth: Truth, database: Database) -> Iterator[str]:
    del truth
    for entry in _outbox(database):
        if entry.state in _OPEN:
            yield f"L8: entry {entry.number} is left {entry.state}"


def _l9(truth: Truth, database: Database) -> Iterator[str]:
    del database
    for fault in ledger_limits.early_calls(truth.lines):
        yield f"L9: {fault}"
    for fault in ledger_limits.crowded_windows(truth.lines, truth.limits):
        yield f"L9: {fault}"


def _l10(truth: Truth, database: Database) -> Iterator[str]:
    del truth
    rows = typed(database, "SELECT DISTINCT state, reason FROM events", tuple[str, str])
    for state in {state for state, _ in rows} - _STATES:
        yield f"L10: there is no state {state}"
    for state in {state for state, reason in rows if not reason} & {"ignored", "quarantined"}:
        yield f"L10: an event is {state} for no reason"
    orphans = (
        "SELECT count(*) FROM events WHERE kind <> 'timer_fired' AND NOT EXISTS"
        " (SELECT 1 FROM deliveries WHERE deliveries.delivery_id = events.delivery_id)"
    )
    for (n,) in typed(database, orphans, tuple[int]):
        if n:
            yield f"L10: {n} events came with no delivery"
    for (n,) in typed(database, "SELECT stranded FROM conservation", tuple[int]):
        if n:
            yield f"L10: {n} pending events wait for nobody: no turn will take them up"


def _l14(truth: Truth, database: Database) -> Iterator[str]:
    del truth
    for fault in database.damage():
        yield f"L14: {fault}"


def _keys(database: Database, sql: str) -> Counter[str]:
    return Counter(key for (key,) in typed(database, sql, tuple[str]))


def _outbox(database: Database) -> list[_Entry]:
    rows = typed(
        database,
        "SELECT account_id, outbox_id, message_id, recipient_id, state, body FROM outbox"
        " ORDER BY account_id, outbox_id",
        tuple[str, int, str | None, str, str, bytes],
    )
    return [_Entry(*row[:5], encoding.decode_outbound(row[5])) for row in rows]


def _by_conversation(truth: Truth) -> dict[ConversationId, list[str]]:
    found: dict[ConversationId, list[str]] = {}
    for line in sorted(truth.messages, key=lambda line: int(line.message_id)):
        conversation = conversation_between(UserId(line.sender_id), UserId(line.recipient_id))
        found.setdefault(conversation, []).append(line.message_id)
    return found
