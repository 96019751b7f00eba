"""Asking X what an account's messages are: the way in for whatever no delivery brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from roost.errors import RateLimited, SendError, XApiUnavailable
from roost.model.budgets import LIST, Standing
from roost.model.ids import UserId
from roost.model.messages import Profile
from roost.xapi.client import XClient

USERS_AT_ONCE = 100
"""Most users X names in one call.

Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users/follow-search-get-users/
api-reference/get-users-lookup (archived).
"""

_log = structlog.stdlib.get_logger("roost.listing")


class Listing:
    """Lists messages and names users, in the name of each account."""

    def __init__(self, clients: Mapping[UserId, XClient]) -> None:
        """Make one.

        Args:
            clients: By account.
        """
        self._clients = clients

    async def page(self, account_id: UserId, cursor: str) -> bytes:
        """Give a page of an account's messages, newest first, as X wrote it.

        The one place where backfill spends of the account's 15 listings in 15 minutes, which it
        shares with whoever has to know whether a message was sent.

        Args:
            account_id: Whose messages.
            cursor: Of the page; `""` for the newest.

        Raises:
            RateLimited: Nothing is left of the window.
            SendError: X gave no page.
        """
        return await self._client(account_id).message_page(cursor=cursor)

    def learned(self, account_id: UserId) -> Standing | None:
        """Give what X has said of an account's listings since this was asked last."""
        client = self._clients.get(account_id)
        return client.standings.take(LIST) if client else None

    async def profiles(
        self, account_id: UserId, user_ids: Sequence[UserId]
    ) -> Mapping[str, Profile]:
        """Say how users are called, as far as X says so now.

        A list of messages names nobody. A message whose writer has no name yet is better than no
        message, so that a failure only leaves names out.
        """
        found: dict[str, Profile] = {}
        for begin in range(0, len(user_ids), USERS_AT_ONCE):
            some = user_ids[begin : begin + USERS_AT_ONCE]
            try:
                named = await self._client(account_id).look_up_users(some)
            except (SendError, RateLimited) as error:
                _log.warning("users not named", account=account_id, reason=str(error))
                return found
            found.update({profile.user_id: profile for profile in named})
        return found

    def _client(self, account_id: UserId) -> XClient:
        client = self._clients.get(account_id)
        if client is None:
            raise XApiUnavailable(f"account {account_id} has no tokens in the settings")
        return client
