"""Welcome messages: what X has, what a bot declares, and what admins do with both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from roost.model.ids import UserId
from roost.model.messages import OutboundMessage


class Standing(StrEnum):
    """How a welcome message at X stands to what the account's bot declares.

    `by_hand` was made by a person or another program and is left alone by `roost sync`. `same` says
    what the bot declares, `differs` does not, and `stale` is declared no more, or with another file
    or speaker. `unknown` is a bot's, whose declarations this process does not know.
    """

    BY_HAND = "by_hand"
    SAME = "same"
    DIFFERS = "differs"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Greeting:
    """A welcome message as X has it.

    Attributes:
        welcome_id: X's id of it.
        name: What the bot calls it, or what X's list has; `""` for none.
        message: What it says, and under which custom profile; `media_id` of what hangs on it.
        attachment: Kind of what hangs on it: `photo`, `animated_gif`, `video`, or `""`.
        rule_id: X's id of the rule that makes it the default; `""` where it is not.
        standing: Beside what is declared.
        declared: What the bot declares instead; `None` where that is the same, or not known.
    """

    welcome_id: str
    name: str
    message: OutboundMessage
    attachment: str
    rule_id: str
    standing: Standing
    declared: OutboundMessage | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A welcome message that the bot declares and X does not have.

    Attributes:
        name: What the bot calls it.
        message: What it is to say.
        is_default: Whether it is to be shown to everybody.
    """

    name: str
    message: OutboundMessage
    is_default: bool


@dataclass(frozen=True, slots=True)
class Greetings:
    """An account's welcome messages.

    Attributes:
        at_x: Those X has, the newest first.
        lacking: Those it lacks.
        default: Name of the one that the bot declares to be the default, where another is; `""`
            where that is as declared, or nothing is.
        is_declared_known: Whether this process knows what the account's bot declares.
        problem: Why that cannot be compared, for example a file that is not there; `""` for
            nothing.
    """

    at_x: Sequence[Greeting]
    lacking: Sequence[Lacking]
    default: str
    is_declared_known: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Synced:
    """What was brought to X; names of welcome messages and profiles."""

    made: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]
    default: str
    profiles: Sequence[str]


class GreetingsAtX(Protocol):
    """The accounts' welcome messages. Each call may raise what X refuses, see `SendError`."""

    async def listed(self, account_id: UserId) -> Greetings:
        """Give what X has, beside what is declared. X answers this 15 times in 15 minutes."""
        ...

    async def make(self, account_id: UserId, message: OutboundMessage, name: str) -> Greeting:
        """Make one. Not to be repeated blindly: X makes another.

        Args:
            account_id: Whose.
            message: Checked against `X_V1_WELCOME`; its media was uploaded to be shared.
            name: Up to 100 letters, digits, spaces, `-`, `_`, `#`, `@`; nobody is shown it.
        """
        ...

    async def change(
        self, account_id: UserId, welcome_id: str, message: OutboundMessage
    ) -> Greeting:
        """Put other content in the place of one's; its id, name and speaker stay.

        `rule_id` and `standing` of what is given are not looked up.
        """
        ...

    async def remove(self, account_id: UserId, welcome_id: str) -> None:
        """Delete one, and with it a rule that makes it the default."""
        ...

    async def set_default(self, account_id: UserId, welcome_id: str) -> str:
        """Show one to everybody in place of any other; the id of its rule.

        The old default comes back where X does not take the new one.
        """
        ...

    async def unset_default(self, account_id: UserId) -> None:
        """Show none to everybody; nothing changes where none is."""
        ...

    async def sync(self, account_id: UserId) -> Synced:
        """Bring what the account's bot declares to X; to repeat it is safe.

        Raises:
            NotPossible: This process does not know what is declared, or a file is not there.
        """
        ...

    async def fetch(self, account_id: UserId, welcome_id: str, to: Path) -> bool:
        """Fetch what hangs on one into a file; false where nothing does."""
        ...
