"""The whole schema as it is described, whichever module describes a table."""

from __future__ import annotations

from roost.store import (
    activity_tables,
    api_key_rows,
    attempt_rows,
    composing_tables,
    dialog_tables,
    erasing_tables,
    erasure_tables,
    gap_tables,
    mark_tables,
    people_tables,
    replay_tables,
    search_tables,
    tables,
    token_tables,
    x_object_rows,
)
from roost.store.columns import metadata

MODULES = (
    tables,
    activity_tables,
    api_key_rows,
    attempt_rows,
    composing_tables,
    dialog_tables,
    erasing_tables,
    erasure_tables,
    gap_tables,
    mark_tables,
    people_tables,
    replay_tables,
    search_tables,
    token_tables,
    x_object_rows,
)
"""Loading them is what fills `metadata`."""

__all__ = ["MODULES", "metadata"]
