"""The application put together: the only package that knows every adapter."""

from __future__ import annotations
