"""The durable store in PostgreSQL, for any number of processes at once."""

from __future__ import annotations
