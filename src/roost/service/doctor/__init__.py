"""What is wrong with a connection to X, why, and what to do about it."""

from __future__ import annotations
