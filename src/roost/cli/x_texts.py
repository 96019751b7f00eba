"""What X answers, for people: a line for each thing, with its id first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import UNSET, UnsetType

from roost.xapi.wire_dm import MessageData, MessageEvent
from roost.xapi.wire_profiles import CustomProfile
from roost.xapi.wire_tweets import Tweet
from roost.xapi.wire_webhooks import Webhook
from roost.xapi.wire_welcome import WelcomeMessage, WelcomeMessageRule


def pairs(told: Mapping[str, object]) -> str:
    """Say what was done, a line each."""
    return "\n".join(f"{name} {value}" for name, value in told.items())


def lines(found: Sequence[str], *, none: str) -> str:
    """Put lines under each other, or say that there are none."""
    return "\n".join(found) or none


def message(event: MessageEvent) -> str:
    """Show a message on one line."""
    create = event.message_create
    said = _said(create.message_data)
    way = f"{create.sender_id or '?'} -> {create.target.recipient_id}"
    return f"{event.id or '?'}  {_when(event.created_timestamp)}  {way}  {said}"


def welcome_message(one: WelcomeMessage) -> str:
    """Show a welcome message on one line."""
    return f"{one.id or '?'}  {one.name or '(no name)'}  {_said(one.message_data)}"


def rule(one: WelcomeMessageRule) -> str:
    """Show a rule on one line."""
    return f"{one.id or '?'}  default is {one.welcome_message_id}"


def profile(one: CustomProfile) -> str:
    """Show a custom profile on one line."""
    return f"{one.id or '?'}  {one.name}  {one.avatar.media.url or ''}".rstrip()


def webhook(one: Webhook) -> str:
    """Show a webhook on one line."""
    return f"{one.id}  {'valid' if one.valid else 'INVALID: X delivers nothing'}  {one.url}"


def post(one: Tweet) -> str:
    """Show a Post on one line."""
    text = one.full_text or one.text or ""
    return f"{one.id_str}  @{one.user.screen_name}  {_one_line(text)}"


def _said(data: MessageData) -> str:
    parts = [_one_line(data.text)]
    if data.quick_reply is not UNSET:
        parts.append("[" + "] [".join(one.label for one in data.quick_reply.options) + "]")
    if data.ctas is not UNSET:
        parts += [f"<{one.label}: {one.url}>" for one in data.ctas]
    return "  ".join(parts)


def _one_line(text: str) -> str:
    """Keep control characters, which could redraw the terminal, out of it."""
    return "".join(one if one.isprintable() else " " for one in text)


def _when(milliseconds: str | UnsetType) -> str:
    if milliseconds is UNSET:
        return "?"
    when = datetime.fromtimestamp(int(milliseconds) / 1_000, tz=UTC)
    return when.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
