"""The first connection to X, step by step: what is asked, and what becomes of the answers."""

from __future__ import annotations
