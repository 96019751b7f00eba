"""Words that every bot understands, whatever it is just asking: stop, start, menu, person, cancel.

A message counts only as a whole, without case, accents and marks. A tap never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from roost.bot import given
from roost.model import folding
from roost.model.messages import Message
from roost.model.opting import START, STOP, OptOut


class Meaning(StrEnum):
    """What a built-in word means."""

    STOP = "stop"
    """Say nothing more, until the customer writes `start`."""
    START = "start"
    """Begin again after a stop."""
    MENU = "menu"
    """Leave what is being asked; the message goes to its handler."""
    CANCEL = "cancel"
    """Leave what is being asked."""
    PERSON = "person"
    """Get a person."""


MENU = ("menu", "main menu", "hauptmenu", "menu principal", "menue", "inicio", "hoofdmenu")
CANCEL = (
    "cancel", "abbrechen", "cancelar", "annuler", "annulla", "annuleren", "annuleer", "never mind",
    "nevermind",
)  # fmt: skip
PERSON = (
    "person", "human", "agent", "talk to a person", "talk to a human", "representative",
    "mensch", "mitarbeiter", "persona", "humano", "agente", "personne", "humain", "conseiller",
    "real person", "speak to a person", "speak to a human", "i want to talk to a person",
    "i want to talk to a human", "ein mensch", "pessoa", "atendente", "operatore", "umano",
    "mens", "medewerker",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The built-in words of a bot, and what it says to them. Empty words switch one off.

    A handler registered for such a message, as by `text.contains("person")`, gets it instead, also
    while something is being asked, which is left then; and a label of what is offered right now is
    chosen by it. Only `stop` is always heeded, and `start` by who has stopped.

    Words are in English, German, Spanish, French, Portuguese, Italian and Dutch.

    Attributes:
        stop: The bot says `stopped` and is silent until one of `start`: nothing it has asked or
            wanted to be woken for comes to the customer.
        start: After a stop, the bot says `started` and answers again.
        menu: What is being asked is left, and the message goes to its handler; where there is none,
            the bot says `cancelled`.
        cancel: What is being asked is left, and the bot says `cancelled`.
        person: The bot says `handing_over`, and people get the conversation.
        stopped: 1 to 10,000 characters, as the others.
        started: Likewise.
        cancelled: Likewise.
        handing_over: Likewise.

    Raises:
        WrongKind: A list of words is none.
    """

    stop: Sequence[str] = STOP
    start: Sequence[str] = START
    menu: Sequence[str] = MENU
    cancel: Sequence[str] = CANCEL
    person: Sequence[str] = PERSON
    stopped: str = "You will get no more messages from me. Write START if you change your mind."
    started: str = "Welcome back. What can I do for you?"
    cancelled: str = "All right, never mind."
    handing_over: str = "One moment, I am getting a person for you."

    def __post_init__(self) -> None:
        """Refuse a bare text for a list of words, whose letters would be the words."""
        for meaning in Meaning:
            given.several(getattr(self, meaning), (str,), meaning)

    @property
    def opt_out(self) -> OptOut:
        """What is heeded even while people have the conversation."""
        return OptOut(
            frozenset(map(folding.words_of, self.stop)),
            frozenset(map(folding.words_of, self.start)),
        )

    def meaning_of(self, message: Message) -> Meaning | None:
        """Tell what a message means; `None` where it is none of the words, or a tap."""
        return None if message.is_quick_reply else self.meaning_of_text(message.text)

    def meaning_of_text(self, text: str) -> Meaning | None:
        """Tell what a text means as a whole; `None` where it is none of the words."""
        said = folding.words_of(text)
        for meaning, words in (
            (Meaning.STOP, self.stop),
            (Meaning.START, self.start),
            (Meaning.MENU, self.menu),
            (Meaning.CANCEL, self.cancel),
            (Meaning.PERSON, self.person),
        ):
            if said in {folding.words_of(word) for word in words}:
                return meaning
        return None
