"""Tables of what people write with."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from roost.store.columns import metadata, text_column, whole

__all__ = ["canned_replies", "drafts", "metadata", "voices"]

voices = Table(
    "voices",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("person_id", primary_key=True),
    text_column("profile_id"),
    text_column("name"),
)
"""Under which custom profile each person speaks. Whoever has none signs their messages."""

drafts = Table(
    "drafts",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("person_id", primary_key=True),
    Column("content", LargeBinary, nullable=False),
    whole("at"),
)
"""Replies that are being written, as JSON."""

canned_replies = Table(
    "canned_replies",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("canned_id", primary_key=True),
    text_column("name"),
    text_column("text"),
    whole("at"),
    Index("canned_replies_name", "account_id", "name", unique=True),
)
"""Texts that people put into their replies."""
