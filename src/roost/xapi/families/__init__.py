"""The client's methods, one module for each family of X's routes."""

from __future__ import annotations
