"""A typed, asynchronous client of X's v1.1 API, usable on its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Self

from roost.errors import InvalidCall, NotFound, RoostError
from roost.model.budgets import Standing
from roost.model.ids import UserId
from roost.model.messages import OutboundMessage, Profile
from roost.ports import Clock
from roost.xapi import hosts, wire_dm
from roost.xapi.calls import Caller
from roost.xapi.clock import SystemClock
from roost.xapi.families.enterprise import Enterprise
from roost.xapi.families.feedback import FeedbackCards
from roost.xapi.families.media import Media
from roost.xapi.families.messages import Messages
from roost.xapi.families.posts import Posts
from roost.xapi.families.profiles import Profiles
from roost.xapi.families.relations import Relations
from roost.xapi.families.tokens import Tokens
from roost.xapi.families.users import Users
from roost.xapi.families.webhooks import Subscriptions, Webhooks
from roost.xapi.families.welcome import WelcomeMessages, WelcomeRules
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.transport import (
    ANSWER_WITHIN,
    Phases,
    Request,
    Response,
    Sink,
    Transport,
    aiohttp_transport,
)
from roost.xapi.windows import Standings
from roost.xapi.wire_webhooks import Webhook


class XClient:
    """X's v1.1 API in the name of one app and, mostly, one user.

    Every method may raise what `roost.xapi.calls.Caller.call` raises. Redirects are never
    followed, and nothing is repeated that may have had an effect.

    Attributes:
        messages: Direct Messages.
        welcome_messages: What people are shown who open a conversation.
        welcome_rules: Which of those is the default.
        profiles: Custom profiles.
        feedback: Cards that ask customers how satisfied they are.
        media: Uploads, and the files of messages.
        webhooks: Where X delivers, by environment.
        subscriptions: Whose activity X delivers there.
        enterprise: The same for the enterprise tier, and replay.
        tokens: Getting tokens and giving them up.
        users: Oneself and others.
        relations: Following, blocking and muting.
        posts: Writing, answering, deleting and liking.

    Example:
        >>> async with XClient(credentials) as x:
        ...     await x.messages.send("2002", OutboundMessage("Hello"))
    """

    def __init__(
        self,
        credentials: Credentials,
        transport: Transport | None = None,
        clock: Clock | None = None,
        *,
        base_url: str = hosts.X_API,
        upload_url: str | None = None,
    ) -> None:
        """Make one.

        Args:
            credentials: Who signs. Without a user's token, only what an app may do for itself.
            transport: How requests are made; where left out, the client has to be entered and
                brings its own.
            clock: What time signatures bear; the machine's where left out.
            base_url: X's API, or a simulator, which then stands for all of X's hosts.
            upload_url: Media uploads, where they are elsewhere.
        """
        self._own: _OwnTransport | None = None
        if transport is None:
            self._own = transport = _OwnTransport()
        caller = Caller(
            credentials,
            transport,
            clock or SystemClock(),
            addresses=hosts.addresses(base_url, upload_url),
        )
        self._caller = caller
        self.messages = Messages(caller)
        self.welcome_messages = WelcomeMessages(caller)
        self.welcome_rules = WelcomeRules(caller)
        self.profiles = Profiles(caller)
        self.feedback = FeedbackCards(caller)
        self.media = Media(caller)
        self.webhooks = Webhooks(caller)
        self.subscriptions = Subscriptions(caller)
        self.enterprise = Enterprise(caller)
        self.tokens = Tokens(caller)
        self.users = Users(caller)
        self.relations = Relations(caller)
        self.posts = Posts(caller)

    async def __aenter__(self) -> Self:
        """Open the client's own transport, where it was given none."""
        if self._own is not None:
            await self._own.open()
        return self

    async def __aexit__(self, *ended: object) -> None:
        """Close what was opened."""
        if self._own is not None:
            await self._own.close()

    def standing(self, route: str) -> Standing | None:
        """Tell how far a route's window was used up when it was last called.

        Args:
            route: Its name in `roost.xapi.routes.ROUTES`, for example `dm.events.list`.

        Returns:
            `None` where it was not called yet, or X did not say, as for `dm.events.new`.

        Raises:
            InvalidCall: There is no such route.
        """
        if route not in ROUTES:
            raise InvalidCall("route", f"there is no {route!r}")
        return self._caller.heard.get(route)

    @property
    def standings(self) -> Standings:
        """What X has said about the user's rate windows."""
        return self._caller.standings

    @property
    def access_level(self) -> str:
        """What X said last that the token may do, as in `read-write-directmessages`; else `""`."""
        return self._caller.access_level

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this machine's clock is ahead of X's, to a second or two; `None` if unknown."""
        return self._caller.ahead

    async def verify_credentials(self) -> None:
        """Find out whether X takes the user's token.

        Raises:
            RejectedByX: It does not; code 89 for a token that is no longer valid.

        Source: https://developer.x.com/en/docs/x-api/v1/accounts-and-users/
        manage-account-settings/api-reference/get-account-verify_credentials (archived).
        """
        await self.users.me()

    async def send_message(
        self, recipient_id: UserId, message: OutboundMessage
    ) -> wire_dm.MessageEvent:
        """Send a Direct Message; see `Messages.send`."""
        return await self.messages.send(recipient_id, message)

    async def list_messages(self, *, count: int = 50, cursor: str = "") -> wire_dm.EventList:
        """List messages of the last 30 days, newest first; see `Messages.page`."""
        return await self.messages.page(count=count, cursor=cursor)

    async def message_page(self, *, count: int = 50, cursor: str = "") -> bytes:
        """List as `list_messages` does, and give the page as X wrote it."""
        return await self.messages.raw_page(count=count, cursor=cursor)

    async def look_up_users(self, user_ids: Sequence[UserId]) -> Sequence[Profile]:
        """Say how up to 100 users are called; those X does not know are left out."""
        try:
            found = await self.users.lookup(user_ids)
        except NotFound:
            return []
        return [Profile(one.id_str, one.screen_name, one.name) for one in found]

    async def create_webhook(self, env_name: str, url: str) -> Webhook:
        """Register a webhook; see `Webhooks.create`."""
        return await self.webhooks.create(env_name, url)

    async def list_webhooks(self, env_name: str) -> list[Webhook]:
        """List an environment's webhooks; see `Webhooks.list`."""
        return await self.webhooks.list(env_name)

    async def validate_webhook(self, env_name: str, webhook_id: str) -> None:
        """Have X check a webhook again; see `Webhooks.validate`."""
        await self.webhooks.validate(env_name, webhook_id)

    async def delete_webhook(self, env_name: str, webhook_id: str) -> None:
        """Remove a webhook, and with it its subscriptions; see `Webhooks.delete`."""
        await self.webhooks.delete(env_name, webhook_id)

    async def subscribe(self, env_name: str) -> None:
        """Have X deliver this user's activity; see `Subscriptions.add`."""
        await self.subscriptions.add(env_name)

    async def is_subscribed(self, env_name: str) -> bool:
        """Tell whether X delivers this user's activity; see `Subscriptions.is_there`."""
        return await self.subscriptions.is_there(env_name)

    async def unsubscribe(self, env_name: str, user_id: UserId, *, bearer: str = "") -> None:
        """Stop deliveries of a user's activity; see `Subscriptions.remove`."""
        await self.subscriptions.remove(env_name, user_id, bearer=bearer)

    async def bearer_token(self) -> str:
        """Get the app's bearer token; see `Tokens.bearer`."""
        return await self.tokens.bearer()


class _OwnTransport:
    """`Transport` that a client opens and closes with itself."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._inner: Transport | None = None

    async def open(self) -> None:
        self._inner = await self._stack.enter_async_context(aiohttp_transport(phases=Phases()))

    async def close(self) -> None:
        self._inner = None
        await self._stack.aclose()

    async def send(self, request: Request, *, answer_within: timedelta = ANSWER_WITHIN) -> Response:
        return await self._opened().send(request, answer_within=answer_within)

    async def download(
        self, request: Request, sink: Sink, *, most_bytes: int, answer_within: timedelta
    ) -> Response:
        inner = self._opened()
        return await inner.download(
            request, sink, most_bytes=most_bytes, answer_within=answer_within
        )

    def _opened(self) -> Transport:
        if self._inner is None:
            raise RoostError("the client is not open: write `async with XClient(credentials) as x`")
        return self._inner
