"""The people who answer customers, and what each of them may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roost.model.ids import UserId

PersonId = NewType("PersonId", str)
"""One of the people who log in: ours, 16 hexadecimal digits."""


class Role(StrEnum):
    """What a person may do.

    An `agent` serves the accounts given to them. An `admin` serves every account and may invite
    others and change what they may do.
    """

    ADMIN = "admin"
    AGENT = "agent"


class LinkPurpose(StrEnum):
    """What a link does for whoever opens it: choose a password first, or enter at once."""

    CHOOSE = "choose"
    ENTER = "enter"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in.

    Attributes:
        person_id: Ours.
        login: What they type to log in, in lower case; 1 to 120 characters.
        name: As colleagues see it; 1 to 80 characters.
        role: What they may do.
        accounts: User ids of the accounts an agent serves; `None` for every account there is.
    """

    person_id: PersonId
    login: str
    name: str
    role: Role
    accounts: frozenset[UserId] | None

    def may_serve(self, account_id: UserId) -> bool:
        """Tell whether an account's conversations are this person's to see and to answer."""
        return self.role is Role.ADMIN or self.accounts is None or account_id in self.accounts
