"""Sign in with X: the owner of an account lets an app act for it, in the browser.

A link, made on the command line, works once and for one browser. That browser then holds a cookie,
and what X sends back counts only together with it, so that nobody can be made to connect another's
account, nor to finish what they have not begun.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a
/obtaining-user-access-tokens (docs of 2026-08-22).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from roost.errors import NotPossible, RejectedByX, RoostError, SendError, SettingsError
from roost.service import accounts, environments
from roost.service.account_calls import AccountCalls, NewAccount, Shown
from roost.store import sealing
from roost.store.control import Call
from roost.store.token_rows import REQUEST_SECRET, SIGN_INS, SignIn
from roost.xapi.client import XClient
from roost.xapi.families.tokens import RequestToken
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Transport

CONNECT, CALLBACK = "/accounts/connect", "/accounts/callback"
"""Where a sign-in begins, and where X sends the browser back to; the latter is to be registered."""

LASTS = timedelta(minutes=15)
"""How long a sign-in may take."""

MESSAGES = "read-write-directmessages"
"""The access level that Direct Messages need."""


class NotSignedIn(RoostError):
    """A sign-in came to nothing; the text is for who tried."""


@dataclass(frozen=True, slots=True)
class SignIns:
    """Begins and ends sign-ins.

    Attributes:
        calls: Connects the account in the end.
        transport: The way to X.
        public_url: Where browsers find us.
    """

    calls: AccountCalls
    transport: Transport
    public_url: str

    def control(self) -> Mapping[str, Call]:
        """Give what the control socket answers."""
        return {"account_sign_in": self.begin}

    async def begin(self, app: str | None, bot: str, name: str, env: str = "") -> str:
        """Make a link, under which whoever follows it connects an account.

        Args:
            app: Key of the app; `None` for the only one.
            bot: Which bot is to answer; `""` for the only one.
            name: What the account is to be called; `""` for its screen name.
            env: In which environment it is to be subscribed; `""` for the app's first.

        Raises:
            SettingsError: There is no such app or environment, or X does not know our callback.
            NotPossible: X cannot be asked.
        """
        key, client = self._app(app)
        if env:
            environments.checked(self.calls.settings.apps[key], key, env, "--env")
        request = await self._request(client)
        ticket, now = secrets.token_urlsafe(32), self.calls.clock.now()
        store = self.calls.store
        ring = self.calls.vault.ring_for(is_first=not await store.tokens.every())
        row = (SIGN_INS, _digest(ticket))
        sealed = sealing.seal(ring, row, {REQUEST_SECRET: request.secret})
        ends_at = now + LASTS
        begun = SignIn(_digest(ticket), name, key, bot, "", request.token, sealed, ends_at, env)
        await store.manage(lambda tx: tx.tokens.begin(begun, now=now))
        return f"{self.public_url}{CONNECT}?ticket={ticket}"

    async def follow(self, ticket: str) -> tuple[str, str]:
        """Bind a sign-in to a browser; give X's page, and what that browser has to hold.

        Raises:
            NotSignedIn: The link is used up, too old, or none.
        """
        browser, now = secrets.token_urlsafe(32), self.calls.clock.now()
        request = await self.calls.store.manage(
            lambda tx: tx.tokens.follow(_digest(ticket), _digest(browser), now=now)
        )
        if request is None:
            raise NotSignedIn("This link has been used, or is too old. Ask for a new one.")
        page = self._app_page(RequestToken(request, ""))
        return page, browser

    async def finish(self, request_token: str, verifier: str, browser: str) -> Shown:
        """Connect the account that a browser comes back with.

        Args:
            request_token: As X sends it back.
            verifier: `""` where the owner has refused.
            browser: What the browser holds.

        Raises:
            NotSignedIn: This browser did not begin it, the owner refused, or X did.
        """
        now = self.calls.clock.now()
        sign_in = await self.calls.store.manage(
            lambda tx: tx.tokens.take(request_token, _digest(browser), now=now)
        )
        if sign_in is None:
            raise NotSignedIn(
                "This browser did not begin this sign-in, or it took too long. Ask for a new link."
            )
        if not verifier:
            raise NotSignedIn("The app was not authorized. Nothing was connected.")
        opened = sealing.unseal(self.calls.vault.ring(), sign_in.row, sign_in.sealed)
        request = RequestToken(request_token, opened[REQUEST_SECRET])
        try:
            return await self._connect(sign_in, request, verifier)
        except (SendError, NotPossible, SettingsError) as error:
            raise NotSignedIn(f"The account was not connected: {error}") from error

    async def _connect(self, sign_in: SignIn, request: RequestToken, verifier: str) -> Shown:
        _, client = self._app(sign_in.app_key)
        authorized = await client.tokens.exchange(request, verifier)
        speaker = accounts.speaking(self.calls.settings, authorized.credentials, self.transport)
        return await self.calls.put(
            await new_account(
                speaker,
                authorized.credentials,
                sign_in.app_key,
                bot=sign_in.bot,
                name=sign_in.name,
                env_name=sign_in.env_name,
            )
        )

    async def _request(self, client: XClient) -> RequestToken:
        callback = f"{self.public_url}{CALLBACK}"
        try:
            return await client.tokens.request(callback)
        except RejectedByX as error:
            raise SettingsError(
                "public_url",
                f"X does not take {callback} as a callback (code {error.code})",
                "Add exactly that as a callback URL in X's developer portal, under User"
                " authentication settings; or use the PIN: roost accounts connect",
            ) from error
        except SendError as error:
            raise NotPossible(f"X cannot be asked: {error}") from error

    def _app(self, app: str | None) -> tuple[str, XClient]:
        return accounts.app_client(self.calls.settings, app, self.transport)

    def _app_page(self, request: RequestToken) -> str:
        # The page is the same for every app: the request token says which.
        key = next(iter(self.calls.settings.apps))
        return self._app(key)[1].tokens.page(request)


async def new_account(
    speaker: XClient, tokens: Credentials, app: str, *, bot: str, name: str, env_name: str = ""
) -> NewAccount:
    """Find out whose tokens these are and what they may do.

    Raises:
        SettingsError: They do not reach to Direct Messages.
        SendError: X does not take them.
    """
    me = await speaker.users.me()
    level = speaker.access_level
    if level and level != MESSAGES:
        raise SettingsError(
            "the app's permission",
            f"is {level}, and Direct Messages need {MESSAGES}",
            "In X's developer portal set App permissions to 'Read and write and Direct message',"
            " then make the account's tokens anew: old ones keep what they had",
        )
    return NewAccount(
        user_id=me.id_str,
        screen_name=me.screen_name,
        access_token=tokens.token,
        access_token_secret=tokens.token_secret,
        app=app,
        bot=bot,
        name=name,
        access_level=level,
        env_name=env_name,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
