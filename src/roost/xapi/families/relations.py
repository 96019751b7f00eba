"""How users stand to each other: following, blocking, muting, and who follows.

Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users (archived).
"""

from __future__ import annotations

from roost.xapi import checks
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.paginators import Page, Pages
from roost.xapi.wire_users import Friendship, FullUser, IdPage, Relationship, UserPage

MOST_IDS, MOST_USERS = 5_000, 200
"""Followers of a page: ids, and whole users."""

_FIRST, _NONE = "-1", "0"


class Relations:
    """`x.relations`. Every method may raise what `roost.xapi.calls.Caller.call` raises.

    A user is named by id or by screen name.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def show(
        self, target_id: str = "", *, target_name: str = "", source_id: str = ""
    ) -> Relationship:
        """Show how the user, or another, stands to a user. 180 in 15 minutes.

        `source.can_dm` tells whether X would take a message to the target.
        """
        parameters = [checks.user(target_id, target_name, prefix="target_")]
        parameters += [("source_id", checks.x_id("source_id", source_id))] if source_id else []
        call = Call("friendships.show", parameters=parameters)
        return (await self._caller.fetch(call, Friendship)).relationship

    async def follow(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """Follow somebody. 400 in 24 hours, 1,000 per app.

        Raises:
            AlreadyDone: They were asked before and have not agreed yet.
            QuotaUsedUp: X lets the user follow nobody more today.
        """
        return await self._change("friendships.create", user_id, screen_name)

    async def unfollow(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """No longer follow somebody."""
        return await self._change("friendships.destroy", user_id, screen_name)

    async def block(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """Block somebody, who can then neither write nor follow."""
        return await self._change("blocks.create", user_id, screen_name)

    async def unblock(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """No longer block somebody."""
        return await self._change("blocks.destroy", user_id, screen_name)

    async def mute(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """Mute somebody, who is not told."""
        return await self._change("mutes.create", user_id, screen_name)

    async def unmute(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """No longer mute somebody.

        Raises:
            AlreadyDone: They are not muted.
        """
        return await self._change("mutes.destroy", user_id, screen_name)

    def follower_ids(
        self, user_id: str = "", *, screen_name: str = "", count: int = MOST_IDS
    ) -> Pages[str]:
        """Walk the ids of a user's followers, up to 5,000 a page. 15 pages in 15 minutes."""
        parameters = _list(user_id, screen_name, count, MOST_IDS)
        parameters.append(("stringify_ids", "true"))

        async def fetch(cursor: str) -> Page[str]:
            call = Call("followers.ids", parameters=[*parameters, ("cursor", cursor or _FIRST)])
            found = await self._caller.fetch(call, IdPage)
            return Page([str(one) for one in found.ids], _cursor(found.next_cursor_str))

        return Pages(fetch)

    def followers(
        self, user_id: str = "", *, screen_name: str = "", count: int = MOST_USERS
    ) -> Pages[FullUser]:
        """Walk a user's followers, up to 200 a page. 15 pages in 15 minutes."""
        parameters = _list(user_id, screen_name, count, MOST_USERS)

        async def fetch(cursor: str) -> Page[FullUser]:
            call = Call("followers.list", parameters=[*parameters, ("cursor", cursor or _FIRST)])
            found = await self._caller.fetch(call, UserPage)
            return Page(found.users, _cursor(found.next_cursor_str))

        return Pages(fetch)

    async def _change(self, route: str, user_id: str, screen_name: str) -> FullUser:
        call = Call(route, parameters=[checks.user(user_id, screen_name)])
        return await self._caller.fetch(call, FullUser)


def _list(user_id: str, screen_name: str, count: int, most: int) -> list[tuple[str, str]]:
    checks.within("count", count, 1, most)
    named = [checks.user(user_id, screen_name)] if user_id or screen_name else []
    return [*named, ("count", str(count))]


def _cursor(found: str) -> str:
    return "" if found == _NONE else found
