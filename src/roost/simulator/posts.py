"""Posts and who likes them: this part of the world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from roost.simulator import touched
from roost.simulator.entries import LikeEntry, PostEntry
from roost.simulator.rows import Rows


class Posts:
    """Every Post, found by id and by author, and every like."""

    def __init__(self, posts: Iterable[PostEntry], likes: Iterable[LikeEntry]) -> None:
        self._posts = Rows[str, PostEntry]("post")
        self._by_author: dict[str, dict[str, None]] = {}
        self._likes: dict[str, dict[str, None]] = {}
        self._referring: dict[str, dict[str, None]] = {}
        self.likes_given: Counter[str] = Counter()
        for post in sorted(posts, key=lambda one: int(one.post_id)):
            self.put(post)
        for like in likes:
            self.like(like)

    def ids(self) -> Iterator[str]:
        """Give the ids of all Posts, oldest first."""
        return iter(self._posts)

    def all(self) -> Iterable[PostEntry]:
        """Give all Posts, oldest first."""
        return self._posts.values()

    def all_likes(self) -> Iterator[LikeEntry]:
        """Give all likes."""
        for post_id, users in self._likes.items():
            yield from (LikeEntry(user_id=user_id, post_id=post_id) for user_id in users)

    def find(self, post_id: str) -> PostEntry | None:
        """Give a Post that is there."""
        return self._posts.get(post_id)

    def put(self, post: PostEntry) -> None:
        """Add a Post. Its id is greater than any before."""
        self._posts[post.post_id] = post
        self._by_author.setdefault(post.user_id, {})[post.post_id] = None
        for other in _referred(post):
            self._referring.setdefault(other, {})[post.post_id] = None

    def change(self, post: PostEntry) -> None:
        """Put another row in the place of a Post that is there; what it refers to is the same."""
        self._posts[post.post_id] = post

    def remove(self, post: PostEntry) -> None:
        """Remove a Post, the likes it got, and every plain repost of it."""
        for repost in self._about(post.post_id, lambda one: one.reposts):
            self.remove(repost)
        for user_id in self._likes.pop(post.post_id, {}):
            self.likes_given[user_id] -= 1
            like = LikeEntry(user_id=user_id, post_id=post.post_id)
            touched.note("like", (user_id, post.post_id), like, None)
        del self._posts[post.post_id]
        del self._by_author[post.user_id][post.post_id]
        for other in _referred(post):
            self._referring[other].pop(post.post_id, None)

    def by(self, user_id: str) -> Iterator[PostEntry]:
        """Give a user's Posts, newest first."""
        return (self._posts[post_id] for post_id in reversed(self._by_author.get(user_id, {})))

    def count_by(self, user_id: str) -> int:
        """Count a user's Posts."""
        return len(self._by_author.get(user_id, {}))

    def likers(self, post_id: str) -> Sequence[str]:
        """Give the ids of those who like a Post."""
        return list(self._likes.get(post_id, {}))

    def is_liked(self, like: LikeEntry) -> bool:
        """Say whether a user likes a Post."""
        return like.user_id in self._likes.get(like.post_id, {})

    def like(self, like: LikeEntry) -> None:
        """Add a like that is not there yet."""
        touched.note("like", (like.user_id, like.post_id), None, like)
        self._likes.setdefault(like.post_id, {})[like.user_id] = None
        self.likes_given[like.user_id] += 1

    def unlike(self, like: LikeEntry) -> None:
        """Remove a like that is there."""
        touched.note("like", (like.user_id, like.post_id), like, None)
        del self._likes[like.post_id][like.user_id]
        self.likes_given[like.user_id] -= 1

    def replies(self, post_id: str) -> Sequence[PostEntry]:
        """Give the Posts that answer one."""
        return self._about(post_id, lambda one: one.in_reply_to)

    def quotes(self, post_id: str) -> Sequence[PostEntry]:
        """Give the Posts that quote one."""
        return self._about(post_id, lambda one: one.quotes)

    def reposts(self, post_id: str) -> Sequence[PostEntry]:
        """Give the plain reposts of one."""
        return self._about(post_id, lambda one: one.reposts)

    def _about(self, post_id: str, refers: Callable[[PostEntry], str]) -> Sequence[PostEntry]:
        referring = (self._posts[one] for one in self._referring.get(post_id, {}))
        return [post for post in referring if refers(post) == post_id]


def _referred(post: PostEntry) -> set[str]:
    return {post.in_reply_to, post.quotes, post.reposts} - {""}
