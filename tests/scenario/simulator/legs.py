"""The three-legged flow, step by step."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

from roost.simulator.entries import AppEntry, Rules, WorldFile
from roost.xapi import oauth1
from roost.xapi.transport import Request

CALLBACK = "http://127.0.0.1:8080/accounts/callback"
ME = "/1.1/account/verify_credentials.json"
REQUEST = "/oauth/request_token"
ACCESS = "/oauth/access_token"


def world(stage, rules: Rules | None = None, **app: object) -> WorldFile:
    """A world whose app may be called back."""
    before = stage.world(rules)
    changed = stage.replace(before.apps[0], **{"callback_urls": (CALLBACK,), **app})
    return stage.replace(before, apps=(changed, before.apps[1]))


class Legs:
    """The flow step by step, by hand."""

    def __init__(self, x, app: AppEntry, method: str = "POST") -> None:
        self.x = x
        self.app = app
        self.method = method

    async def post(self, path: str, token: str = "", secret: str = "", **oauth: str):
        """Sign with a request token or none; everything else goes into the query, signed too."""
        who = oauth1.Credentials(self.app.consumer_key, self.app.consumer_secret, token, secret)
        return await self.x.call(self.method, path, query=oauth, who=who)

    async def begin(self, callback: str = CALLBACK, **more: str) -> dict[str, str]:
        answer = await self.post(REQUEST, oauth_callback=callback, **more)
        assert answer.status == 200, answer.body
        return dict(parse_qsl(answer.body.decode()))

    async def page(self, path: str = "/oauth/authorize", cookie: str = "", **query: str):
        url = self.x.address + path + "?" + "&".join(f"{k}={v}" for k, v in query.items())
        headers = {"cookie": cookie} if cookie else {}
        return await self.x.raw(Request("GET", url, headers, b""))

    async def decide(self, **fields: str):
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = f"{self.x.address}/oauth/authorize"
        return await self.x.raw(Request("POST", url, headers, body))

    async def whole(self, user_id: str = "1002", **more: str) -> oauth1.Credentials:
        """Walk all of it."""
        begun = await self.begin(**more)
        token = begun["oauth_token"]
        back = await self.decide(oauth_token=token, user_id=user_id, decision="allow")
        verifier = parse_qs(urlsplit(back.headers["location"]).query)["oauth_verifier"][0]
        answer = await self.post(
            ACCESS, token, begun["oauth_token_secret"], oauth_verifier=verifier
        )
        given = dict(parse_qsl(answer.body.decode()))
        return oauth1.Credentials(
            self.app.consumer_key,
            self.app.consumer_secret,
            given["oauth_token"],
            given["oauth_token_secret"],
        )
