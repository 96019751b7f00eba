"""What people write with: who they speak as, drafts, canned replies, and what may still be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roost.model.budgets import Window
from roost.model.ids import ConversationId, UserId
from roost.model.people import PersonId


@dataclass(frozen=True, slots=True)
class Voice:
    """The custom profile under which a person speaks for an account.

    Attributes:
        profile_id: X's id of the profile.
        name: What the customer reads; as X had it when the profile was chosen.
    """

    profile_id: str
    name: str


@dataclass(frozen=True, slots=True)
class DraftKey:
    """Whose draft, and where.

    Attributes:
        account_id: Our account.
        conversation_id: Where it will be sent.
        person_id: Who writes it; nobody else sees it.
    """

    account_id: UserId
    conversation_id: ConversationId
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text that people put into their replies.

    Attributes:
        canned_id: Ours.
        name: What is typed after `/` to find it; unique in its account.
        text: With variables such as `{customer.name}`.
    """

    canned_id: str
    name: str
    text: str


class ComposingRows(Protocol):
    """What people write with, inside a transaction."""

    async def put_voice(self, account_id: UserId, person_id: PersonId, voice: Voice) -> None:
        """Have a person speak under a profile from now on."""
        ...

    async def drop_voice(self, account_id: UserId, person_id: PersonId) -> None:
        """Have a person sign what they write instead; nothing where they do."""
        ...

    async def drop_profile(self, account_id: UserId, profile_id: str) -> None:
        """Have everybody who speaks under a profile sign instead; nothing where nobody does."""
        ...

    async def put_draft(self, key: DraftKey, content: bytes, *, at: datetime) -> None:
        """Keep what is written so far in place of what was kept before."""
        ...

    async def drop_draft(self, key: DraftKey) -> None:
        """Forget what was written; nothing where there is none."""
        ...

    async def replace_draft(
        self, key: DraftKey, as_read: bytes, content: bytes | None, *, at: datetime
    ) -> None:
        """Keep something else, or, with `None`, nothing, unless the draft was changed meanwhile.

        Args:
            key: Whose, and where.
            as_read: What it held when it was read; where it holds anything else by now, it stays.
            content: What is kept from now on.
            at: When.
        """
        ...

    async def put_canned(self, account_id: UserId, canned: CannedReply, *, at: datetime) -> bool:
        """Store a canned reply, or replace the one with its id; false where the name is taken."""
        ...

    async def drop_canned(self, account_id: UserId, canned_id: str) -> bool:
        """Remove a canned reply; false where there is none."""
        ...


class ComposingLookup(Protocol):
    """What people write with, as requests look it up. Sees what is committed."""

    async def voices(self, account_id: UserId) -> Mapping[PersonId, Voice]:
        """Give everybody's profile who has one."""
        ...

    async def draft(self, key: DraftKey) -> bytes | None:
        """Give what was written; `None` where nothing is kept."""
        ...

    async def canned(self, account_id: UserId) -> Sequence[CannedReply]:
        """Give an account's canned replies, by name."""
        ...

    async def sends(self, account_id: UserId) -> Window | None:
        """Give the window of what may be sent; `None` where nothing was sent yet."""
        ...
