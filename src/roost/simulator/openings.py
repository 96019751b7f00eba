"""Conversations as people have them open, and the welcome message they see there.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides
/setting-default-welcome-message and /deeplinking-to-welcome-message (archived).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from roost.simulator.rows import Rows
from roost.simulator.welcome_entries import OpeningEntry
from roost.xapi.wire_dm import InitiatedVia


class Openings:
    """What each user has open, or had; where nothing is remembered, it was never opened."""

    def __init__(self, entries: Iterable[OpeningEntry]) -> None:
        self._openings = Rows("opening", {(one.user_id, one.with_id): one for one in entries})

    def entries(self) -> Sequence[OpeningEntry]:
        """Give all of them."""
        return tuple(self._openings.values())

    def find(self, user_id: str, with_id: str) -> OpeningEntry | None:
        """Give a conversation as a user has it open, or had; `None` where it never was."""
        return self._openings.get((user_id, with_id))

    def put(self, opening: OpeningEntry) -> None:
        """Remember a conversation as it is now."""
        self._openings[opening.user_id, opening.with_id] = opening

    def leave(self, user_id: str, with_id: str) -> bool:
        """Let a user leave a conversation; false where it is not open."""
        opening = self.find(user_id, with_id)
        if opening is None or not opening.is_open:
            return False
        self.put(OpeningEntry(user_id=user_id, with_id=with_id, is_open=False))
        return True

    def wrote(self, user_id: str, with_id: str, *, now: str) -> None:
        """Note that a person writes, for which the conversation has to be open."""
        opening = self.find(user_id, with_id)
        if opening is None or not opening.is_open:
            self.put(OpeningEntry(user_id=user_id, with_id=with_id, opened_at=now))

    def message_passed(self, sender_id: str, recipient_id: str) -> InitiatedVia | UnsetType:
        """Note a message, and give what it came from: what its sender saw directly before.

        Whatever its recipient was about to answer is no longer directly before the answer.
        """
        received = self.find(recipient_id, sender_id)
        if received is not None:
            self.put(replace(received, via_welcome_message_id="", via_post_id=""))
        opening = self.find(sender_id, recipient_id)
        if opening is None:
            return UNSET
        self.put(replace(opening, via_welcome_message_id="", via_post_id="", text=""))
        if not opening.via_post_id and not opening.via_welcome_message_id:
            return UNSET
        return InitiatedVia(
            tweet_id=opening.via_post_id or UNSET,
            welcome_message_id=opening.via_welcome_message_id or UNSET,
        )
