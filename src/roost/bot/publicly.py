"""Answering in public, where somebody named the account, and leading on into Direct Messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from roost.bot import steps
from roost.errors import BotError
from roost.model import links
from roost.model.activities import Mentioned, Quoted, Replied
from roost.model.events import TurnEvent
from roost.model.posts import PublicReply
from roost.model.x_objects import XKind, XObject

CALLING = (Mentioned, Replied, Quoted)
"""Activities by which somebody calls on the account in public, so that it may answer there."""


def reply_to(event: TurnEvent, text: str, link: str, *, place: str) -> PublicReply:
    """Write an answer to the Post of an activity.

    Raises:
        BotError: The activity is none to answer in public.
        InvalidMessage: The text is empty or too long.
    """
    if not isinstance(event, CALLING):
        raise BotError(
            "a public reply to something that is no Post of the customer's",
            place=place,
            remedy="Reply in `@bot.on_mention`, `on_reply` or `on_quote`",
        )
    return PublicReply(text, event.post.post_id, link)


def link_to(
    account_id: str,
    at_x: Sequence[XObject],
    welcome: Callable[[], object] | str,
    *,
    place: str,
) -> str:
    """Give the link under which a Post's reader writes to the account.

    Args:
        account_id: The account.
        at_x: What it has at X under a name.
        welcome: The welcome message that greets whoever follows the link; `""` for the default one.
        place: For errors.

    Raises:
        BotError: X has no such welcome message.
    """
    if not welcome:
        default = (one.x_id for one in at_x if one.kind is XKind.WELCOME and one.is_default)
        greeting = next(default, "")
        return links.opening_conversation(account_id, welcome_message_id=greeting)
    name = welcome if isinstance(welcome, str) else steps.name_of(welcome)
    known = {one.name: one.x_id for one in at_x if one.kind is XKind.WELCOME}
    if name not in known:
        raise BotError(
            f"X has no welcome message {name!r} of the account",
            place=place,
            remedy="Declare it with `@bot.welcome`, and bring it to X with `roost sync`",
        )
    return links.opening_conversation(account_id, welcome_message_id=known[name])
