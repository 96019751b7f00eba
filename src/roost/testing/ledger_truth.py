"""What X knows, as the ledger reads it: the simulator's truth log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from roost.model.budgets import Limit
from roost.model.ids import UserId
from roost.testing.ledger_limits import Call

_SUCCESS = range(200, 300)

Answer = Callable[[str], str]
"""Gives the one answer a bot has to a text."""


class Line(Call, frozen=True):
    """One line of the simulator's truth log, as far as it is read here."""

    event_id: str = ""
    for_user_id: str | None = None
    message_id: str = ""
    sender_id: str = ""
    recipient_id: str = ""
    app_id: str = ""
    text: str = ""
    post_id: str = ""
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What the simulator says.

    Attributes:
        lines: Its log, oldest first.
        account_ids: Our accounts; none writes to another.
        app_id: Our app.
        answer: What the bot has to say to a text, where each message is to be answered once.
        left_to_people: Customers whose conversations may be with people, because of what was done
            to the application; it need not answer them. Whoever else is left to people is a fault.
        limits: What X allows an account, by route, where calls are to be counted.
    """

    lines: Sequence[Line]
    account_ids: frozenset[UserId]
    app_id: str
    answer: Answer | None = None
    left_to_people: frozenset[str] = frozenset()
    limits: Mapping[str, Limit] = field(default_factory=dict[str, Limit])

    @property
    def messages(self) -> list[Line]:
        """Messages that exist between one of our accounts and anybody."""
        return [
            line
            for line in self.lines
            if line.kind == "message" and self.account_ids & {line.sender_id, line.recipient_id}
        ]

    @property
    def received(self) -> list[Line]:
        """Messages that our accounts were sent, in X's order."""
        found = [line for line in self.messages if line.recipient_id in self.account_ids]
        return sorted(found, key=lambda line: int(line.message_id))

    @property
    def sent(self) -> list[Line]:
        """Messages that our app has sent for our accounts."""
        return [
            line
            for line in self.messages
            if line.sender_id in self.account_ids and line.app_id == self.app_id
        ]

    @property
    def posted(self) -> list[Line]:
        """Posts that our app has made for our accounts."""
        return [
            line
            for line in self.lines
            if line.kind == "post" and line.user_id in self.account_ids
            if line.app_id == self.app_id
        ]

    @property
    def acknowledged(self) -> set[str]:
        """Message ids whose delivery to us was answered 2xx at least once.

        Other deliveries have ids too: that of a follow names a user.
        """
        there = {line.message_id for line in self.messages}
        return {
            line.event_id
            for line in self.lines
            if line.kind == "attempt"
            and line.event_id in there
            and line.for_user_id in self.account_ids
            and line.status in _SUCCESS
        }
