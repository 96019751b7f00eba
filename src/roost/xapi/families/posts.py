"""Posts: writing, answering, deleting and liking.

Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage (archived).
"""

from __future__ import annotations

from collections.abc import Sequence

from roost.errors import InvalidCall
from roost.xapi import checks, post_texts
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.wire_tweets import Tweet

MOST_MEDIA = 4
"""Pictures of a Post; of GIFs and videos it may have one."""


class Posts:
    """`x.posts`. Every method may raise what `roost.xapi.calls.Caller.call` raises."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def new(
        self, text: str, *, attachment_url: str = "", media_ids: Sequence[str] = ()
    ) -> Tweet:
        """Post publicly. 300 in 3 hours, per user and per app.

        A text that begins like X's old commands for messages (`d name …`) is posted as it stands.

        Args:
            text: Up to 280 characters as X weighs them: most scripts count one, others two, every
                link 23.
            attachment_url: A Post to quote, or a deep link, which X shows as a *Send a private
                message* button; not counted.
            media_ids: Up to four pictures, or one GIF or video.

        Raises:
            InvalidCall: The text is longer than 280, whatever X takes for links in it.
            TextTooLong: X counts more than 280.
            DuplicatePost: The same was posted before.
            QuotaUsedUp: Not before the window is over.
        """
        return await self._post(text, attachment_url, media_ids, [])

    async def reply(
        self,
        text: str,
        post_id: str,
        *,
        attachment_url: str = "",
        media_ids: Sequence[str] = (),
        leave_out: Sequence[str] = (),
    ) -> Tweet:
        """Answer a Post; X puts the names of those addressed first. Counts as `new` does.

        Args:
            text: As for `new`, without names.
            post_id: What is answered.
            attachment_url: As for `new`.
            media_ids: As for `new`.
            leave_out: Ids of users not to address; the author always is.

        Raises:
            NotFound: The Post is gone, or not for this user to see.
        """
        answered = [
            ("in_reply_to_status_id", checks.x_id("post_id", post_id)),
            ("auto_populate_reply_metadata", "true"),
        ]
        if leave_out:
            ids = checks.ids("leave_out", leave_out, len(leave_out))
            answered.append(("exclude_reply_user_ids", ids))
        return await self._post(text, attachment_url, media_ids, answered)

    async def delete(self, post_id: str) -> Tweet:
        """Delete one of the user's Posts.

        Raises:
            NotFound: It is not there, or somebody else's.
        """
        path = {"id": checks.x_id("post_id", post_id)}
        return await self._caller.fetch(Call("statuses.destroy", path), Tweet)

    async def like(self, post_id: str) -> Tweet:
        """Like a Post. 1,000 in 24 hours.

        Raises:
            AlreadyDone: It is liked.
        """
        return await self._change("favorites.create", post_id)

    async def unlike(self, post_id: str) -> Tweet:
        """No longer like a Post. 1,000 in 24 hours.

        Raises:
            NotFound: It is not there, or not liked.
        """
        return await self._change("favorites.destroy", post_id)

    async def _post(
        self,
        text: str,
        attachment_url: str,
        media_ids: Sequence[str],
        more: Sequence[tuple[str, str]],
    ) -> Tweet:
        if not text.strip():
            raise InvalidCall("text", "must not be empty")
        weight = post_texts.least_weight(text)
        if weight > post_texts.LONGEST:
            problem = "too long, as X weighs a Post"
            raise InvalidCall("text", problem, limit=post_texts.LONGEST, value=weight)
        if attachment_url and media_ids:
            raise InvalidCall("attachment_url", "a Post holds either a link as attachment or media")
        parameters = [("status", text), ("enable_dmcommands", "false"), *more]
        if attachment_url:
            parameters.append(("attachment_url", attachment_url))
        if media_ids:
            parameters.append(("media_ids", checks.ids("media_ids", media_ids, MOST_MEDIA)))
        parameters.append(("tweet_mode", "extended"))
        return await self._caller.fetch(Call("statuses.update", parameters=parameters), Tweet)

    async def _change(self, route: str, post_id: str) -> Tweet:
        parameters = [("id", checks.x_id("post_id", post_id))]
        return await self._caller.fetch(Call(route, parameters=parameters), Tweet)
