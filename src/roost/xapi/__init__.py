"""X's wire: signatures, shapes, routes and errors as data, and the client built from them."""

from __future__ import annotations
