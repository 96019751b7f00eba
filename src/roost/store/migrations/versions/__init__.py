"""The migrations, in the order of their revisions."""

from __future__ import annotations
