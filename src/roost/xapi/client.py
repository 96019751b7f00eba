"""A typed, asynchronous client of X's v1.1 API, usable on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import UNSET

from roost.errors import RejectedByX, SendUncertain, XApiUnavailable
from roost.model import capabilities
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage, Profile
from roost.ports import Clock
from roost.xapi import wire_dm
from roost.xapi.calls import Call, Caller
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.transport import Response, Transport
from roost.xapi.windows import Standings
from roost.xapi.wire_oauth import BearerToken
from roost.xapi.wire_users import NamedUser
from roost.xapi.wire_webhooks import Webhook

T = TypeVar("T")

_NOT_SUBSCRIBED = frozenset({401, 403, 404})
_SUBSCRIPTION_CODES = frozenset({34, 348})
_NOBODY_MATCHES = 17


class XClient:
    """X's v1.1 API in the name of one app and one user.

    Every method may raise what `roost.xapi.calls.Caller.call` raises.
    """

    def __init__(
        self,
        credentials: Credentials,
        transport: Transport,
        clock: Clock,
        *,
        base_url: str = "https://api.x.com",
    ) -> None:
        self._caller = Caller(credentials, transport, clock, base_url=base_url)

    @property
    def standings(self) -> Standings:
        """What X has said about the user's rate windows."""
        return self._caller.standings

    async def verify_credentials(self) -> None:
        """Find out whether X takes the user's token.

        Raises:
            RejectedByX: It does not; code 89 for a token that is no longer valid.

        Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users/
        manage-account-settings/api-reference/get-account-verify_credentials (archived).
        """
        await self._caller.call(Call("account.verify_credentials"))

    async def send_message(
        self, recipient_id: UserId, message: OutboundMessage
    ) -> wire_dm.MessageEvent:
        """Send a Direct Message. Not idempotent: X knows no key by which to recognise a repeat.

        Returns:
            The message as X wrote it down, with its `id`.

        Raises:
            InvalidMessage: It breaks a limit of X; nothing was sent.
            SendUncertain: X may have it; also where X's answer holds no id.

        Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving/
        api-reference/new-event (archived).
        """
        capabilities.check(message, capabilities.X_V1)
        body = msgspec.json.encode(_new_event(recipient_id, message))
        answer = await self._caller.call(Call("dm.events.new", body=body))
        try:
            event = msgspec.json.decode(answer.body, type=wire_dm.OneEvent).event
        except msgspec.DecodeError as error:
            raise SendUncertain("dm.events.new", "X's answer could not be read") from error
        if not event.id:
            raise SendUncertain("dm.events.new", "X's answer holds no message id")
        return event

    async def list_messages(self, *, count: int = 50, cursor: str = "") -> wire_dm.EventList:
        """List what the user sent and received in the last 30 days, newest first.

        Args:
            count: 1 to 50 a page. A page may be empty and still have a `next_cursor`.
            cursor: `next_cursor` of the page before; `""` for the first.
        """
        parameters = [("count", str(count)), *([("cursor", cursor)] if cursor else [])]
        answer = await self._caller.call(Call("dm.events.list", parameters=parameters))
        return _decoded("dm.events.list", answer, wire_dm.EventList)

    async def message_page(self, *, count: int = 50, cursor: str = "") -> bytes:
        """List as `list_messages` does, and give the page as X wrote it."""
        parameters = [("count", str(count)), *([("cursor", cursor)] if cursor else [])]
        return (await self._caller.call(Call("dm.events.list", parameters=parameters))).body

    async def look_up_users(self, user_ids: Sequence[UserId]) -> Sequence[Profile]:
        """Say how users are called; those X does not know are left out.

        Args:
            user_ids: 1 to 100.

        Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users/
        follow-search-get-users/api-reference/get-users-lookup (archived).
        """
        call = Call("users.lookup", parameters=[("user_id", ",".join(user_ids))])
        try:
            answer = await self._caller.call(call)
        except RejectedByX as error:
            if error.code == _NOBODY_MATCHES:
                return []
            raise
        found = _decoded(call.route, answer, list[NamedUser])
        return [Profile(one.id_str, one.screen_name, one.name) for one in found]

    async def create_webhook(self, env_name: str, url: str) -> Webhook:
        """Register a webhook; X checks it by a CRC before it answers.

        Args:
            env_name: The environment's name (not its label); case matters.
            url: `https`, without a port. An environment has one.
        """
        call = Call("webhooks.create", {"env_name": env_name}, [("url", url)])
        return _decoded(call.route, await self._caller.call(call), Webhook)

    async def list_webhooks(self, env_name: str) -> list[Webhook]:
        """List an environment's webhooks; `valid` tells whether X delivers."""
        call = Call("webhooks.list", {"env_name": env_name})
        return _decoded(call.route, await self._caller.call(call), list[Webhook])

    async def validate_webhook(self, env_name: str, webhook_id: str) -> None:
        """Have X check a webhook again by a CRC, and enable it if it passes."""
        path = {"env_name": env_name, "webhook_id": webhook_id}
        await self._caller.call(Call("webhooks.validate", path))

    async def delete_webhook(self, env_name: str, webhook_id: str) -> None:
        """Remove a webhook, and with it its subscriptions."""
        path = {"env_name": env_name, "webhook_id": webhook_id}
        await self._caller.call(Call("webhooks.delete", path))

    async def subscribe(self, env_name: str) -> None:
        """Have X deliver this user's activity. Events may take 10 s to begin."""
        await self._caller.call(Call("subscriptions.add", {"env_name": env_name}))

    async def is_subscribed(self, env_name: str) -> bool:
        """Tell whether X delivers this user's activity."""
        try:
            await self._caller.call(Call("subscriptions.check", {"env_name": env_name}))
        except RejectedByX as error:
            if error.status in _NOT_SUBSCRIBED and error.code in _SUBSCRIPTION_CODES:
                return False
            raise
        return True

    async def unsubscribe(self, env_name: str, user_id: UserId, *, bearer: str) -> None:
        """Stop deliveries of a user's activity.

        Args:
            env_name: The environment's name.
            user_id: Whose activity.
            bearer: The app's bearer token, see `bearer_token`.
        """
        path = {"env_name": env_name, "user_id": user_id}
        await self._caller.call(Call("subscriptions.remove", path, bearer=bearer))

    async def bearer_token(self) -> str:
        """Get the app's bearer token; X gives the same one until it is invalidated."""
        call = Call("oauth2.token", parameters=[("grant_type", "client_credentials")], basic=True)
        return _decoded(call.route, await self._caller.call(call), BearerToken).access_token


def _decoded(route: str, answer: Response, as_type: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.body, type=as_type)
    except msgspec.DecodeError as error:
        if ROUTES[route].method == "GET":
            raise XApiUnavailable(f"{route}: X's answer could not be read") from error
        raise SendUncertain(route, "X's answer could not be read") from error


def _new_event(recipient_id: UserId, message: OutboundMessage) -> wire_dm.OneEvent:
    options = [
        wire_dm.Option(
            one.label,
            UNSET if one.description is None else one.description,
            UNSET if one.metadata is None else one.metadata,
        )
        for one in message.quick_replies
    ]
    ctas = [wire_dm.Cta("web_url", one.label, one.url) for one in message.buttons]
    data = wire_dm.MessageData(
        text=message.text,
        quick_reply=wire_dm.QuickReply("options", options) if options else UNSET,
        ctas=ctas or UNSET,
    )
    create = wire_dm.MessageCreate(wire_dm.Target(recipient_id), data)
    return wire_dm.OneEvent(wire_dm.MessageEvent("message_create", create))
