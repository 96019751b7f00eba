"""Which message at X is the one we sent, as a pure function."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType

from roost.model import links
from roost.model.activities import Posted
from roost.model.messages import Message, OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.model.posts import PublicReply
from roost.ports import SentMessage

_SHOWN_AS = MappingProxyType({"photo": "media", "animated_gif": "media", "video": "media"})

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_ADDRESSED = re.compile(r"(?:@[A-Za-z0-9_]+\s+)*")
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


def match_post(reply: PublicReply, candidates: Sequence[Posted]) -> Posted | None:
    """Find the Post that is this public reply: the first under the same Post with the same text.

    Args:
        reply: What was posted, perhaps.
        candidates: The account's Posts that no entry is linked to. X refuses to post the same
            again, so that there is one at most.
    """
    for one in sorted(candidates, key=lambda candidate: candidate.position):
        answered = one.post.in_reply_to
        is_here = answered is not None and answered.post_id == reply.post_id
        if is_here and _bare(reply.text) in {_bare(one.post.text), _unlinked(one.post.text)}:
            return one
    return None


def canonical(text: str) -> str:
    """Give the form in which our text and X's copy of it are equal.

    X composes characters, escapes `&`, `<` and `>`, trims, and makes links of addresses, which come
    back with a scheme that they did not have and a slash behind a bare host.
    """
    composed = unicodedata.normalize("NFC", html.unescape(text)).strip()
    return _END_OF_LINK.sub("", _SCHEME.sub("", composed))


def _unlinked(text: str) -> str:
    """Give the text of a Post without the link at its end, as which X shows an attached one."""
    ends = [end for end in links.places(text) if end[1] == len(text.rstrip())]
    return _bare(text[: ends[-1][0]] if ends else text)


def _bare(text: str) -> str:
    """Give the text of a Post without the names X puts first."""
    return canonical(_ADDRESSED.sub("", text, count=1))


def _is_same(ours: OutboundMessage | PublicReply, theirs: Message) -> bool:
    return (
        isinstance(ours, OutboundMessage)
        and canonical(ours.text) == canonical(theirs.text)
        and [one.label for one in ours.quick_replies] == [one.label for one in theirs.quick_replies]
        and [one.label for one in ours.buttons] == [one.label for one in theirs.buttons]
        and ours.attached == _SHOWN_AS.get(theirs.attachment, theirs.attachment)
    )
