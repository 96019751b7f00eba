"""Durable state in SQLite: tables, queries, migrations, and the writer that groups commits."""

from __future__ import annotations
