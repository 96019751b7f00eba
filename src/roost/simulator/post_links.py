"""Addresses of X that mean something in a Post: other Posts, and conversations to open.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/guides
/deeplinking-to-welcome-message (archived).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_HOSTS = re.compile(r"(?:www\.|mobile\.)?(?:twitter|x)\.com")
_POST = re.compile(r"/\w{1,15}/status(?:es)?/([0-9]{1,19})/?")
_COMPOSE = "/messages/compose"
_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class DeepLink:
    """A link that opens a conversation.

    Attributes:
        recipient_id: With whom.
        welcome_message_id: Shown in place of the usual one; `""` for the usual one.
        text: What the composer holds at first.
    """

    recipient_id: str
    welcome_message_id: str = ""
    text: str = ""


def post_in(url: str) -> str:
    """Give the id of the Post an address leads to; `""` where it leads elsewhere."""
    parts = _of_x(url)
    found = None if parts is None else _POST.fullmatch(parts[0])
    return found[1] if found else ""


def deep_link_in(url: str) -> DeepLink | None:
    """Read a deep link; `None` where an address is something else, or names no recipient."""
    parts = _of_x(url)
    if parts is None or parts[0] != _COMPOSE:
        return None
    values = {name: found[-1] for name, found in parse_qs(parts[1], errors="replace").items()}
    recipient_id = values.get("recipient_id", "")
    if not _ID.fullmatch(recipient_id):
        return None
    return DeepLink(recipient_id, values.get("welcome_message_id", ""), values.get("text", ""))


def permalink(screen_name: str, post_id: str) -> str:
    """Give a Post's address."""
    return f"https://twitter.com/{screen_name}/status/{post_id}"


def _of_x(url: str) -> tuple[str, str] | None:
    """Give path and query of an address at X."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_there = parts.scheme in {"http", "https"} and _HOSTS.fullmatch(parts.netloc.lower())
    return (parts.path, parts.query) if is_there else None
