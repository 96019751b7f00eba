"""Taking everything of a customer out of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from roost.model.ids import ConversationId, UserId
from roost.model.memories import Memory
from roost.model.people import PersonId


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out. All are counts of rows.

    Attributes:
        conversations: Conversations with the customer.
        messages: Their messages, and those that were still to be sent.
        deliveries: Bodies of deliveries that named the customer; the rows stay, empty.
    """

    conversations: int
    messages: int
    deliveries: int


class Traces(StrEnum):
    """What may still hold pieces of what was erased, where no query finds them any more.

    `none`: nothing. `log`: the database's log, which another program keeps from being emptied by
    reading; it is tried until it can be. `file`: unused parts of a database file that is too large
    to be written anew while it is in use. `server`: files of the database's server, which removes
    old versions of rows in its own time.
    """

    NONE = "none"
    LOG = "log"
    FILE = "file"
    SERVER = "server"


class ErasingRows(Protocol):
    """A customer's rows inside a transaction."""

    async def erase(
        self, account_id: UserId, customer_id: UserId, *, by: PersonId | None, at: datetime
    ) -> Erased:
        """Take out all that an account has of a customer; with nothing there, nothing happens.

        What stays is the id of each message, so that X can deliver none of them again, and a
        record that something was erased, when and by whom. The body of a delivery that names the
        customer is emptied, also where it names other customers; so is what was told of them
        outside conversations: what they liked, whom they follow, Posts that name them.

        Raises:
            NotPossible: A message to them is on its way at this moment; in a moment it is not.
        """
        ...

    async def conversations_with(
        self, account_id: UserId, customer_id: UserId
    ) -> Sequence[ConversationId]:
        """Give the conversations with a customer."""
        ...

    async def memories_of(
        self, account_id: UserId, customer_id: UserId, conversation_id: ConversationId
    ) -> Sequence[Memory]:
        """Give what bots remember of a customer and of a conversation."""
        ...


class TraceLookup(Protocol):
    """What of what was erased is still in the database's files."""

    async def look(self, *, within: timedelta) -> Traces:
        """Tell what may still hold pieces of what was erased, once there is nothing more to do.

        Args:
            within: For how long who keeps it from going is waited for. It is tried on afterwards.
        """
        ...
