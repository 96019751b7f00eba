"""The table that says what was erased, without saying of whom."""

from __future__ import annotations

from sqlalchemy import DDL, Column, Integer, Table, event

from roost.store.columns import metadata, text_column, whole

erasures = Table(
    "erasures",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("erasure_id", primary_key=True),
    text_column("person_id"),
    Column("n_conversations", Integer, nullable=False),
    Column("n_messages", Integer, nullable=False),
    Column("n_deliveries", Integer, nullable=False),
    whole("at"),
)
"""One row per erasure. `person_id` is empty where it was asked for on the command line."""

FORGET_WORDS = """
CREATE TRIGGER erasures_forget_words AFTER INSERT ON erasures BEGIN
    INSERT INTO message_words_found (message_words_found) VALUES ('optimize');
    INSERT INTO customer_words_found (customer_words_found) VALUES ('optimize');
END"""
"""FTS5 keeps the words of removed rows until it merges what it has written; this is when."""

event.listen(erasures, "after_create", DDL(FORGET_WORDS).execute_if(dialect="sqlite"))
