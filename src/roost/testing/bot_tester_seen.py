"""What somebody has seen in a conversation, read from the simulator's own memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import UnsetType

from roost.model.messages import Button, QuickReply
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.welcome_entries import WelcomeMessageEntry
from roost.simulator.world import World
from roost.xapi import wire_dm
from roost.xapi.wire_media import MediaAttachment


@dataclass(frozen=True, slots=True)
class SeenMedia:
    """A picture, GIF or video of a message, as X has it.

    Attributes:
        kind: `photo`, `animated_gif` or `video`.
        media_type: Such as `image/png`.
        n_bytes: Its size.
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
    """

    kind: str
    media_type: str
    n_bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person sees it in X's own app.

    Attributes:
        text: What it says.
        quick_replies: Answers to tap; their metadata is what the bot gave them.
        buttons: Links to tap.
        speaks: The name it is said under: the writer's, or a custom profile's.
        attachment: `media`, `location`, or `""` for nothing.
        media: The picture, GIF or video; `None` for none.
        message_id: X's id of it, or of the welcome message.
        is_ours: Whether our account says it, and not the customer.
        is_welcome: Whether it is a welcome message, which is shown and never sent.
        at: When it was sent or shown.
    """

    text: str
    quick_replies: tuple[QuickReply, ...]
    buttons: tuple[Button, ...]
    speaks: str
    attachment: str
    message_id: str
    is_ours: bool
    is_welcome: bool
    at: datetime
    media: SeenMedia | None = None

    def shows(self, path: str | Path) -> bool:
        """Tell whether it carries the picture, GIF or video that a file holds.

        Raises:
            OSError: The file cannot be read.
        """
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return self.media is not None and self.media.digest == digest

    @property
    def attached(self) -> str:
        """What hangs on it, in words, such as `photo, image/png, 512 bytes`; `""` for nothing."""
        one = self.media
        return f"{one.kind}, {one.media_type}, {one.n_bytes:,} bytes" if one else self.attachment

    def lines(self) -> Sequence[str]:
        """Write it as a transcript does: who, what, and beneath it what can be tapped."""
        first, *more = self.text.splitlines() or [""]
        shown = f" ({self.attached})" if self.attached else ""
        lines = [f"{self.speaks}: {first}{shown}", *(f"    {line}" for line in more)]
        if self.quick_replies:
            lines.append("    " + "  ".join(f"[{one.label}]" for one in self.quick_replies))
        lines += [f"    <{one.label}> {one.url}" for one in self.buttons]
        return lines


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A Post of the account's as a person sees it.

    Attributes:
        text: What it says, without the names X puts first and the link it shows as a button.
        link: The deep link behind its *Send a private message* button; `""` where it has none.
        post_id: X's id of it.
    """

    text: str
    link: str
    post_id: str


def answers(world: World, post_id: str, account: UserEntry) -> Sequence[SeenPost]:
    """Give what an account has posted under a Post, oldest first."""
    return [
        SeenPost(post.typed, post.link, post.post_id)
        for post in world.posts.all()
        if (post.in_reply_to, post.user_id) == (post_id, account.user_id)
    ]


def message(world: World, entry: MessageEntry, account: UserEntry) -> Seen:
    """Give a message as it is seen."""
    profile = world.custom_profiles.get(entry.custom_profile_id)
    writer = world.users[entry.sender_id]
    return Seen(
        _text(entry.data),
        _quick_replies(entry.data),
        _buttons(entry.data),
        writer.name if profile is None else profile.name,
        _attachment(entry.data),
        entry.message_id,
        is_ours=entry.sender_id == account.user_id,
        is_welcome=False,
        at=from_milliseconds(entry.created_timestamp),
        media=_media(world, entry.data),
    )


def welcome(world: World, entry: WelcomeMessageEntry, at: datetime) -> Seen:
    """Give a welcome message as it is seen."""
    profile = world.custom_profiles.get(entry.custom_profile_id)
    return Seen(
        _text(entry.data),
        _quick_replies(entry.data),
        _buttons(entry.data),
        world.users[entry.user_id].name if profile is None else profile.name,
        _attachment(entry.data),
        entry.welcome_message_id,
        is_ours=True,
        is_welcome=True,
        at=at,
        media=_media(world, entry.data),
    )


def _quick_replies(data: wire_dm.MessageData) -> tuple[QuickReply, ...]:
    if isinstance(data.quick_reply, UnsetType):
        return ()
    return tuple(
        QuickReply(one.label, _given(one.metadata), _given(one.description))
        for one in data.quick_reply.options
    )


def _buttons(data: wire_dm.MessageData) -> tuple[Button, ...]:
    ctas = [] if isinstance(data.ctas, UnsetType) else data.ctas
    return tuple(Button(one.label, one.url) for one in ctas)


def _attached(data: wire_dm.MessageData) -> wire_dm.Attachment | None:
    if isinstance(data.attachment, UnsetType):
        return None
    return msgspec.json.decode(data.attachment, type=wire_dm.Attachment)


def _attachment(data: wire_dm.MessageData) -> str:
    found = _attached(data)
    return found.type if found else ""


def _text(data: wire_dm.MessageData) -> str:
    """Give the text without the link that X puts at its end for what hangs on it."""
    found = _attached(data)
    if found is None or isinstance(found.media, UnsetType):
        return data.text
    return data.text.removesuffix(found.media.url).rstrip()


def _media(world: World, data: wire_dm.MessageData) -> SeenMedia | None:
    if isinstance(data.attachment, UnsetType) or _attachment(data) != "media":
        return None
    found = msgspec.json.decode(data.attachment, type=MediaAttachment).media
    entry = world.media.media(found.id_str)
    if entry is None:
        return None
    digest = hashlib.sha256(entry.content).hexdigest()
    return SeenMedia(entry.kind, entry.media_type, len(entry.content), digest)


def _given(value: str | UnsetType) -> str | None:
    return None if isinstance(value, UnsetType) else value
