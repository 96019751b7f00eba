"""Bringing what a bot declares to X: its welcome messages, what hangs on them, and who speaks.

What X has is the only record, so that a run which ended anywhere is made good by the next: first
profiles, then messages, then which of them is the default, and last what is no longer wanted. So
the ids of profiles that were replaced and left stand in the names of the messages made then.
"""

from __future__ import annotations

import re
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
from roost.xapi.families.welcome import LONGEST_NAME
from roost.xapi.wire_welcome import WelcomeMessage, WelcomeMessageRule

_FORMER = re.compile(r"@([0-9a-f]{1,16})")
"""An id, shortened, in the name of a message of ours: what bots call them holds no `@`."""


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
        speaks_as: The name under which the bot answers; a profile of that name is looked up for
            each message, so the last one stays.
    """

    is_tried: bool = False
    is_pruned: bool = False
    in_use: InUse = _nobody
    speaks_as: str = ""


USUAL = How()
"""Done, and no profile deleted."""


@dataclass(frozen=True, slots=True)
class AtX:
    """A welcome message as X has it.

    Attributes:
        kept: What of it is compared.
        raw: All of it.
        rule_id: X's id of the rule that makes it the default; `""` where none does.
        former: X's ids of profiles that were replaced before it was made, and left there.
    """

    kept: Kept
    raw: WelcomeMessage
    rule_id: str
    former: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What is declared, beside what X has.

    Attributes:
        kept: Everything that X has.
        declared: As it would be written there.
        voices: What became of those who speak.
        plan: What has to be done so that X has what is declared.
    """

    kept: Sequence[AtX]
    declared: Sequence[Declared]
    voices: Mapping[Speaker, Voice]
    plan: Plan


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
    found = await compare(x, account_id, declared, is_tried=how.is_tried)
    wanted, voices = found.plan, found.voices
    unused = await _unused(x, found, how)
    pruned: Mapping[str, str] = unused if how.is_pruned else {}
    if not how.is_tried:
        left = [x_id for x_id in unused if x_id not in pruned]
        await _Doing(x, account_id, voices, left).do(wanted, pruned)
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


async def compare(
    x: XClient, account_id: UserId, declared: Sequence[Declared], *, is_tried: bool = True
) -> Compared:
    """Put what is declared beside what X has.

    Args:
        x: Speaks for the account.
        account_id: The account.
        declared: By its bot.
        is_tried: Whether to make no profiles for speakers who have none yet.

    Raises:
        NotPossible: A file cannot be read.
        SendError: X cannot be asked.
    """
    marked = [_marked(one) for one in declared]
    listed = await kept(x, account_id)
    there = [one.kept for one in listed]
    voices = await speakers.voices(x, marked, there, is_tried=is_tried)
    spoken = [_spoken(one, voices) for one in marked]
    return Compared(listed, spoken, voices, welcoming.plan(spoken, there))


async def _unused(x: XClient, found: Compared, how: How) -> Mapping[str, str]:
    """Give the profiles of ours, by X's id with their names, that nobody needs any more."""
    staying = [one.kept for one in found.kept if one.kept not in found.plan.remove]
    former = {x_id for one in found.kept for x_id in one.former}
    unused = await speakers.unused(x, found.voices, staying, found.plan.remove, former=former)
    if not unused:
        return {}
    used = await how.in_use()
    there_still = {one.name for one, voice in found.voices.items() if not voice.refusal}
    needed = {how.speaks_as} - there_still
    return {x_id: name for x_id, name in unused.items() if x_id not in used and name not in needed}


def bare_name(x_name: str) -> str:
    """Give what a bot calls a welcome message whose name at X is this."""
    return x_name.removeprefix(MARK).partition("#")[0]


def _marked(one: Declared) -> Declared:
    media = f"#m{speakers.fingerprint(one.media)}" if one.media else ""
    return replace(one, marks=media + (speakers.mark(one.speaker) if one.speaker else ""))


def _spoken(one: Declared, voices: Mapping[Speaker, Voice]) -> Declared:
    """Put a speaker's name into the text where X lets there be no profile."""
    if one.speaker is None or not voices[one.speaker].refusal:
        return one
    signed = replace(one.message, text=one.speaker.signed(one.message.text))
    return replace(one, message=signed, marks=one.marks.partition("#p")[0])


async def kept(x: XClient, account_id: UserId) -> Sequence[AtX]:
    """List an account's welcome messages, whoever made them.

    Raises:
        SendError: X does not answer.
    """
    rules = [one async for one in x.welcome_rules.all()]
    newest = max(rules, key=lambda one: int(one.id or 0), default=None)
    return [at_x(one, account_id, newest) async for one in x.welcome_messages.all()]


def at_x(one: WelcomeMessage, account_id: UserId, rule: WelcomeMessageRule | None) -> AtX:
    """Read a welcome message as X shows it.

    Args:
        one: As X shows it.
        account_id: Whose it is.
        rule: The account's rule that counts; `None` for none.
    """
    is_default = rule is not None and rule.welcome_message_id == one.id
    x_name = "" if one.name is UNSET else str(one.name)
    is_ours = x_name.startswith(MARK)
    read = Kept(
        str(one.id),
        x_name.partition("@")[0] if is_ours else x_name,
        _readable(one, account_id),
        is_default=is_default,
        profile_id="" if one.custom_profile_id is UNSET else one.custom_profile_id,
    )
    rule_id = str(rule.id) if rule is not None and is_default else ""
    former = _FORMER.findall(x_name) if is_ours else ()
    return AtX(read, one, rule_id, tuple(str(int(x_id, 16)) for x_id in former))


@dataclass(frozen=True, slots=True)
class _Doing:
    x: XClient
    account_id: UserId
    voices: Mapping[Speaker, Voice]
    left: Sequence[str] = ()

    async def do(self, wanted: Plan, pruned: Collection[str]) -> None:
        for one in wanted.make:
            voice = self.voices[one.speaker].profile_id if one.speaker else ""
            message = replace(await self._carrying(one), custom_profile_id=voice)
            await self.x.welcome_messages.new(message, name=_remembering(one.x_name, self.left))
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
        there = [one.kept for one in await kept(self.x, self.account_id)]
        return [one for one in there if one.name.startswith(MARK) and one.x_id not in going]

    async def _carrying(self, one: Declared) -> OutboundMessage:
        """Upload what hangs on a message; X keeps it with a welcome message for good."""
        if not one.media:
            return one.message
        media = await self.x.media.upload(Path(one.media), Upload(shared=True))
        return replace(one.message, media_id=media.media_id_string)


def _remembering(x_name: str, left: Sequence[str]) -> str:
    """Add to a name the newest ids of profiles that fit: nothing else shows they were ours."""
    for x_id in sorted(left, key=int, reverse=True):
        longer = f"{x_name}@{int(x_id):x}"
        x_name = longer if len(longer) <= LONGEST_NAME else x_name
    return x_name


def _readable(one: WelcomeMessage, account_id: UserId) -> OutboundMessage:
    """Read what X has back into what was sent: short links and entities undone."""
    target = wire_dm.Target(account_id)
    create = wire_dm.MessageCreate(target, one.message_data, sender_id=account_id)
    event = wire_dm.MessageEvent("message_create", create, id="1", created_timestamp="0")
    found = envelope.message_event(event, account_id, {}).message
    return OutboundMessage(found.text, found.quick_replies, found.buttons)
