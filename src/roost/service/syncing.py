"""Bringing what a bot declares to X: its welcome messages, what hangs on them, and who speaks.

What X has is the only record, so that a run which ended anywhere is made good by the next: first
profiles, then messages, then which of them is the default, and last what is no longer wanted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from msgspec import UNSET

from roost.bot import welcoming
from roost.bot.welcoming import MARK, Declared, Kept, Plan, Speaker
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage
from roost.service import speakers
from roost.service.speakers import Voice
from roost.xapi import XClient, envelope, wire_dm
from roost.xapi.families.media import Upload
from roost.xapi.wire_welcome import WelcomeMessage


class Synced(msgspec.Struct, frozen=True):
    """What was done, or would be; names of welcome messages.

    Attributes:
        made: New at X.
        changed: They say something else now.
        removed: Gone.
        default: Newly shown to everybody; `""` where nothing changed in that.
        is_done: False where only the plan was asked for.
        profiles: Names of custom profiles that are new at X.
        signed: Speakers who have no profile, and why: their name stands in the text.
        unused: Custom profiles of ours under which nobody speaks any more: X's id, and the name.
        pruned: Those of them that were deleted.
    """

    made: list[str]
    changed: list[str]
    removed: list[str]
    default: str
    is_done: bool
    profiles: list[str] = []
    signed: dict[str, str] = {}
    unused: dict[str, str] = {}
    pruned: dict[str, str] = {}


InUse = Callable[[], Awaitable[Collection[str]]]
"""Gives X's ids of profiles that are used elsewhere; only asked where one could be deleted."""


async def _nobody() -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class How:
    """How much is done.

    Attributes:
        is_tried: Whether only to tell what would be done.
        is_pruned: Whether to delete profiles under which nobody speaks any more.
        in_use: Profiles to leave alone all the same.
    """

    is_tried: bool = False
    is_pruned: bool = False
    in_use: InUse = _nobody


USUAL = How()
"""Done, and no profile deleted."""


async def sync(
    x: XClient, account_id: UserId, declared: Sequence[Declared], how: How = USUAL
) -> Synced:
    """Bring welcome messages to X. Those others made are left alone; to repeat it is safe.

    Args:
        x: Speaks for the account.
        account_id: The account.
        declared: By its bot.
        how: How much is done.

    Raises:
        NotPossible: A file cannot be read; nothing was done.
        SendError: X did not take something; what was done before it stays.
        MediaNotReady: X could not process a file; likewise.
    """
    marked = [_marked(one) for one in declared]
    there = await kept(x, account_id)
    voices = await speakers.voices(x, marked, there, is_tried=how.is_tried)
    wanted = welcoming.plan([_spoken(one, voices) for one in marked], there)
    staying = [one for one in there if one not in wanted.remove]
    unused = await speakers.unused(x, voices, staying, wanted.remove)
    if unused:
        used = await how.in_use()
        unused = {x_id: name for x_id, name in unused.items() if x_id not in used}
    pruned = unused if how.is_pruned else {}
    if not how.is_tried:
        await _Doing(x, account_id, voices).do(wanted, pruned)
    return Synced(
        made=[one.name for one in wanted.make],
        changed=[one.name for _, one in wanted.change],
        removed=[bare_name(one.name) for one in wanted.remove],
        default=wanted.default,
        is_done=not how.is_tried,
        profiles=[one.name for one, voice in voices.items() if voice.is_made],
        signed={one.name: voice.refusal for one, voice in voices.items() if voice.refusal},
        unused=dict(unused),
        pruned=dict(pruned),
    )


def _marked(one: Declared) -> Declared:
    media = f"#m{speakers.fingerprint(one.media)}" if one.media else ""
    return replace(one, marks=media + (speakers.mark(one.speaker) if one.speaker else ""))


def _spoken(one: Declared, voices: Mapping[Speaker, Voice]) -> Declared:
    """Put a speaker's name into the text where X lets there be no profile."""
    if one.speaker is None or not voices[one.speaker].refusal:
        return one
    signed = replace(one.message, text=one.speaker.signed(one.message.text))
    return replace(one, message=signed, marks=one.marks.partition("#p")[0])


def bare_name(x_name: str) -> str:
    """Give what the bot calls a welcome message, of the name X has for it."""
    return x_name.removeprefix(MARK).partition("#")[0]


async def kept(x: XClient, account_id: UserId) -> Sequence[Kept]:
    """List an account's welcome messages, whoever made them.

    Raises:
        SendError: X does not answer.
    """
    rules = [one async for one in x.welcome_rules.all()]
    default = max((int(one.id or 0), one.welcome_message_id) for one in rules)[1] if rules else ""
    return [
        Kept(
            str(one.id),
            "" if one.name is UNSET else str(one.name),
            _readable(one, account_id),
            is_default=one.id == default,
            profile_id="" if one.custom_profile_id is UNSET else one.custom_profile_id,
        )
        async for one in x.welcome_messages.all()
    ]


@dataclass(frozen=True, slots=True)
class _Doing:
    x: XClient
    account_id: UserId
    voices: Mapping[Speaker, Voice]

    async def do(self, wanted: Plan, pruned: Collection[str]) -> None:
        for one in wanted.make:
            voice = self.voices[one.speaker].profile_id if one.speaker else ""
            message = replace(await self._carrying(one), custom_profile_id=voice)
            await self.x.welcome_messages.new(message, name=one.x_name)
        for x_id, one in wanted.change:
            # Whose voice it is stays: X has no way to change that, and the name tells it.
            await self.x.welcome_messages.update(x_id, await self._carrying(one))
        if wanted.default:
            ids = {bare_name(one.name): one.x_id for one in await self._left(wanted)}
            await self.x.welcome_rules.set_default(ids[wanted.default])
        # Before what shows that they are ours, so that an interrupted run finds them again.
        for profile_id in pruned:
            await self.x.profiles.delete(profile_id)
        for one in wanted.remove:
            await self.x.welcome_messages.delete(one.x_id)

    async def _left(self, wanted: Plan) -> Sequence[Kept]:
        """Give what is of this bot and stays."""
        going = {one.x_id for one in wanted.remove}
        there = await kept(self.x, self.account_id)
        return [one for one in there if one.name.startswith(MARK) and one.x_id not in going]

    async def _carrying(self, one: Declared) -> OutboundMessage:
        """Upload what hangs on a message; X keeps it with a welcome message for good."""
        if not one.media:
            return one.message
        media = await self.x.media.upload(Path(one.media), Upload(shared=True))
        return replace(one.message, media_id=media.media_id_string)


def _readable(one: WelcomeMessage, account_id: UserId) -> OutboundMessage:
    """Read what X has back into what was sent: short links and entities undone."""
    target = wire_dm.Target(account_id)
    create = wire_dm.MessageCreate(target, one.message_data, sender_id=account_id)
    event = wire_dm.MessageEvent("message_create", create, id="1", created_timestamp="0")
    found = envelope.message_event(event, account_id, {}).message
    return OutboundMessage(found.text, found.quick_replies, found.buttons)
