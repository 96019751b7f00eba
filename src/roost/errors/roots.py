"""What every exception of Roost is."""

from __future__ import annotations


class RoostError(Exception):
    """Anything Roost raises on purpose."""
