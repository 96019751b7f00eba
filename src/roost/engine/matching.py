"""Which message at X is the one we sent, as a pure function."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from roost.model.messages import Message, OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.ports import SentMessage

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_END_OF_LINK = re.compile(r"/(?=\s|$)")


def match(entry: OutboxEntry, candidates: Sequence[SentMessage]) -> SentMessage | None:
    """Find the message that is this entry's: the first of ours with the same content.

    Args:
        entry: One attempt whose outcome is unknown.
        candidates: Our messages above its baseline that no entry is linked to. Since a
            conversation has one attempt in flight, the first with its content is this attempt's.
            One that X says was sent with another app is not: somebody wrote the same by hand.
    """
    for one in sorted(candidates, key=lambda candidate: candidate.position):
        is_foreign = entry.app_id and one.message.source_app_id not in {"", entry.app_id}
        if not is_foreign and _is_same(entry.message, one.message):
            return one
    return None


def canonical(text: str) -> str:
    """Give the form in which our text and X's copy of it are equal.

    X composes characters, escapes `&`, `<` and `>`, trims, and makes links of addresses, which come
    back with a scheme that they did not have and a slash behind a bare host.
    """
    composed = unicodedata.normalize("NFC", html.unescape(text)).strip()
    return _END_OF_LINK.sub("", _SCHEME.sub("", composed))


def _is_same(ours: OutboundMessage, theirs: Message) -> bool:
    return (
        canonical(ours.text) == canonical(theirs.text)
        and [one.label for one in ours.quick_replies] == [one.label for one in theirs.quick_replies]
        and [one.label for one in ours.buttons] == [one.label for one in theirs.buttons]
        and not theirs.attachment
    )
