"""The simulator's own API under `/_sim`: look, play, start over, and the phone."""

from __future__ import annotations
