"""Whether a customer wants to hear from a bot: the words for it, and where it is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from roost.model import folding
from roost.model.memories import Memory, Scope
from roost.model.messages import Message

STOP = (
    "stop", "unsubscribe", "stopp", "abbestellen", "basta", "arreter", "arrete", "desabonner",
    "parar", "pare", "detener", "smetti", "afmelden", "stopall", "stop all", "quit", "hor auf",
    "aufhoren", "alto", "baja", "sair", "ferma",
)  # fmt: skip
START = ("start", "unstop", "subscribe", "anfangen", "empezar", "commencer", "comecar", "inizia")

STOPPED = (Scope.CUSTOMER, "~stopped")
"""Under which it is remembered that a customer wants to hear nothing."""

YES = b"\xc3"
"""What is remembered then; nothing is, where the customer wants to hear from the bot."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """The words by which a customer ends and begins again what a bot says.

    Attributes:
        stop: As `roost.model.folding.words_of` gives them.
        start: Likewise.
    """

    stop: frozenset[str] = frozenset()
    start: frozenset[str] = frozenset()

    def news_in(self, message: Message) -> Memory | None:
        """Give what is to be remembered for a message; `None` where it is no such word, or a tap.

        Example:
            >>> from roost.model.ids import MessageId
            >>> BUILT_IN.news_in(Message(MessageId("1"), "Stop!")).value == YES
            True
        """
        said = "" if message.is_quick_reply else folding.words_of(message.text)
        if said and said in self.stop:
            return Memory(*STOPPED, YES)
        return Memory(*STOPPED, b"") if said and said in self.start else None


BUILT_IN = OptOut(frozenset(STOP), frozenset(START))
"""Of a bot that has not said which words it wants."""
