"""Where copies of our Posts are kept, so that a Post that is deleted can be erased everywhere."""

from __future__ import annotations

from sqlalchemy import Table

from roost.store.columns import metadata, text_column

post_copies = Table(
    "post_copies",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("post_id", primary_key=True),
    text_column("kind", primary_key=True),
    text_column("event_key", primary_key=True),
)
"""Which events hold, themselves or in the delivery that brought them, the content of a Post that
our account has written: its own Posts, and what quotes, repeats or likes them."""
