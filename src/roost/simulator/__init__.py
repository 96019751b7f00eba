"""Offline X: world, API, deliveries and the customer's phone."""

from __future__ import annotations
