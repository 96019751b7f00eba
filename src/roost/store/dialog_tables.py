"""What waits in a conversation: its timers, its dialogs and their journals."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from roost.store.columns import metadata, text_column, whole

timers = Table(
    "timers",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("name", primary_key=True),
    text_column("event_key"),
    whole("due_at"),
    text_column("data"),
    text_column("trace_id"),
    Index("timers_due", "due_at"),
)
"""Timers that have not fired. `event_key` is what the event will have, drawn when it was set."""

dialogs = Table(
    "dialogs",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("dialog_id", primary_key=True),
    text_column("name"),
    text_column("begun_kind"),
    Column("begun_by", LargeBinary, nullable=False),
    text_column("phase"),
    text_column("taking"),
    text_column("step"),
    whole("epoch"),
    whole("since"),
)
"""Dialogs that have begun and not ended. One whose `epoch` is not its conversation's has ended."""

points = Table(
    "points",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("dialog_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    text_column("kind"),
    text_column("fingerprint"),
    Column("result", LargeBinary, nullable=False),
    whole("epoch"),
)
"""The journals of dialogs."""
