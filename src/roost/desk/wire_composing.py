"""What the API says and takes about what people write with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from roost.desk.wire import Link, Option
from roost.model.capabilities import Capabilities

LARGEST_DRAFT = 20_000
"""Characters of a draft: more than X takes, so that what is too long can be shortened later."""

Speak = Literal["person", "account"]
"""Under whose name a reply goes: the person's, or, by choice, the account's own."""

DraftText = Annotated[str, Meta(max_length=LARGEST_DRAFT)]
XId = Annotated[str, Meta(pattern="^([0-9]{1,19})?$")]


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A reply as it is being written; nothing in it is checked before it is sent."""

    text: DraftText = ""
    quick_replies: Annotated[Sequence[Option], Meta(max_length=40)] = ()
    buttons: Annotated[Sequence[Link], Meta(max_length=10)] = ()
    speak: Speak = "person"


class Draft(Written, frozen=True, kw_only=True):
    """What a person has begun to write in a conversation.

    Attributes:
        note: For colleagues, beside the reply.
    """

    note: DraftText = ""


class TakenBack(Written, frozen=True, kw_only=True):
    """A reply that was not sent, as its writer wrote it.

    Attributes:
        media_id: What hangs on it; `""` for nothing.
    """

    media_id: str = ""


class Speaker(Struct, frozen=True, kw_only=True):
    """Under which name a person's replies go.

    Attributes:
        profile: The custom profile's name; `None` where a person has none.
        signature: What is put under the text instead; `""` with a profile.
    """

    profile: str | None
    signature: str


class Sends(Struct, frozen=True, kw_only=True):
    """What X still lets the account send.

    Attributes:
        most: Messages in one window.
        left: Of these, still to be used.
        resets_at: When all can be used again; `None` where no window has begun.
    """

    most: int
    left: int
    resets_at: datetime | None


class AltText(Struct, frozen=True, forbid_unknown_fields=True):
    """What a picture shows, in words."""

    alt_text: Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"\S")]


class Limits(Struct, frozen=True, kw_only=True):
    """What one message may hold; characters, or counts of `quick_replies` and `buttons`."""

    text: int
    quick_replies: int
    quick_reply_label: int
    quick_reply_description: int
    quick_reply_metadata: int
    buttons: int
    button_label: int


def limits_of(transport: Capabilities) -> Limits:
    """Say what a transport lets one message hold."""
    return msgspec.convert(transport, Limits, from_attributes=True)


class Composer(Struct, frozen=True, kw_only=True):
    """What a person needs to write a reply.

    Attributes:
        draft: What they had written; empty where nothing was kept.
        speaker: Under which name it will go.
        sends: What may still be sent; `None` where nothing limits it.
        limits: What the account's transport carries.
    """

    draft: Draft
    speaker: Speaker
    sends: Sends | None
    limits: Limits


class Canned(Struct, frozen=True, kw_only=True):
    """A canned reply; variables are `{customer.name}`, `{customer.handle}`, `{agent.name}`."""

    canned_id: str
    name: str
    text: str


class NewCanned(Struct, frozen=True, forbid_unknown_fields=True):
    """A canned reply as it is to be.

    Attributes:
        name: What finds it after `/`: letters, digits, hyphens; 1 to 40 characters.
        text: 1 to 10,000 characters.
    """

    name: Annotated[str, Meta(pattern=r"^[\w-]{1,40}$")]
    text: Annotated[str, Meta(min_length=1, max_length=10_000, pattern=r"\S")]


class CannedReplies(Struct, frozen=True):
    """An account's canned replies, by name."""

    canned: Sequence[Canned]


class Profile(Struct, frozen=True, kw_only=True):
    """A custom profile at X."""

    profile_id: str
    name: str


class NewProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """A custom profile to be made.

    Attributes:
        name: What customers read; 1 to 48 characters.
        media_id: An uploaded picture.
    """

    name: Annotated[str, Meta(min_length=1, max_length=48, pattern=r"\S")]
    media_id: Annotated[str, Meta(pattern="^[0-9]{1,19}$")]


class PersonsProfile(Struct, frozen=True, kw_only=True):
    """Who speaks under which profile; both `None` for whoever signs instead."""

    person_id: str
    name: str
    profile_id: str | None
    profile: str | None


class Voices(Struct, frozen=True, kw_only=True):
    """Who speaks how for an account.

    Attributes:
        profiles: All that the account has at X.
        people: Everybody who may serve it.
        problem: Why X gives no profiles; `""` where it does.
    """

    profiles: Sequence[Profile]
    people: Sequence[PersonsProfile]
    problem: str


class ChooseProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """Have a person speak under one of the account's profiles."""

    profile_id: Annotated[str, Meta(pattern="^[0-9]{1,19}$")]


class Uploaded(Struct, frozen=True):
    """A file that X has; good for one message within 24 hours."""

    media_id: str
