"""How the schema came to be: Alembic's scripts, each of them one transaction."""

from __future__ import annotations
