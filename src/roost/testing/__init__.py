"""For tests: probes, clocks and the harness around real processes."""

from __future__ import annotations
