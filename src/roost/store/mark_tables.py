"""What is written down about a conversation: its tags, and what a bot remembers."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from roost.store.columns import metadata, text_column, whole

tags = Table(
    "tags",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    text_column("name", primary_key=True),
    whole("at"),
    Index("tags_of_account", "account_id", "name", "at", "conversation_id"),
)
"""Words on conversations, and since when; each word's conversations are listed by that."""

tags_in_use = Table(
    "tags_in_use",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("name", primary_key=True),
)
"""Every word an account has used, so that they can be listed without reading all of `tags`.

Those that no conversation carries any more are not offered, and go when a customer is erased.
"""

memories = Table(
    "memories",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("scope", primary_key=True),
    text_column("owner_id", primary_key=True),
    text_column("name", primary_key=True),
    Column("value", LargeBinary, nullable=False),
    whole("at"),
)
"""What a bot remembers. `owner_id` is a customer's or a conversation's id, as `scope` says."""
