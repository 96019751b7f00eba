"""Welcome messages as code: declared beside the handlers, and kept in step with X."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from roost.bot import given, handlers
from roost.bot.shelf import Shelf
from roost.bot.speaking import LONGEST_NAME, check_name
from roost.errors import BotError, InvalidMessage, WrongKind
from roost.model import capabilities, signatures
from roost.model.messages import Button, OutboundMessage, QuickReply

MARK = "roost#"
"""Begins the names, at X, of welcome messages that a bot declares; others are left alone.

X takes letters, digits, spaces and `-`, `_`, `#`, `@` in a name.
"""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Under which name and picture something is said: a custom profile of X.

    X lets only accounts do so which it has listed; elsewhere the text is signed with the name.

    Attributes:
        name: 1 to 48 characters.
        picture: A file, its path from the folder of the bot's file: `roost sync` makes the profile.
            `""` for one that the account has already.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles (archived).
    """

    name: str
    picture: str = ""

    def signed(self, text: str) -> str:
        """Give a text with the name under it."""
        return signatures.under(text, self.name)


@dataclass(frozen=True, slots=True)
class WelcomeMessage:
    """What is shown to somebody who opens a conversation.

    Attributes:
        text: 1 to 9,990 characters.
        quick_replies: Up to 20 answers to tap.
        buttons: Up to 3 links.
        media: A picture, GIF or video: a file, its path from the folder of the bot's file.
            `roost sync` uploads it. Whoever has its address at X can see it.
        speaks_as: Under which name, as in `chat.say`; or under which name and picture, so that
            `roost sync` makes the profile. The account's own where left out.

    Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages (archived).
    """

    text: str
    quick_replies: Sequence[QuickReply] = ()
    buttons: Sequence[Button] = ()
    media: str = ""
    speaks_as: str | Speaker = ""

    @property
    def speaker(self) -> Speaker | None:
        """Who speaks; `None` for the account itself."""
        named = self.speaks_as
        return named if isinstance(named, Speaker) else Speaker(named) if named else None

    def outbound(self) -> OutboundMessage:
        """Give it as X is sent it.

        Raises:
            InvalidMessage: A limit of X is broken.
            WrongKind: A part is of another kind than its field takes.
        """
        given.parts(self.text, self.quick_replies, self.buttons)
        given.a_text_or(Speaker, self.speaks_as, "speaks_as")
        made = OutboundMessage(self.text, tuple(self.quick_replies), tuple(self.buttons))
        # What hangs on it is uploaded later; here it only lets the text be empty.
        attached = replace(made, media_id="0" if self.media else "")
        capabilities.check(attached, capabilities.X_V1_WELCOME)
        if self.speaker is not None:
            self._check_speaker(self.speaker, attached)
        return made

    def _check_speaker(self, speaker: Speaker, made: OutboundMessage) -> None:
        check_name(speaker.name)
        if not speaker.name:
            problem = f"must have 1 to {LONGEST_NAME} characters"
            raise InvalidMessage("speaks_as", problem, limit=LONGEST_NAME, value=0)
        # Where X lets the account have no profile, the name stands in the text.
        signed = replace(made, text=speaker.signed(made.text))
        capabilities.check(signed, capabilities.X_V1_WELCOME)


@dataclass(frozen=True, slots=True)
class Declared:
    """A welcome message as a bot declares it.

    Attributes:
        name: Unique in the bot.
        message: What it says.
        is_default: Whether it is shown to everybody; a bot has one at most.
        media: The file that hangs on it, its path absolute; `""` for none.
        speaker: Under which name and picture; `None` for the account's own.
        marks: What of these X cannot show, as fingerprints in X's name for it: where they differ,
            it is made anew.
    """

    name: str
    message: OutboundMessage
    is_default: bool
    media: str = ""
    speaker: Speaker | None = None
    marks: str = ""

    @property
    def x_name(self) -> str:
        """What it is called at X."""
        return f"{MARK}{self.name}{self.marks}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A welcome message as X has it.

    Attributes:
        x_id: X's id of it.
        name: As X has it; `""` for none.
        message: What it says.
        is_default: Whether it is shown to everybody.
        profile_id: X's id of the custom profile it speaks under; `""` for none.
    """

    x_id: str
    name: str
    message: OutboundMessage
    is_default: bool
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done at X, in this order.

    Attributes:
        make: Declared and not there.
        change: There, and saying something else: X's id, and what it is to say. Its id stays, so
            links that name it go on working.
        default: Name of the one to be shown to everybody; `""` where that is so already.
        remove: Those of a bot's that are declared no more.
    """

    make: tuple[Declared, ...]
    change: tuple[tuple[str, Declared], ...]
    default: str
    remove: tuple[Kept, ...]

    @property
    def is_empty(self) -> bool:
        """Whether X has everything as it is declared."""
        return not (self.make or self.change or self.default or self.remove)


