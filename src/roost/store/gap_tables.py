"""What may be missing: until when each account has seen everything, and the gaps since."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table

from roost.store.columns import metadata, partial_index, text_column, whole

last_seen = Table(
    "last_seen",
    metadata,
    text_column("account_id", primary_key=True),
    whole("connected_at"),
    whole("ok_at"),
    whole("swept_at"),
)
"""Until when each account has missed nothing that is not in a gap."""

gaps = Table(
    "gaps",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("gap_id", primary_key=True),
    text_column("kind"),
    text_column("reason"),
    text_column("state"),
    whole("opened_at"),
    whole("begun_at"),
    whole("ended_at"),
    whole("due_at"),
    Column("urgency", Integer, nullable=False),
    Column("passes", Integer, nullable=False),
    text_column("cursor"),
    Column("pass_begun_at", BigInteger),
    Column("reached_at", BigInteger),
    whole("n_pages"),
    whole("n_listed"),
    whole("n_new"),
    whole("n_new_in_pass"),
    text_column("trouble"),
    Column("unlisted_to", BigInteger),
    Column("closed_at", BigInteger),
    Column("held_by", BigInteger),
)
"""Spans in which deliveries may have been missed. `state` is `open` or `closed`."""

partial_index(
    "gaps_open",
    gaps.c.urgency,
    gaps.c.due_at,
    gaps.c.account_id,
    gaps.c.gap_id,
    where="state = 'open'",
)
partial_index(
    "gaps_listing", gaps.c.account_id, gaps.c.gap_id, where="state = 'open' AND cursor <> ''"
)
