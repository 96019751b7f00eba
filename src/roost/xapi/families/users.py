"""Users: oneself, others, and how far one's limits are used up.

Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users (archived).
"""

from __future__ import annotations

from collections.abc import Sequence

from roost.xapi import checks
from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.wire_users import FullUser, RateLimitStatus

MOST_LOOKED_UP = 100
"""Users that may be looked up at once."""

_LONGEST_QUERY = 30
"""Users whose names fit into an address with room to spare; more are posted."""


class Users:
    """`x.users`. Every method may raise what `roost.xapi.calls.Caller.call` raises.

    Where the client has no user's token, it asks as the app.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def me(self) -> FullUser:
        """Show the user whose token this is. 75 in 15 minutes.

        Raises:
            CredentialsRefused: The token is no good.
        """
        return await self._caller.fetch(Call("account.verify_credentials"), FullUser)

    async def show(self, user_id: str = "", *, screen_name: str = "") -> FullUser:
        """Show one user, by id or by name. 900 in 15 minutes.

        Raises:
            NotFound: There is no such user, or X has suspended them.
        """
        parameters = [checks.user(user_id, screen_name)]
        return await self._caller.fetch(Call("users.show", parameters=parameters), FullUser)

    async def lookup(
        self, user_ids: Sequence[str] = (), *, screen_names: Sequence[str] = ()
    ) -> list[FullUser]:
        """Show up to a hundred users, in no order; who is not there is missing. 900 in 15 minutes.

        Raises:
            InvalidCall: Nobody or too many are named.
            NotFound: Not one of them is there.
        """
        n_named = len(user_ids) + len(screen_names)
        checks.within("user_ids", n_named, 1, MOST_LOOKED_UP)
        names = [checks.named(f"screen_names[{n}]", one) for n, one in enumerate(screen_names)]
        listed = {
            "user_id": checks.ids("user_ids", user_ids, MOST_LOOKED_UP),
            "screen_name": ",".join(names),
        }
        route = "users.lookup" if n_named <= _LONGEST_QUERY else "users.lookup.form"
        parameters = [(name, text) for name, text in listed.items() if text]
        return await self._caller.fetch(Call(route, parameters=parameters), list[FullUser])

    async def limits(self, *families: str) -> RateLimitStatus:
        """Show how far the windows of 15 minutes are used up. 180 in 15 minutes.

        Args:
            *families: Such as `direct_messages`; all where none is named.
        """
        parameters = [("resources", ",".join(families))] if families else []
        call = Call("application.rate_limit_status", parameters=parameters)
        return await self._caller.fetch(call, RateLimitStatus)
