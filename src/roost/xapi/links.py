"""Links that open X: a conversation with an account, or one of X's web intents.

They need no app and no token: for buttons, Posts, mails and pages.

Source: https://developer.x.com/en/docs/x-for-websites/web-intents/overview (archived), and
https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides
/deeplinking-to-welcome-message (archived).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from roost.errors import InvalidCall
from roost.model.links import ORIGIN, opening_conversation
from roost.xapi import checks


def direct_message(recipient_id: str, *, welcome_message_id: str = "", text: str = "") -> str:
    """Open a conversation.

    Args:
        recipient_id: The account's id; its name does not do.
        welcome_message_id: Greets instead of the default one.
        text: Stands ready to be sent.

    Raises:
        InvalidCall: An id is none.
    """
    if welcome_message_id:
        checks.x_id("welcome_message_id", welcome_message_id)
    return opening_conversation(
        checks.x_id("recipient_id", recipient_id),
        welcome_message_id=welcome_message_id,
        text=text,
    )


def compose(
    text: str = "",
    *,
    url: str = "",
    hashtags: Sequence[str] = (),
    via: str = "",
    reply_to: str = "",
) -> str:
    """Write a Post.

    Args:
        text: Stands ready to be posted.
        url: A link, put after the text.
        hashtags: With or without `#`.
        via: An account to name, with or without `@`.
        reply_to: Id of a Post to answer.

    Raises:
        InvalidCall: Nothing is given, `reply_to` is no id, or `via` no screen name.
    """
    fields = {
        "text": text,
        "url": url,
        "hashtags": ",".join(tag.removeprefix("#") for tag in hashtags),
        "via": checks.named("via", via) if via else "",
        "in_reply_to": checks.x_id("reply_to", reply_to) if reply_to else "",
    }
    if not any(fields.values()):
        raise InvalidCall("text", "give at least one of text, url, hashtags, via and reply_to")
    return _link("intent/tweet", fields)


def repost(post_id: str) -> str:
    """Repost a Post.

    Raises:
        InvalidCall: `post_id` is no id.
    """
    return _link("intent/retweet", {"tweet_id": checks.x_id("post_id", post_id)})


def like(post_id: str) -> str:
    """Like a Post.

    Raises:
        InvalidCall: `post_id` is no id.
    """
    return _link("intent/like", {"tweet_id": checks.x_id("post_id", post_id)})


def follow(user_id: str = "", *, screen_name: str = "") -> str:
    """Follow an account.

    Raises:
        InvalidCall: Not exactly one of id and name is given.
    """
    return _link("intent/follow", dict([checks.user(user_id, screen_name)]))


def profile(user_id: str = "", *, screen_name: str = "") -> str:
    """Look at an account.

    Raises:
        InvalidCall: Not exactly one of id and name is given.
    """
    return _link("intent/user", dict([checks.user(user_id, screen_name)]))


def _link(path: str, fields: Mapping[str, str]) -> str:
    given = {name: text for name, text in fields.items() if text}
    return f"{ORIGIN}/{path}?{urlencode(given, quote_via=quote, safe='')}"
