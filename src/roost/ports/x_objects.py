"""What accounts have at X under a name, as a transaction sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from roost.model.ids import UserId
from roost.model.x_objects import XKind, XObject


class XObjectRows(Protocol):
    """The `x_objects` table inside a transaction: a copy of what X has, so that bots know ids."""

    async def of(self, account_id: UserId) -> Sequence[XObject]:
        """Give what an account has, by kind and name."""
        ...

    async def replace(
        self, account_id: UserId, objects: Sequence[XObject], *, at: datetime
    ) -> None:
        """Put what was seen at X in place of all that was known. Safe to call twice."""
        ...

    async def forget(self, account_id: UserId, kind: XKind, x_id: str) -> None:
        """Forget something that X no longer has; nothing where it is not known."""
        ...
