"""What somebody has seen in a conversation, read from the simulator's own memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import UnsetType

from roost.model.messages import Button, QuickReply
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.welcome_entries import WelcomeMessageEntry
from roost.simulator.world import World
from roost.xapi import wire_dm


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person sees it in X's own app.

    Attributes:
        text: What it says.
        quick_replies: Answers to tap; their metadata is what the bot gave them.
        buttons: Links to tap.
        speaks: The name it is said under: the writer's, or a custom profile's.
        attachment: `media`, `location`, or `""` for nothing.
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

    def lines(self) -> Sequence[str]:
        """Write it as a transcript does: who, what, and beneath it what can be tapped."""
        first, *more = self.text.splitlines() or [""]
        shown = f" ({self.attachment})" if self.attachment else ""
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
        entry.data.text,
        _quick_replies(entry.data),
        _buttons(entry.data),
        writer.name if profile is None else profile.name,
        _attachment(entry.data),
        entry.message_id,
        is_ours=entry.sender_id == account.user_id,
        is_welcome=False,
        at=from_milliseconds(entry.created_timestamp),
    )


def welcome(world: World, entry: WelcomeMessageEntry, at: datetime) -> Seen:
    """Give a welcome message as it is seen."""
    profile = world.custom_profiles.get(entry.custom_profile_id)
    return Seen(
        entry.data.text,
        _quick_replies(entry.data),
        _buttons(entry.data),
        world.users[entry.user_id].name if profile is None else profile.name,
        _attachment(entry.data),
        entry.welcome_message_id,
        is_ours=True,
        is_welcome=True,
        at=at,
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


def _attachment(data: wire_dm.MessageData) -> str:
    if isinstance(data.attachment, UnsetType):
        return ""
    return msgspec.json.decode(data.attachment, type=wire_dm.Attachment).type


def _given(value: str | UnsetType) -> str | None:
    return None if isinstance(value, UnsetType) else value
