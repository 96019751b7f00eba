"""Feedback cards: X asks a customer how satisfied they are, in its own apps for iOS and Android.

App and sender have to be on a list of X's; elsewhere only the introducing message is shown.

Source: https://github.com/twitterdev/preview-docs_feedback-api (archived).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from roost.errors import InvalidCall
from roost.model import capabilities
from roost.model.ids import UserId
from roost.xapi import checks
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.paginators import Page, Pages
from roost.xapi.wire_feedback import Feedback, FeedbackEvent, FeedbackEvents

LARGEST_PAGE, LONGEST_ID, LONGEST_NAME = 100, 256, 20
"""Events of a page; characters of an id of one's own, and of a name to show."""


class Kind(StrEnum):
    """What is asked: satisfaction (1 to 5), or whether they would recommend us (0 to 10)."""

    CSAT = "csat"
    NPS = "nps"


_LAST_VARIANT = {Kind.CSAT: 37, Kind.NPS: 5}


@dataclass(frozen=True, slots=True)
class Card:
    """What is asked, and how.

    Attributes:
        kind: The question.
        text: The message that brings it.
        privacy_url: Where it says what becomes of the answer.
        external_id: An id of one's own, up to 256 characters.
        variant: Which of X's wordings: 0 to 37 for `csat`, 0 to 5 for `nps`.
        display_name: Whom the question names, up to 20 characters; `""` for the account.
        is_test: Whether it counts for nothing.
    """

    kind: Kind
    text: str
    privacy_url: str
    external_id: str = ""
    variant: int = 0
    display_name: str = ""
    is_test: bool = False

    def parameters(self) -> list[tuple[str, str]]:
        """Give it as X is sent it.

        Raises:
            InvalidCall: A part breaks a limit of X.
        """
        checks.length("text", self.text, capabilities.X_V1.text)
        if not self.privacy_url.startswith(("https://", "http://")):
            raise InvalidCall("privacy_url", f"{self.privacy_url[:40]!r} is no http(s) address")
        checks.within("external_id", len(self.external_id), 0, LONGEST_ID)
        checks.within("display_name", len(self.display_name), 0, LONGEST_NAME)
        checks.within("variant", self.variant, 0, _LAST_VARIANT[self.kind])
        optional = {"external_id": self.external_id, "display_name": self.display_name}
        return [
            ("type", self.kind.value),
            ("message", self.text),
            ("privacy_url", self.privacy_url),
            ("question_variant_id", str(self.variant)),
            *((name, text) for name, text in optional.items() if text),
            *([("test", "true")] if self.is_test else []),
        ]


class FeedbackCards:
    """`x.feedback`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def create(self, to: UserId, card: Card) -> Feedback:
        """Send a card. 1,000 in 24 hours, and one to each customer; counts as a message, too.

        Raises:
            InvalidCall: The card breaks a limit of X; nothing was sent.
            PermissionMissing: X has not listed the app or the account.
            CannotMessageUser: The customer takes no messages.
        """
        parameters = [("to_user_id", checks.x_id("to", to)), *card.parameters()]
        return await self._caller.fetch(Call("feedback.create", parameters=parameters), Feedback)

    async def show(self, feedback_id: str) -> Feedback:
        """Show a card and its answer. 180 in 15 minutes."""
        call = Call("feedback.show", {"id": checks.x_id("feedback_id", feedback_id)})
        return await self._caller.fetch(call, Feedback)

    async def page(
        self,
        begin: datetime,
        end: datetime,
        *,
        count: int = LARGEST_PAGE,
        cursor: str = "",
    ) -> FeedbackEvents:
        """List what happened to cards. 1,000 in 15 minutes.

        Args:
            begin: From then on.
            end: Until then; X knows nothing of the last 24 hours.
            count: 1 to 100 a page.
            cursor: `next_cursor` of the page before; `""` for the first.

        Raises:
            InvalidCall: `begin` is after `end`, or `count` breaks its limit.
        """
        if begin > end:
            raise InvalidCall("begin", f"{begin.isoformat()} is after end, {end.isoformat()}")
        checks.within("count", count, 1, LARGEST_PAGE)
        parameters = [
            ("from_time", str(int(begin.timestamp() * 1000))),
            ("to_time", str(int(end.timestamp() * 1000))),
            ("count", str(count)),
            *([("cursor", cursor)] if cursor else []),
        ]
        return await self._caller.fetch(
            Call("feedback.events", parameters=parameters), FeedbackEvents
        )

    def between(self, begin: datetime, end: datetime) -> Pages[FeedbackEvent]:
        """Walk everything that `page` lists."""

        async def fetch(cursor: str) -> Page[FeedbackEvent]:
            found = await self.page(begin, end, cursor=cursor)
            return Page(found.events, found.next_cursor)

        return Pages(fetch)
