"""A Post, as far as X tells of it to the accounts it concerns."""

from __future__ import annotations

from dataclasses import dataclass

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
