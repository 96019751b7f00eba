"""A Post, as far as X tells of it to the accounts it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from roost.errors import InvalidMessage
from roost.model import weights
from roost.model.messages import Profile


@dataclass(frozen=True, slots=True)
class PostReference:
    """Another Post that a Post answers, quotes or repeats.

    Attributes:
        post_id: X's id of it.
        author_id: Who wrote it; `""` where X did not say.
    """

    post_id: str
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A public Post.

    Attributes:
        post_id: X's id.
        author: Who wrote it.
        text: The whole of it as a person reads it: entities undone, short links replaced by what
            they stand for. `""` once its author has deleted it.
        in_reply_to: What it answers; `None` where it begins a thread.
        quoted: What it quotes; `None` where it quotes nothing.
        reposted: What it repeats; `None` where it is no repost.
        mentioned: X's ids of the users its text names, in order.

    Source: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/tweet (archived).
    """

    post_id: str
    author: Profile
    text: str
    in_reply_to: PostReference | None = None
    quoted: PostReference | None = None
    reposted: PostReference | None = None
    mentioned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicReply:
    """An answer to a Post, for all to see.

    Attributes:
        text: Without the names of those addressed, which X puts first; weighs 1 to 280, where every
            link weighs 23.
        post_id: X's id of the Post that is answered.
        link: A deep link that X shows as a button and does not count; `""` for none.

    Raises:
        InvalidMessage: The text is empty or too long; nothing was sent.

    Source: https://docs.x.com/resources/fundamentals/counting-characters (docs of 2026-08-22).
    """

    text: str
    post_id: str
    link: str = ""

    def __post_init__(self) -> None:
        """Check the limit."""
        weight = weights.weight(self.text) if self.text.strip() else 0
        if not 0 < weight <= weights.LONGEST:
            problem = "must weigh 1 to 280 as X counts a Post, links 23 each"
            raise InvalidMessage("text", problem, limit=weights.LONGEST, value=weight)
