"""X endpoints as data, one module per family; `ROUTES` holds them all by name."""

from __future__ import annotations
