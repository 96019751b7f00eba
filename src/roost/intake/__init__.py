"""Ways in: every delivery ends in the inbox before X is answered."""

from __future__ import annotations
