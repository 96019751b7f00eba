"""`roost links`: links that open X, for buttons, Posts and pages. X is not asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from roost.cli import naming
from roost.errors import InvalidCall
from roost.xapi import links

run = App(
    name="links",
    help="Make links that open X: a conversation, or a Post, like, repost or follow to confirm.\n\n"
    'Examples: `roost links dm 1001 --text "Hello"`, `roost links follow @acme`\n\n'
    "Exit codes: 0 done, 2 wrong usage.",
    help_formatter="plain",
    version_flags=(),
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class How:
    """How the link is shown.

    Attributes:
        as_json: As JSON.
    """

    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False


PLAIN = How()
"""The link alone."""


@run.command
def dm(account_id: str, *, welcome: str = "", text: str = "", how: How = PLAIN) -> None:
    """Open a conversation with an account: the deep link.

    Example: `roost links dm 1001 --welcome 1560000000000000007 --text "Hello"`

    Args:
        account_id: The account's id; its name does not do.
        welcome: Id of the welcome message that greets instead of the default one.
        text: Stands ready to be sent.
        how: How the link is shown.
    """
    with naming.speaking_of({"account_id": account_id, "--welcome": welcome}):
        link = links.direct_message(account_id, welcome_message_id=welcome, text=text)
    _show(link, how)


@run.command
def compose(
    text: str = "",
    *,
    url: str = "",
    hashtag: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    via: str = "",
    reply_to: str = "",
    how: How = PLAIN,
) -> None:
    """Write a Post.

    Example: `roost links compose "Look at this" --url https://shop.example --hashtag sale`

    Args:
        text: Stands ready to be posted.
        url: Put after the text.
        hashtag: May be given several times.
        via: An account to name.
        reply_to: Id of a Post to answer.
        how: How the link is shown.
    """
    if not (text or url or any(hashtag) or via or reply_to):
        raise InvalidCall("text", "give a text, --url, --hashtag, --via or --reply-to")
    with naming.speaking_of({"--via": via, "--reply-to": reply_to}):
        link = links.compose(text, url=url, hashtags=hashtag, via=via, reply_to=reply_to)
    _show(link, how)


@run.command
def repost(post_id: str, *, how: How = PLAIN) -> None:
    """Repost a Post.

    Example: `roost links repost 1580600000000000001`
    """
    _show(links.repost(post_id), how)


@run.command
def like(post_id: str, *, how: How = PLAIN) -> None:
    """Like a Post.

    Example: `roost links like 1580600000000000001`
    """
    _show(links.like(post_id), how)


@run.command
def follow(user: str, *, how: How = PLAIN) -> None:
    """Follow an account, named by id or by screen name.

    Example: `roost links follow @acme`
    """
    with naming.speaking_of({"user": user}):
        link = links.follow(**_named(user))
    _show(link, how)


@run.command
def profile(user: str, *, how: How = PLAIN) -> None:
    """Look at an account, named by id or by screen name.

    Example: `roost links profile @acme`
    """
    with naming.speaking_of({"user": user}):
        link = links.profile(**_named(user))
    _show(link, how)


def _named(user: str) -> dict[str, str]:
    return {"user_id": user} if user.isdecimal() else {"screen_name": user}


def _show(link: str, how: How) -> None:
    print(json.dumps({"url": link}) if how.as_json else link)
