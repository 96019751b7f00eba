"""Custom profiles: other names and pictures to speak under.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/custom-profiles (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.xapi import checks, paginators
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.families.messages import list_parameters
from roost.xapi.paginators import Page, Pages
from roost.xapi.wire_profiles import (
    Avatar,
    AvatarMedia,
    CustomProfile,
    CustomProfileList,
    OneCustomProfile,
)

LONGEST_NAME = 48
"""Characters."""


class _Row(msgspec.Struct, frozen=True):
    """A profile, or the empty object that X has been seen to put among them."""

    name: str = ""
    avatar: Avatar | UnsetType = UNSET
    id: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET


class _Read(msgspec.Struct, frozen=True):
    """A page as X writes it."""

    custom_profiles: list[_Row] = []
    next_cursor: str | UnsetType = UNSET


class Profiles:
    """`x.profiles`, for accounts X has listed for them.

    Every method may raise what `roost.xapi.calls.Caller.call` raises.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def new(self, name: str, media_id: str) -> CustomProfile:
        """Make a profile. 1,000 in 24 hours.

        Args:
            name: 1 to 48 characters.
            media_id: An uploaded picture.

        Raises:
            InvalidCall: An argument breaks a limit; nothing was sent.
            PermissionMissing: X has not listed this account.
        """
        checks.length("name", name, LONGEST_NAME)
        avatar = Avatar(AvatarMedia(id=checks.x_id("media_id", media_id)))
        body = msgspec.json.encode(OneCustomProfile(CustomProfile(name, avatar)))
        call = Call("custom_profiles.new", body=body)
        return (await self._caller.fetch(call, OneCustomProfile)).custom_profile

    async def show(self, profile_id: str) -> CustomProfile:
        """Show a profile. 180 in 15 minutes."""
        call = Call("custom_profiles.show", {"id": checks.x_id("profile_id", profile_id)})
        return (await self._caller.fetch(call, OneCustomProfile)).custom_profile

    async def page(
        self, *, count: int = checks.LARGEST_PAGE, cursor: str = ""
    ) -> CustomProfileList:
        """List the user's profiles. 180 in 15 minutes.

        Args:
            count: 1 to 50 a page.
            cursor: `next_cursor` of the page before; `""` for the first.
        """
        call = Call("custom_profiles.list", parameters=list_parameters(count, cursor))
        read = await self._caller.fetch(call, _Read)
        profiles = [
            CustomProfile(row.name, row.avatar, row.id, row.created_timestamp)
            for row in read.custom_profiles
            if row.avatar is not UNSET
        ]
        return CustomProfileList(profiles, read.next_cursor)

    def all(self) -> Pages[CustomProfile]:
        """Walk everything that `page` lists."""

        async def fetch(cursor: str) -> Page[CustomProfile]:
            found = await self.page(cursor=cursor)
            return Page(found.custom_profiles, paginators.next_cursor(found.next_cursor))

        return Pages(fetch)

    async def delete(self, profile_id: str) -> None:
        """Destroy a profile, once or more often. 1,000 in 24 hours."""
        parameters = [("id", checks.x_id("profile_id", profile_id))]
        await self._caller.call(Call("custom_profiles.destroy", parameters=parameters))
