"""What a bot says: a message put together and checked where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from typing_extensions import Unpack

from roost.bot import given
from roost.errors import WrongKind
from roost.model import capabilities, signatures
from roost.model.messages import Button, OutboundMessage, Point, QuickReply


class Along(TypedDict, total=False):
    """What a message carries beside text, quick replies and buttons.

    Attributes:
        media_id: X's id of an uploaded picture, GIF or video; a bot that sends it often has it
            uploaded as shared, and anew every day.
        point: A point on the map.
        place_id: X's id of a place.
        custom_profile_id: Under which name and picture the bot speaks.
    """

    media_id: str
    point: Point
    place_id: str
    custom_profile_id: str


LONGEST_NAME = 48
"""Characters of the name a bot speaks as, which is that of a custom profile.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles (archived).
"""


@dataclass(frozen=True, slots=True)
class Voice:
    """Under whose name a bot speaks.

    Attributes:
        name: Of the speaker; `""` for none to be named.
        profile_id: X's id of the account's custom profile of that name; `""` where it has none.
    """

    name: str = ""
    profile_id: str = ""

    def spoken(self, made: OutboundMessage) -> OutboundMessage:
        """Say who speaks: by the custom profile, or else in a line of its own.

        A message that carries a profile already keeps it.

        Raises:
            InvalidMessage: The text no longer fits.
        """
        if not self.name:
            return made
        profile_id = made.custom_profile_id or self.profile_id
        if profile_id:
            return replace(made, custom_profile_id=profile_id, speaker=self.name)
        return signatures.signed(made, self.name)


def message(
    text: str,
    quick_replies: Sequence[QuickReply] = (),
    buttons: Sequence[Button] = (),
    **more: Unpack[Along],
) -> OutboundMessage:
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
    made = OutboundMessage(text, tuple(quick_replies), tuple(buttons), **more)
    capabilities.check(made, capabilities.X_V1)
    return made
