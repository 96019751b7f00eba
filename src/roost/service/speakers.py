"""Custom profiles for those whom a bot declares to speak: found, made, or done without.

X shows neither what a picture's file was nor who made a profile. So a fingerprint of name and
picture stands in the name of every welcome message that speaks under a profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roost.bot.welcoming import MARK, Declared, Kept, Speaker
from roost.errors import NotPossible, RejectedByX
from roost.xapi import XClient
from roost.xapi.wire_profiles import CustomProfile

_DIGITS = 8

NO_SUCH = "there is no custom profile of that name"
"""Why somebody speaks under none whose picture is not given, too."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What became of a speaker at X.

    Attributes:
        profile_id: X's id of the profile; `""` where there is none yet, or may be none.
        is_made: Whether the profile was not there, and is made.
        refusal: Why X lets the account have none; `""` where it does.
    """

    profile_id: str
    is_made: bool = False
    refusal: str = ""


def fingerprint(path: str, *further: str) -> str:
    """Give a short name for what a file holds.

    Args:
        path: The file; `""` for none.
        *further: What belongs to it.

    Raises:
        NotPossible: It cannot be read.
    """
    try:
        digest = hashlib.sha256(Path(path).read_bytes() if path else b"")
    except OSError as error:
        raise NotPossible(f"{path} cannot be read: {error.strerror}") from error
    for one in further:
        digest.update(b"\0" + one.encode())
    return digest.hexdigest()[:_DIGITS]


def mark(speaker: Speaker) -> str:
    """Give what stands for a speaker in the names of welcome messages.

    Raises:
        NotPossible: The picture cannot be read.
    """
    return f"#p{fingerprint(speaker.picture, speaker.name)}"


async def voices(
    x: XClient, declared: Sequence[Declared], kept: Sequence[Kept], *, is_tried: bool
) -> Mapping[Speaker, Voice]:
    """See to it that each speaker has a profile at X, where the account may.

    Args:
        x: Speaks for the account.
        declared: Name the speakers.
        kept: What X has: it tells which profile is whose.
        is_tried: Whether to make none.

    Raises:
        NotPossible: A picture cannot be read.
        SendError: X cannot be asked.
    """
    speakers = list(dict.fromkeys(one.speaker for one in declared if one.speaker is not None))
    if not speakers:
        return {}
    try:
        there = [one async for one in x.profiles.all()]
    except RejectedByX as error:
        return {one: Voice("", refusal=str(error)) for one in speakers}
    return {one: await _voice(x, one, there, kept, is_tried=is_tried) for one in speakers}


async def unused(
    x: XClient,
    voices: Mapping[Speaker, Voice],
    staying: Sequence[Kept],
    going: Sequence[Kept],
    *,
    former: Collection[str],
) -> Mapping[str, str]:
    """Give the profiles, by X's id with their names, that were made for us and are used no more.

    That is: a welcome message of ours that goes spoke under it, or an earlier one did, or it has
    the name of somebody who speaks under another now; and no welcome message that stays speaks
    under it. Profiles of other names were made by others, or for messages; they are never among
    them.

    Args:
        x: Speaks for the account.
        voices: Who speaks now.
        staying: Welcome messages that X has and keeps, whoever made them.
        going: Those of ours that it does not keep.
        former: X's ids of profiles that were found so by earlier runs, and left.

    Raises:
        SendError: X cannot be asked.
    """
    ours = (one for one, voice in voices.items() if one.picture and not voice.refusal)
    names = {one.name for one in ours}
    left = {*former, *(one.profile_id for one in going if one.profile_id)}
    if not names and not left:
        return {}
    used = {one.profile_id for one in staying} | {one.profile_id for one in voices.values()}
    return {
        str(one.id): one.name
        async for one in x.profiles.all()
        if str(one.id) not in used and (one.name in names or str(one.id) in left)
    }


async def _voice(
    x: XClient,
    speaker: Speaker,
    there: Sequence[CustomProfile],
    kept: Sequence[Kept],
    *,
    is_tried: bool,
) -> Voice:
    if not speaker.picture:
        named = next((str(one.id) for one in there if one.name == speaker.name), "")
        return Voice(named, refusal="" if named else NO_SUCH)
    found = _found(speaker, there, kept)
    if found or is_tried:
        return Voice(found, is_made=not found)
    try:
        media = await x.media.upload(Path(speaker.picture))
        made = await x.profiles.new(speaker.name, media.media_id_string)
    except RejectedByX as error:
        return Voice("", refusal=str(error))
    return Voice(str(made.id), is_made=True)


def _found(speaker: Speaker, there: Sequence[CustomProfile], kept: Sequence[Kept]) -> str:
    """Give the profile that was made for a speaker; `""` for none.

    One of the name that no welcome message of ours uses with another picture is it, too: the last
    run may have ended between profile and message, or a person has made it.
    """
    ours = [one for one in kept if one.name.startswith(MARK) and one.profile_id]
    known = {str(one.id) for one in there}
    for one in ours:
        if one.name.endswith(mark(speaker)) and one.profile_id in known:
            return one.profile_id
    taken = {one.profile_id for one in ours}
    free = (str(one.id) for one in there if one.name == speaker.name and str(one.id) not in taken)
    return next(free, "")
