"""The application's own pages and health checks."""

from __future__ import annotations
