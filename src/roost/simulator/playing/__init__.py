"""What a user can do beside writing messages, one module per kind of thing it is done to."""

from __future__ import annotations
