"""What the API says and takes about welcome messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from roost.desk.greetings import Standing
from roost.desk.wire import Link, Option
from roost.desk.wire_composing import Limits

SaidId = Annotated[str, Meta(pattern="^[0-9]{1,19}$")]
Kind = Literal["", "photo", "animated_gif", "video"]
XId = Annotated[str, Meta(pattern="^([0-9]{1,19})?$")]


class WelcomeSaid(Struct, frozen=True, kw_only=True):
    """What a welcome message says.

    Attributes:
        text: As people read it.
        quick_replies: Answers to tap.
        buttons: Links under it.
    """

    text: str
    quick_replies: Sequence[Option]
    buttons: Sequence[Link]


class WelcomeContent(WelcomeSaid, frozen=True, kw_only=True):
    """All that a welcome message holds.

    Attributes:
        media_id: What hangs on it; `""` for nothing. `…/media` gives the file.
        attachment: What that is.
    """

    media_id: str
    attachment: Kind


class WelcomeMessage(WelcomeContent, frozen=True, kw_only=True):
    """A welcome message as X has it.

    Attributes:
        welcome_id: X's id.
        name: What the bot or the list at X calls it; nobody else is shown it.
        profile_id: The custom profile it speaks under; `""` for the account's own name.
        is_default: Whether it is shown to everybody.
        rule_id: X's id of the rule that makes it so; `""` where none does.
        link: Opens the conversation with it, whichever is the default.
        standing: `by_hand` was made by a person or program and is left alone by `roost sync`;
            `same` says what the bot declares, `differs` does not, `stale` is declared no more, or
            with another file or speaker; of `unknown` it is not known here what its bot declares.
        declared: What the bot declares instead; `None` where that is the same, or not known.
    """

    welcome_id: str
    name: str
    profile_id: str
    is_default: bool
    rule_id: str
    link: str
    standing: Standing
    declared: WelcomeSaid | None


class LackingWelcome(WelcomeSaid, frozen=True, kw_only=True):
    """A welcome message that the bot declares and X does not have.

    Attributes:
        name: What the bot calls it.
        is_default: Whether it is to be shown to everybody.
    """

    name: str
    is_default: bool


class WelcomeMessages(Struct, frozen=True, kw_only=True):
    """An account's welcome messages.

    Attributes:
        welcome_messages: Those X has, the newest first.
        lacking: Those the bot declares and X does not have.
        declared_default: Name of the one that the bot declares to be the default, where another
            is; `""` where that is as declared, or nothing is.
        is_declared_known: Whether this process knows what the account's bot declares.
        problem: Why what is declared cannot be compared; `""` for nothing.
        limits: What one may hold.
    """

    welcome_messages: Sequence[WelcomeMessage]
    lacking: Sequence[LackingWelcome]
    declared_default: str
    is_declared_known: bool
    problem: str
    limits: Limits


class ChangedWelcome(Struct, frozen=True, forbid_unknown_fields=True):
    """What a welcome message is to say from now on; what is left out is gone.

    Attributes:
        text: 1 to 9,990 characters; may be empty where media hangs on it.
        quick_replies: Up to 20.
        buttons: Up to 3.
        media_id: An upload made with `is_shared`, or what hangs on it already; `""` for none.
    """

    text: str
    quick_replies: Sequence[Option] = ()
    buttons: Sequence[Link] = ()
    media_id: XId = ""


class NewWelcome(ChangedWelcome, frozen=True, forbid_unknown_fields=True):
    """A welcome message to be made.

    Attributes:
        name: For you; up to 100 letters, digits, spaces, and `-`, `_`, `#`, `@`. It must not begin
            with `roost#`, by which `roost sync` knows its own.
        profile_id: The custom profile it speaks under; `""` for the account's own name. X has no
            way to change it later.
    """

    name: Annotated[str, Meta(max_length=100, pattern="^[A-Za-z0-9_ #@-]*$")] = ""
    profile_id: XId = ""


class DefaultWelcome(Struct, frozen=True, forbid_unknown_fields=True):
    """Show a welcome message to everybody who opens a conversation."""

    welcome_id: SaidId


class DefaultRule(Struct, frozen=True):
    """The rule that makes a welcome message the default.

    Attributes:
        rule_id: X's id of it.
    """

    rule_id: str


class SyncedWelcomes(Struct, frozen=True, kw_only=True):
    """What was brought to X; names.

    Attributes:
        made: New there.
        changed: They say something else now.
        removed: Gone.
        default: Newly shown to everybody; `""` where nothing changed in that.
        profiles: Custom profiles that are new.
    """

    made: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]
    default: str
    profiles: Sequence[str]
