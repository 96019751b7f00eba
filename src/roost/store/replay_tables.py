"""What X is asked to deliver again. Of an app, like its webhook, and of no account."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from roost.store.columns import metadata, partial_index, text_column, whole

replays = Table(
    "replays",
    metadata,
    text_column("app_key", primary_key=True),
    text_column("replay_id", primary_key=True),
    text_column("reason"),
    text_column("state"),
    whole("opened_at"),
    whole("begun_at"),
    whole("ended_at"),
    whole("due_at"),
    whole("reached_at"),
    text_column("job_id"),
    Column("job_until", BigInteger),
    whole("n_jobs"),
    text_column("heard_id"),
    text_column("heard_state"),
    text_column("trouble"),
    Column("lost_to", BigInteger),
    Column("closed_at", BigInteger),
    Column("held_by", BigInteger),
)
"""Spans that X is asked to deliver again. `state` is `open` or `closed`."""

partial_index(
    "replays_open",
    replays.c.due_at,
    replays.c.app_key,
    replays.c.replay_id,
    where="state = 'open'",
)
