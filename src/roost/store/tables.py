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
    Sequence,
    Table,
    event,
    text,
)

from roost.store.columns import (
    ROWID,
    TEXT,
    XID,
    counted,
    holds,
    metadata,
    partial_index,
    text_column,
    whole,
)

apps = Table(
    "apps",
    metadata,
    text_column("app_key", primary_key=True),
    text_column("app_id"),
    text_column("consumer_key"),
    text_column("webhook_path"),
    text_column("env_name"),
    *holds(),
    Column("state", TEXT, nullable=False, server_default="working"),
    Index("apps_webhook_path", "webhook_path", unique=True),
)
"""Developer apps at X. Secrets live in the settings, never here.

`state` is `working` or `paused`; a paused one is tried again at `check_at`. `holds` counts how
often in a row it was paused.
"""

accounts = Table(
    "accounts",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("app_key"),
    text_column("bot"),
    text_column("capabilities"),
    text_column("dialect"),
    text_column("state"),
    *holds(),
)
"""Our accounts. `bot` is empty where only people answer.

`state` is one of `roost.model.health.AccountState`; one that is held is checked again at
`check_at`, a time as people see it. `holds` counts how often in a row it was held.
"""

partial_index("apps_to_check", apps.c.check_at, where="check_at IS NOT NULL")
partial_index("accounts_to_check", accounts.c.check_at, where="check_at IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("delivery_id", primary_key=True),
    text_column("app_key"),
    text_column("dialect"),
    text_column("trace_id"),
    whole("received_at"),
    Column("is_duplicate", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("source", TEXT, nullable=False, server_default="webhook"),
)
"""Raw deliveries, and pages of lists. What brought nothing new keeps its row and loses its body."""

events = Table(
    "events",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("kind", primary_key=True),
    text_column("event_key", primary_key=True),
    text_column("channel"),
    text_column("dialect"),
    text_column("conversation_id"),
    whole("position"),
    text_column("delivery_id"),
    text_column("trace_id"),
    whole("received_at"),
    text_column("state"),
    text_column("reason"),
    Column("attempts", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("is_history", Integer),
)
"""What deliveries said, once each. `conversation_id` is empty where an event belongs to none.

`is_history` is 1 for what was fetched to complete a transcript, which is nothing new to anybody.
"""

partial_index("events_new", events.c.received_at, events.c.position, where="state = 'new'")
partial_index(
    "events_pending",
    events.c.account_id,
    events.c.conversation_id,
    events.c.position,
    events.c.event_key,
    where="state = 'pending'",
)
partial_index("events_posted", events.c.account_id, events.c.position, where="kind = 'posted'")
partial_index("events_held", events.c.account_id, where="state = 'held'")
partial_index("events_set_aside", events.c.state, where="state IN ('ignored', 'quarantined')")

conversations = Table(
    "conversations",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("channel"),
    text_column("customer_id"),
    text_column("customer_screen_name"),
    text_column("customer_name"),
    text_column("control"),
    text_column("control_reason"),
    Column("controller_id", TEXT),
    whole("epoch"),
    whole("fence"),
    Column("lease_until", BigInteger),
    Column("ready_since", BigInteger),
    whole("last_at"),
    whole("last_position"),
    Column("unread", Integer, nullable=False),
    text_column("preview"),
    Column("held_by", BigInteger),
    Column("received_at", BigInteger),
    Column("received_position", BigInteger),
    Column("handled_position", BigInteger),
    Column("dialog_name", TEXT),
    Column("dialog_step", TEXT),
    Column("waiting_since", BigInteger),
    Column("queue_key", BigInteger, nullable=False, server_default=text("0")),
    Column("last_direction", TEXT, nullable=False, server_default=text("''")),
    Column("snoozed_until", BigInteger),
    Column("tags", TEXT, nullable=False, server_default=text("''")),
    Column("seen_position", BigInteger),
    counted("is_marked_unread"),
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
`received_at` and `received_position` are of the customer's last message, if one came since these
columns are there; replies to it cost nothing for a day.
`seen_position` is that of our last message which X says the customer has read.
`unread` counts messages of the customer nobody has looked at; `is_marked_unread` is 1 where
somebody has marked the conversation to be looked at again.
`snoozed_until` is when it comes back into the lists, as people count time; 2**62 for whenever the
customer writes. `tags` are those of the table of that name, as a JSON list; empty for none.
"""

partial_index("conversations_ready", conversations.c.ready_since, where="ready_since IS NOT NULL")
partial_index("conversations_leased", conversations.c.lease_until, where="lease_until IS NOT NULL")
partial_index(
    "conversations_listed",
    conversations.c.account_id,
    conversations.c.control,
    conversations.c.queue_key,
    conversations.c.conversation_id,
    where="last_at > 0",
)
partial_index(
    "conversations_taken",
    conversations.c.account_id,
    conversations.c.controller_id,
    conversations.c.queue_key,
    conversations.c.conversation_id,
    where="controller_id IS NOT NULL AND snoozed_until IS NULL AND last_at > 0",
)

partial_index(
    "conversations_snoozed",
    conversations.c.account_id,
    conversations.c.snoozed_until,
    conversations.c.conversation_id,
    where="snoozed_until IS NOT NULL",
)

partial_index(
    "conversations_coming_back",
    conversations.c.snoozed_until,
    where="snoozed_until IS NOT NULL",
)

messages = Table(
    "messages",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("message_id", primary_key=True),
    text_column("conversation_id"),
    whole("position"),
    text_column("direction"),
    text_column("text"),
    Column("payload", LargeBinary, nullable=False),
    whole("at"),
    text_column("source_app_id"),
    Column("outbox_id", BigInteger),
    Index("messages_transcript", "account_id", "conversation_id", "position", "message_id"),
)
"""The transcript. `direction` is `in` or `out`, seen from our account."""

outbox = Table(
    "outbox",
    metadata,
    text_column("account_id", primary_key=True),
    Column("outbox_id", BigInteger, primary_key=True, autoincrement=False),
    text_column("conversation_id"),
    text_column("recipient_id"),
    text_column("state"),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger),
    whole("baseline"),
    whole("attempted_at"),
    Column("message_id", TEXT),
    text_column("reason"),
    text_column("trace_id"),
    whole("created_at"),
    Column("held_by", BigInteger),
    counted("lane", 2),
    Column("person_id", TEXT, nullable=False, server_default=text("''")),
    Column("held_until", BigInteger, nullable=False, server_default=text("0")),
    counted("doubts"),
    Column("doubted_at", BigInteger, nullable=False, server_default="0"),
    counted("withdrawal"),
)
"""Messages on their way out. `held_by` is the number of the process that sends, as for leases;
`person_id` says which of our people wrote it, and is empty for a bot's. Before
`held_until` none is due, so that whoever wrote it can take it back.

Of all `attempts`, X may have acted on so many as `doubts` says; of the others it surely has not.
`doubted_at` says when the last of them ended; it is before `attempted_at` where a later one began
and its process died.

`lane` is a `roost.model.outbound.Lane`: of two that are due, the one of the lower lane goes.
`withdrawal` is a `roost.model.outbound.Withdrawal`.

Only the first unfinished entry of a conversation has a `due_at`; the others get theirs when it
ends. So finding what to send costs the same however many wait behind it.
"""

partial_index(
    "outbox_due_by_lane",
    outbox.c.lane,
    outbox.c.due_at,
    outbox.c.account_id,
    outbox.c.outbox_id,
    where="state = 'queued' AND due_at IS NOT NULL",
)
partial_index(
    "outbox_set_aside",
    outbox.c.state,
    outbox.c.account_id,
    outbox.c.outbox_id,
    where="state IN ('parked', 'dead', 'dropped')",
)
partial_index(
    "outbox_open",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state IN ('queued', 'sending', 'uncertain')",
)
partial_index(
    "outbox_in_flight",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state IN ('sending', 'uncertain')",
)
partial_index(
    "outbox_failed",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state = 'dead'",
)
partial_index(
    "outbox_parked",
    outbox.c.account_id,
    outbox.c.conversation_id,
    outbox.c.outbox_id,
    where="state = 'parked'",
)
Index(
    "outbox_message",
    outbox.c.account_id,
    outbox.c.message_id,
    unique=True,
    sqlite_where=text("message_id IS NOT NULL"),
    postgresql_where=text("message_id IS NOT NULL"),
)

budgets = Table(
    "budgets",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("route", primary_key=True),
    whole("most"),
    whole("used"),
    whole("ends_at"),
    whole("shut_until"),
    whole("leased"),
    whole("lease_ends_at"),
)
"""What an account may still ask of a route: `roost.model.budgets.Budget`. Shared by all workers."""

app_budgets = Table(
    "app_budgets",
    metadata,
    text_column("app_key", primary_key=True),
    text_column("route", primary_key=True),
    whole("most"),
    whole("used"),
    whole("ends_at"),
    whole("shut_until"),
)
"""What an app may still ask of a route, all its accounts together; accounts lease blocks of it."""

outbox_ids = Sequence("outbox_ids", metadata=metadata)
"""Numbers outbox entries in PostgreSQL; SQLite, with its one writer, counts on by itself."""

changes = Table(
    "changes",
    metadata,
    Column("seq", ROWID, primary_key=True, autoincrement=True),
    text_column("account_id"),
    Column("xid", XID, nullable=False),
    text_column("kind"),
    text_column("conversation_id"),
    text_column("ref"),
    whole("at"),
    Index("changes_order", "xid", "seq"),
    sqlite_autoincrement=True,
)
"""What live pages follow. Readers go by `(xid, seq)`; SQLite has one writer, so `xid` is 0."""

feed = Table(
    "feed",
    metadata,
    text_column("feed_epoch", primary_key=True),
    Column("beats", BigInteger, nullable=False, server_default=text("0")),
)
"""One row. A reader whose epoch differs has followed another database and must start afresh.
`beats` is counted up to see whether, or to make sure that, the disk keeps a commit."""

CONSERVATION = """
CREATE VIEW conservation AS
SELECT events.account_id AS account_id,
       count(*) AS accepted,
       count(*) FILTER (WHERE state = 'done') AS done,
       count(*) FILTER (WHERE state IN ('held', 'new', 'pending')) AS pending,
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
