"""What a bot says: a message put together and checked where it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from typing_extensions import Unpack

from roost.bot import given
from roost.errors import InvalidMessage, WrongKind
from roost.model import capabilities, signatures, texts
from roost.model.media import MediaFile
from roost.model.messages import Button, OutboundMessage, Point, QuickReply


class Along(TypedDict, total=False):
    """What a message carries beside text, quick replies and buttons.

    Attributes:
        media: A picture, GIF or video: a file, its path from the folder of the bot's file. It is
            uploaded when the message is sent, once a day for all messages of the account; whoever
            has its address at X can see it.
        speaks_as: Under which name this is said, instead of the bot's; 1 to 48 characters. As with
            the bot's: a custom profile of that name, or else a line under the text.
        media_id: X's id of an uploaded picture, GIF or video; a bot that sends it often has it
            uploaded as shared, and anew every day.
        point: A point on the map.
        place_id: X's id of a place.
        custom_profile_id: Under which name and picture the bot speaks.
    """

    media: str
    speaks_as: str
    media_id: str
    point: Point
    place_id: str
    custom_profile_id: str


class Beside(Along, total=False):
    """What a question carries beside text and quick replies.

    Attributes:
        buttons: Up to 3 links, under what can be tapped as an answer. X does not tell of a tap on
            one, so it answers nothing.
    """

    buttons: Sequence[Button]


_NAMED = ("media", "media_id", "place_id", "custom_profile_id")
"""What is named by a text."""

_SOME_FILE = MediaFile("", "", 0, "image/png")
"""Stands for a file that is looked at later; here it only counts as attached."""

LONGEST_NAME = 48
"""Characters of the name a bot speaks as, which is that of a custom profile.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles (archived).
"""


@dataclass(frozen=True, slots=True)
class Voice:
    """Under whose name a bot speaks.

    Attributes:
        name: Of the speaker; `""` for none to be named.
        profiles: X's ids of the account's custom profiles, by their names.
    """

    name: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict[str, str])

    def called(self, name: str) -> Voice:
        """Give the one under whose name something else is said; `""` for the same."""
        return replace(self, name=name) if name else self

    def spoken(self, made: OutboundMessage) -> OutboundMessage:
        """Say who speaks: by the custom profile, or else in a line of its own.

        A message that carries a profile already keeps it.

        Raises:
            InvalidMessage: The text no longer fits.
        """
        if not self.name:
            return made
        profile_id = made.custom_profile_id or self.profiles.get(self.name, "")
        if profile_id:
            return replace(made, custom_profile_id=profile_id, speaker=self.name)
        return signatures.signed(made, self.name)


@dataclass(frozen=True, slots=True)
class Said:
    """A message as its author wrote it.

    Attributes:
        message: Without its file, and without a word about who speaks.
        media: The file; `""` for none.
        speaks_as: The name under which it is said; `""` for the bot's.
    """

    message: OutboundMessage
    media: str = ""
    speaks_as: str = ""


def message(
    text: str,
    quick_replies: Sequence[QuickReply] = (),
    buttons: Sequence[Button] = (),
    **more: Unpack[Along],
) -> Said:
    """Put a message together.

    Raises:
        InvalidMessage: A limit of X is broken.
        WrongKind: A part is of another kind than its field takes, or there is no such field.
    """
    given.parts(text, quick_replies, buttons)
    for name, value in more.items():
        if name not in Along.__annotations__:
            known = ", ".join(f"`{one}`" for one in Along.__annotations__)
            raise WrongKind(name, wanted=f"one of {known}: a message has no `{name}`", found=value)
    media, speaks_as = more.get("media", ""), more.get("speaks_as", "")
    for name in _NAMED:
        given.a_text(more.get(name, ""), name)
    check_name(speaks_as)
    made = OutboundMessage(
        text,
        tuple(quick_replies),
        tuple(buttons),
        media_id=more.get("media_id", ""),
        point=more.get("point"),
        place_id=more.get("place_id", ""),
        custom_profile_id=more.get("custom_profile_id", ""),
    )
    capabilities.check(replace(made, media=_SOME_FILE) if media else made, capabilities.X_V1)
    return Said(_whole(made), media, speaks_as)


def _whole(made: OutboundMessage) -> OutboundMessage:
    """Give a message without half characters, as the customer sees it."""
    if made.text.isascii() and not made.quick_replies and not made.buttons:
        return made
    options = [
        QuickReply(
            texts.whole(one.label),
            one.metadata and texts.whole(one.metadata),
            one.description and texts.whole(one.description),
        )
        for one in made.quick_replies
    ]
    buttons = [Button(texts.whole(one.label), texts.whole(one.url)) for one in made.buttons]
    return replace(
        made,
        text=texts.whole(made.text),
        quick_replies=tuple(options),
        buttons=tuple(buttons),
    )


def check_name(speaks_as: str) -> None:
    """Refuse a name that nobody can speak under; `""` passes.

    Raises:
        InvalidMessage: It is blank or too long.
        WrongKind: It is no text.
    """
    given.a_text(speaks_as, "speaks_as")
    if len(speaks_as) > LONGEST_NAME or (speaks_as and not speaks_as.strip()):
        problem = f"must have 1 to {LONGEST_NAME} characters"
        raise InvalidMessage("speaks_as", problem, limit=LONGEST_NAME, value=len(speaks_as))
