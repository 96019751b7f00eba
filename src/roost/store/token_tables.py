"""Tables of the tokens that accounts were connected with, and of sign-ins under way."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table

from roost.store.columns import further_text, metadata, text_column, whole

__all__ = ["account_tokens", "metadata", "sign_ins"]

account_tokens = Table(
    "account_tokens",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("name"),
    text_column("app_key"),
    text_column("bot"),
    text_column("screen_name"),
    text_column("access_level"),
    text_column("key_id"),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("access_token", LargeBinary, nullable=False),
    Column("access_token_secret", LargeBinary, nullable=False),
    whole("put_at"),
    further_text("env_name"),
    Index("account_tokens_name", "name", unique=True),
)
"""Accounts that were connected by a person rather than named by the settings. The tokens are
sealed, see `roost.store.sealing`; `bot` is empty for the only one there
is, `env_name` for the first of its app."""

sign_ins = Table(
    "sign_ins",
    metadata,
    text_column("ticket_hash", primary_key=True),
    text_column("name"),
    text_column("app_key"),
    text_column("bot"),
    text_column("browser_hash"),
    text_column("request_token"),
    text_column("key_id"),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("request_secret", LargeBinary, nullable=False),
    whole("ends_at"),
    further_text("env_name"),
)
"""Sign-ins under way. `browser_hash` is empty until a browser has followed the link; what the link
and that browser hold is nowhere, only its SHA-256."""
