"""The whole schema as it is described, whichever module describes a table."""

from __future__ import annotations

from roost.store import composing_tables, dialog_tables, gap_tables, people_tables, tables
from roost.store.columns import metadata

MODULES = (tables, composing_tables, dialog_tables, gap_tables, people_tables)
"""Loading them is what fills `metadata`."""

__all__ = ["MODULES", "metadata"]
