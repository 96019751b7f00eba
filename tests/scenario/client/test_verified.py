"""What the client sends another library's verifier accepts; what it reads it could write again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs

import msgspec
import pytest
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint
from tests.scenario.client.conftest import APP, X
from tests.scenario.client.test_every_route import PAGES_OF_X, call_every_route

from roost.xapi.calls import Caller
from roost.xapi.encoding import Call
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import Auth
from roost.xapi.transport import AiohttpTransport, Request, Response

FORM = "application/x-www-form-urlencoded"


class Known(RequestValidator):
    """The secrets a server knows, by token; X's keys are longer and have hyphens."""

    enforce_ssl = False

    def __init__(self, secrets: Mapping[str, str]) -> None:
        super().__init__()
        self._secrets = secrets

    def check_client_key(self, client_key: str) -> bool:
        return client_key == APP.consumer_key

    def check_nonce(self, nonce: str) -> bool:
        return len(nonce) >= 20

    def validate_client_key(self, client_key: str, request: object) -> bool:
        return client_key == APP.consumer_key

    def validate_timestamp_and_nonce(self, *_: object, **__: object) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: object) -> str:
        return APP.consumer_secret

    def get_access_token_secret(self, client_key: str, token: str, request: object) -> str:
        return self._secrets[token]


@dataclass
class Wire:
    """What went over it.

    Attributes:
        sent: Every request, as the client gave it to the network.
        answers: Every answer that was a success, with its route.
        secrets: Of the tokens that there were.
    """

    sent: list[tuple[str, Request]] = field(default_factory=list)
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def is_accepted(self, request: Request) -> bool:
        """Ask oauthlib, as a server does."""
        headers = {**request.headers, "Content-Type": request.headers.get("Content-Type", "")}
        body = request.body.decode() if headers["Content-Type"] == FORM else ""
        endpoint = SignatureOnlyEndpoint(Known(self.secrets))
        accepted, _ = endpoint.validate_request(request.url, request.method, body, headers)
        return accepted

    def learn(self, body: bytes) -> None:
        """Remember the secret of a token that an answer gives."""
        told = parse_qs(body.decode("ascii", "replace"))
        if "oauth_token_secret" in told:
            self.secrets[told["oauth_token"][0]] = told["oauth_token_secret"][0]


@pytest.fixture
async def wire(x: X, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Call every route, and note what goes over the wire."""
    seen = Wire()
    for user_id in ("1001", "1002"):
        who = x.credentials(user_id)
        seen.secrets[who.token] = who.token_secret
    call, send, download = Caller.call, AiohttpTransport.send, AiohttpTransport.download
    routes: list[str] = []

    async def called(self: Caller, one: Call) -> Response:
        routes.append(one.route)
        answer = await call(self, one)
        seen.answers.append((one.route, answer.body))
        seen.learn(answer.body)
        return answer

    async def sent(self: AiohttpTransport, request: Request, **how: object) -> Response:
        seen.sent.append((routes[-1] if routes else "", request))
        return await send(self, request, **how)

    async def downloaded(self: AiohttpTransport, request: Request, *sink: object, **how: object):
        seen.sent.append(("media.private", request))
        return await download(self, request, *sink, **how)

    monkeypatch.setattr(Caller, "call", called)
    monkeypatch.setattr(AiohttpTransport, "send", sent)
    monkeypatch.setattr(AiohttpTransport, "download", downloaded)
    await call_every_route(x)
    return seen


async def test_every_request_is_accepted_by_a_verifier_that_is_not_ours(wire: Wire) -> None:
    signed = [
        (route, one)
        for route, one in wire.sent
        if one.headers.get("Authorization", "").startswith("OAuth ")
    ]

    assert [(route, one.url) for route, one in signed if not wire.is_accepted(one)] == []
    kinds = {Auth.OAUTH1_USER, Auth.OAUTH1_APP, Auth.OAUTH1_REQUEST}
    wanted = {name for name, route in ROUTES.items() if route.auth & kinds} - PAGES_OF_X
    assert wanted - {route for route, _ in signed} == set()
    for _, one in signed:
        assert not wire.is_accepted(replace(one, method="PATCH"))
        assert not wire.is_accepted(
            replace(one, url=f"{one.url}{'&' if '?' in one.url else '?'}a=b")
        )


async def test_every_answer_is_read_so_that_it_could_be_written_again(wire: Wire) -> None:
    read = set()
    for route, body in wire.answers:
        kind = ROUTES[route].response
        if kind is None or not body.startswith((b"{", b"[")):
            continue
        value = msgspec.json.decode(body, type=kind)
        written = msgspec.json.encode(value)
        assert msgspec.json.decode(written, type=kind) == value, route
        assert differences(json.loads(written), json.loads(body), route) == []
        read.add(route)

    assert len(read) >= 40, sorted(read)


def differences(ours: object, theirs: object, where: str) -> list[str]:
    """Say where what is written anew is not what X said; what we do not read may be missing."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        both = ours.keys() & theirs.keys()
        found = [differences(ours[one], theirs[one], f"{where}.{one}") for one in sorted(both)]
        return [each for part in found for each in part]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [each for n, (a, b) in pairs for each in differences(a, b, f"{where}[{n}]")]
    return [] if ours == theirs else [f"{where}: {ours!r} for {theirs!r}"]
