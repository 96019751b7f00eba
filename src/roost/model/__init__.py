"""Frozen values that the whole of Roost speaks in; standard library only."""

from __future__ import annotations
