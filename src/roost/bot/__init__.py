"""What bot authors import, and the child process their code runs in."""

from __future__ import annotations
