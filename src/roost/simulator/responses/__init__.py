"""X's answers, one module per family of routes, as in `roost.xapi.routes`."""

from __future__ import annotations
