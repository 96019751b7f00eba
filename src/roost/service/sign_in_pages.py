"""The two addresses of a sign-in, as browsers see them. A raw ASGI callable."""

from __future__ import annotations

import html
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

import structlog
from litestar.types import Receive, Scope, Send

from roost.errors import RoostError
from roost.service.signing_in import CALLBACK, CONNECT, LASTS, NotSignedIn, SignIns

_log = structlog.stdlib.get_logger("roost.accounts")

PATHS = frozenset({CONNECT, CALLBACK})
"""What is answered here."""

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style nonce="{nonce}">
:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui;max-width:36rem;margin:20vh auto;
padding:0 1rem}}</style><main><h1>{title}</h1><p>{text}</p></main></html>"""

_OK, _SEE_OTHER, _BAD, _NOT_ALLOWED, _FAILED = 200, 303, 400, 405, 500
_LONGEST = 512

Headers = list[tuple[bytes, bytes]]


class SignInPages:
    """Sends a browser to X, and takes it back.

    Args:
        sign_ins: Knows who has begun what.
        is_secure: Whether browsers come by https.
    """

    def __init__(self, sign_ins: SignIns, *, is_secure: bool) -> None:
        self._sign_ins = sign_ins
        self._is_secure = is_secure
        self._cookie = "__Host-roost_sign_in" if is_secure else "roost_sign_in"

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a request for one of `PATHS`."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await _page(send, _NOT_ALLOWED, "Not allowed", "This address is for browsers.")
            return
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        said = {name: values[0][:_LONGEST] for name, values in query.items()}
        try:
            if scope["path"] == CONNECT:
                await self._begin(said.get("ticket", ""), send)
            else:
                await self._finish(said, self._held(list(scope["headers"])), send)
        except NotSignedIn as error:
            await _page(send, _BAD, "Not connected", str(error))
        except RoostError as error:
            _log.error("sign-in failed", reason=str(error))
            await _page(send, _FAILED, "Not connected", "Something is wrong here; the log says it.")

    async def _begin(self, ticket: str, send: Send) -> None:
        location, browser = await self._sign_ins.follow(ticket)
        headers = [(b"location", location.encode("ascii")), self._set_cookie(browser)]
        await _answer(send, _SEE_OTHER, headers, b"")

    async def _finish(self, said: dict[str, str], browser: str, send: Send) -> None:
        token = said.get("oauth_token") or said.get("denied", "")
        verifier = said.get("oauth_verifier", "") if "denied" not in said else ""
        shown = await self._sign_ins.finish(token, verifier, browser)
        _log.info("account connected", account=shown["user_id"])
        text = f"@{shown['screen_name']} is connected. You can close this page."
        await _page(send, _OK, "Connected", text, self._set_cookie("", ends=True))

    def _held(self, headers: Headers) -> str:
        cookies = SimpleCookie()
        for name, value in headers:
            if name == b"cookie":
                try:
                    cookies.load(value.decode("latin-1"))
                except CookieError:
                    return ""
        found = cookies.get(self._cookie)
        return found.value if found else ""

    def _set_cookie(self, value: str, *, ends: bool = False) -> tuple[bytes, bytes]:
        age = 0 if ends else int(LASTS.total_seconds())
        secure = "; Secure" if self._is_secure else ""
        # Lax: the browser comes back from another site, by following a link.
        text = f"{self._cookie}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"
        return b"set-cookie", text.encode()


async def _page(
    send: Send, status: int, title: str, text: str, *further: tuple[bytes, bytes]
) -> None:
    nonce = secrets.token_urlsafe(16)
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'"
    body = _PAGE.format(title=html.escape(title), text=html.escape(text), nonce=nonce)
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", policy.encode()),
        *further,
    ]
    await _answer(send, status, headers, body.encode())


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    every = [
        *headers,
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body, "more_body": False})
