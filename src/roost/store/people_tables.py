"""Tables of the people who log in, and of what they do beside messages."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from roost.store.columns import TEXT, metadata

__all__ = ["links", "metadata", "people", "remarks", "requests", "sessions"]


def _text(name: str, *, primary_key: bool = False) -> Column[str]:
    return Column(name, TEXT, primary_key=primary_key, nullable=False)


def _whole(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


people = Table(
    "people",
    metadata,
    _text("person_id", primary_key=True),
    _text("login"),
    _text("name"),
    _text("role"),
    _text("accounts"),
    _text("password_hash"),
    _text("state"),
    _whole("created_at"),
    Index("people_login", "login", unique=True),
)
"""Who may log in. `accounts` is `*`, or user ids with blanks between; `state` is `active` or
`disabled`; `password_hash` is empty until one was chosen."""

sessions = Table(
    "sessions",
    metadata,
    _text("token_hash", primary_key=True),
    _text("person_id"),
    _whole("created_at"),
    _whole("seen_at"),
    _whole("ends_at"),
    Index("sessions_person", "person_id"),
)
"""Who is logged in. What the browser holds is nowhere, only its SHA-256."""

links = Table(
    "links",
    metadata,
    _text("token_hash", primary_key=True),
    _text("person_id"),
    _text("purpose"),
    Column("uses_left", Integer, nullable=False),
    _whole("ends_at"),
)
"""Links that let people in, likewise by SHA-256."""

requests = Table(
    "requests",
    metadata,
    _text("account_id", primary_key=True),
    _text("person_id", primary_key=True),
    _text("request_key", primary_key=True),
    _text("fingerprint"),
    Column("answer", LargeBinary, nullable=False),
    _whole("at"),
)
"""Changes asked for under a key of the caller's, and how they were answered."""

remarks = Table(
    "remarks",
    metadata,
    _text("account_id", primary_key=True),
    _text("remark_id", primary_key=True),
    _text("conversation_id"),
    _text("kind"),
    _text("person_id"),
    _text("text"),
    _whole("at"),
    Index("remarks_transcript", "account_id", "conversation_id", "at", "remark_id"),
)
"""What stands between a conversation's messages and never reaches the customer: who had it when,
and notes. `person_id` is empty where nobody but the bot did it."""
