"""The demo: simulator and application side by side, one command."""

from __future__ import annotations
