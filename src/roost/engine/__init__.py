"""Turns, decisions, outbox and reconciliation; sees the world only through ports."""

from __future__ import annotations