def declare(
    function: Callable[[], WelcomeMessage],
    *,
    is_default: bool,
    known: Mapping[str, Declared],
    shelf: Shelf,
) -> Declared:
    """Check a welcome message where it is declared.

    Args:
        function: Takes nothing and gives it; its name is the welcome message's.
        is_default: Whether it is to be shown to everybody.
        known: Those declared before.
        shelf: Where the files are that it names.

    Raises:
        BotError: The function does not fit, the message breaks a limit of X or names a file that X
            would not take, there is one of the name, or another default.
    """
    name, place = handlers.name_of(function), handlers.place_of(function)
    if not _NAME.fullmatch(name) or name in known:
        raise BotError(
            f"welcome {name!r} is {'declared twice' if name in known else 'no name'}",
            place=place,
            remedy="Name each function by 1 to 60 letters, digits and underscores of its own",
        )
    defaults = [one.name for one in known.values() if one.is_default]
    if is_default and defaults:
        raise BotError(
            f"welcome {name}: a second default",
            place=place,
            remedy=f"Keep one; `{defaults[0]}` is the default already",
        )
    given, message = _made(function, name, place)
    try:
        media = shelf.media(given.media).path if given.media else ""
        speaker = given.speaker
        if speaker is not None and speaker.picture:
            speaker = replace(speaker, picture=shelf.media(speaker.picture).path)
    except InvalidMessage as error:
        raise BotError(f"welcome {name}: {error}", place=place, remedy=shelf.remedy) from error
    return Declared(name, message, is_default, media, speaker)


def plan(declared: Sequence[Declared], kept: Sequence[Kept]) -> Plan:
    """Tell what has to be done so that X has what is declared. What others made is left alone."""
    there: dict[str, Kept] = {}
    spare: list[Kept] = []
    wanted = {one.x_name: one.name for one in declared}
    for one in kept:
        if not one.name.startswith(MARK):
            continue
        name = wanted.get(one.name)
        if name is None or name in there:
            spare.append(one)
        else:
            there[name] = one
    default = next((one.name for one in declared if one.is_default), "")
    is_so = default in there and there[default].is_default
    return Plan(
        make=tuple(one for one in declared if one.name not in there),
        change=tuple(
            (there[one.name].x_id, one)
            for one in declared
            if one.name in there and there[one.name].message != one.message
        ),
        default="" if is_so else default,
        remove=tuple(spare),
    )


def _made(
    function: Callable[[], object], name: str, place: str
) -> tuple[WelcomeMessage, OutboundMessage]:
    try:
        message = function()
    except TypeError as error:
        raise BotError(
            f"welcome {name}: {error}",
            place=place,
            remedy=f"Write `def {name}() -> WelcomeMessage:`",
        ) from error
    if not isinstance(message, WelcomeMessage):
        raise BotError(
            f"welcome {name} gives {type(message).__name__}",
            place=place,
            remedy="Return a `WelcomeMessage`",
        )
    try:
        return message, message.outbound()
    except InvalidMessage as error:
        raise BotError(
            f"welcome {name}: {error}", place=place, remedy="Shorten it to X's limit"
        ) from error
    except WrongKind as error:
        raise BotError(
            f"welcome {name}: {error}",
            place=place,
            remedy="Give a text, a list of `QuickReply`, a list of `Button`",
        ) from error
