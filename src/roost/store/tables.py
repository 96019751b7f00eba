"""Every table and index, as SQLAlchemy Core; the one description both databases share.

Times are `BIGINT` milliseconds UTC, ids are text as X gave them, bodies and payloads are bytes. The
primary key of a table of customer data begins with `account_id`; `changes` alone is numbered by the
database, because its numbers have to rise in commit order.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.types import UserDefinedType
from typing_extensions import override

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

_ROWID = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is exactly `INTEGER`."""

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point in every database, whatever language the server speaks."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's number of a transaction, which never wraps around."""

    cache_ok = True

    @override
    def get_col_spec(self, **_kw: object) -> str:
        """Give the type's name."""
        return "xid8"


XID = BigInteger().with_variant(Xid8(), "postgresql")
"""A transaction's number; 0 in SQLite."""


def _text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, TEXT, primary_key=primary_key, nullable=False)


def _whole(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _partial(name: str, *columns: Column[str] | Column[int], where: str) -> Index:
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


apps = Table(
    "apps",
    metadata,
    _text("app_key", primary_key=True),
    _text("app_id"),
    _text("consumer_key"),
    _text("webhook_path"),
    _text("env_name"),
    Index("apps_webhook_path", "webhook_path", unique=True),
)
"""Developer apps at X. Secrets live in the settings, never here."""

accounts = Table(
    "accounts",
    metadata,
    _text("account_id", primary_key=True),
    _text("app_key"),
    _text("bot"),
    _text("capabilities"),
    _text("dialect"),
    _text("state"),
)
"""Our accounts. `bot` is empty where only people answer."""

deliveries = Table(
    "deliveries",
    metadata,
    _text("account_id", primary_key=True),
    _text("delivery_id", primary_key=True),
    _text("app_key"),
    _text("dialect"),
    _text("trace_id"),
    _whole("received_at"),
    Column("is_duplicate", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Raw deliveries. One that brought nothing new keeps its row and loses its body."""

events = Table(
    "events",
    metadata,
    _text("account_id", primary_key=True),
    _text("kind", primary_key=True),
    _text("event_key", primary_key=True),
    _text("channel"),
    _text("dialect"),
    _text("conversation_id"),
    _whole("position"),
    _text("delivery_id"),
    _text("trace_id"),
    _whole("received_at"),
    _text("state"),
    _text("reason"),
    Column("attempts", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("is_history", Integer),
)
"""What deliveries said, once each. `conversation_id` is empty where an event belongs to none.

`is_history` is 1 for what was fetched to complete a transcript, which is nothing new to anybody.
"""

_partial("events_new", events.c.received_at, events.c.position, where="state = 'new'")
_partial(
    "events_pending",
    events.c.account_id,
    events.c.conversation_id,
    events.c.position,
    events.c.event_key,
    where="state = 'pending'",
)
_partial("events_set_aside", events.c.state, where="state IN ('ignored', 'quarantined')")

conversations = Table(
    "conversations",
    metadata,
    _text("account_id", primary_key=True),
    _text("conversation_id", primary_key=True),
    _text("channel"),
    _text("customer_id"),
    _text("customer_screen_name"),
    _text("customer_name"),
    _text("control"),
    _text("control_reason"),
    Column("controller_id", TEXT),
    _whole("epoch"),
    _whole("fence"),
    Column("lease_until", BigInteger),
    Column("ready_since", BigInteger),
    _whole("last_at"),
    _whole("last_position"),
    Column("unread", Integer, nullable=False),
    _text("preview"),
    Column("held_by", BigInteger),
    Column("handled_position", BigInteger),
    Column("dialog_name", TEXT),
    Column("dialog_step", TEXT),
    Column("waiting_since", BigInteger),
    Column("queue_key", BigInteger, nullable=False, server_default=text("0")),
    Column("last_direction", TEXT, nullable=False, server_default=text("''")),
    Index("conversations_control", "account_id", "control", "queue_key", "conversation_id"),
    Index("conversations_activity", "account_id", "last_at", "conversation_id"),
)
"""One row per conversation: who controls it, its lease, and what the list of them shows.

Lists are in the order of `queue_key`: where the customer waits, milliseconds since when; where
nobody waits, 2**60 less the time of the last message, so that those come after, newest first.

`lease_until` counts by the clock of leases, not by people's: in PostgreSQL by the database's, in
SQLite milliseconds of the owner's monotonic clock, so the next owner has to end all leases before
it claims. `held_by` is the number of the process that has the lease, where there can be several.
`handled_position` is that of the last message which a turn or a person has dealt with; one below it
that comes in later is late.
"""

_partial("conversations_ready", conversations.c.ready_since, where="ready_since IS NOT NULL")
_partial("conversations_leased", conversations.c.lease_until, where="lease_until IS NOT NULL")
_partial(
    "conversations_person",
    conversations.c.account_id,
    conversations.c.controller_id,
    conversations.c.queue_key,
    conversations.c.conversation_id,
    where="controller_id IS NOT NULL",
)

messages = Table(
    "messages",
    metadata,
    _text("account_id", primary_key=True),
    _text("message_id", primary_key=True),
    _text("conversation_id"),
    _whole("position"),
    _text("direction"),
    _text("text"),
    Column("payload", LargeBinary, nullable=False),
    _whole("at"),
    _text("source_app_id"),
    Column("outbox_id", BigInteger),
    Index("messages_transcript", "account_id", "conversation_id", "position", "message_id"),
)
"""The transcript. `direction` is `in` or `out`, seen from our account."""

outbox = Table(
    "outbox",
    metadata,
    _text("account_id", primary_key=True),
    Column("outbox_id", BigInteger, primary_key=True, autoincrement=False),
    _text("conversation_id"),
    _text("recipient_id"),
    _text("state"),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger),
    _whole("baseline"),
    _whole("attempted_at"),
    Column("message_id", TEXT),
    _text("reason"),
    _text("trace_id"),
    _whole("created_at"),
    Column("held_by", BigInteger),
    Column("person_id", TEXT, nullable=False, server_default=text("''")),
)
"""Messages on their way out. `held_by` is the number of the process that sends, as for leases;
`person_id` says which of our people wrote it, and is empty for a bot's.

Only the first unfinished entry of a conversation has a `due_at`; the others get theirs when it
ends. So finding what to send costs the same however many wait behind it.
"""

_partial(
    "outbox_due",
    outbox.c.due_at,
    outbox.c.account_id,
    outbox.c.outbox_id,
    where="state = 'queued' AND due_at IS NOT NULL",
)
_partial(
    "outbox_open",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state IN ('queued', 'sending', 'uncertain')",
)
_partial(
    "outbox_in_flight",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state IN ('sending', 'uncertain')",
)
_partial("outbox_dead", outbox.c.account_id, where="state = 'dead'")
_partial(
    "outbox_failed",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state = 'dead'",
)
Index(
    "outbox_message",
    outbox.c.account_id,
    outbox.c.message_id,
    unique=True,
    sqlite_where=text("message_id IS NOT NULL"),
    postgresql_where=text("message_id IS NOT NULL"),
)

outbox_ids = Sequence("outbox_ids", metadata=metadata)
"""Numbers outbox entries in PostgreSQL; SQLite, with its one writer, counts on by itself."""

timers = Table(
    "timers",
    metadata,
    _text("account_id", primary_key=True),
    _text("conversation_id", primary_key=True),
    _text("name", primary_key=True),
    _text("event_key"),
    _whole("due_at"),
    _text("data"),
    _text("trace_id"),
    Index("timers_due", "due_at"),
)
"""Timers that have not fired. `event_key` is what the event will have, drawn when it was set."""

dialogs = Table(
    "dialogs",
    metadata,
    _text("account_id", primary_key=True),
    _text("conversation_id", primary_key=True),
    _text("dialog_id", primary_key=True),
    _text("name"),
    _text("begun_kind"),
    Column("begun_by", LargeBinary, nullable=False),
    _text("phase"),
    _text("taking"),
    _text("step"),
    _whole("epoch"),
    _whole("since"),
)
"""Dialogs that have begun and not ended. One whose `epoch` is not its conversation's has ended."""

points = Table(
    "points",
    metadata,
    _text("account_id", primary_key=True),
    _text("conversation_id", primary_key=True),
    _text("dialog_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("fingerprint"),
    Column("result", LargeBinary, nullable=False),
    _whole("epoch"),
)
"""The journals of dialogs."""

changes = Table(
    "changes",
    metadata,
    Column("seq", _ROWID, primary_key=True, autoincrement=True),
    _text("account_id"),
    Column("xid", XID, nullable=False),
    _text("kind"),
    _text("conversation_id"),
    _text("ref"),
    _whole("at"),
    Index("changes_order", "xid", "seq"),
    sqlite_autoincrement=True,
)
"""What live pages follow. Readers go by `(xid, seq)`; SQLite has one writer, so `xid` is 0."""

feed = Table("feed", metadata, _text("feed_epoch", primary_key=True))
"""One row. A reader whose epoch differs has followed another database and must start afresh."""

CONSERVATION = """
CREATE VIEW conservation AS
SELECT events.account_id AS account_id,
       count(*) AS accepted,
       count(*) FILTER (WHERE state = 'done') AS done,
       count(*) FILTER (WHERE state IN ('new', 'pending')) AS pending,
       count(*) FILTER (WHERE state = 'quarantined' AND reason <> '') AS quarantined,
       count(*) FILTER (WHERE state = 'ignored' AND reason <> '') AS ignored,
       count(*) FILTER (
           WHERE state = 'pending' AND ready_since IS NULL AND lease_until IS NULL
       ) AS stranded
FROM events
LEFT JOIN conversations
       ON state = 'pending'
      AND conversations.account_id = events.account_id
      AND conversations.conversation_id = events.conversation_id
GROUP BY events.account_id
"""
"""A view with a row per account: `accepted = done + pending + quarantined + ignored` always holds,
and `stranded`, the pending events that nobody will ever take up, is always 0."""

event.listen(metadata, "after_create", DDL(CONSERVATION))
