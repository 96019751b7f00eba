"""X's wire: signatures, shapes, routes and errors as data, and the client built from them."""

from __future__ import annotations

from roost.xapi.client import XClient
from roost.xapi.oauth1 import Credentials

__all__ = ["Credentials", "XClient"]
