"""The webhook as X sees it: called from here, at its public address.

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from roost.errors import AnswerLost, NotSent, TransportError
from roost.service.doctor import challenge_checks, reaching
from roost.service.doctor.findings import Finding, Level, fine
from roost.xapi import hosts, signing
from roost.xapi.transport import Request, Transport

X_WAITS_S = 3.0
"""How long X waits for an answer."""

_SLOW_S = 1.0
_OK, _REFUSED = 200, 401
# A delivery of nothing, in a form that no other program writes: who parses it and writes it anew,
# or takes it for text in another encoding, changes it, and its signature with it.
_ODD_BODY = '{ \t\n "users": {"ä€😀": {}} }'.encode()


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook to call.

    Attributes:
        url: Its public address.
        secret: The consumer secret that X signs with.
        x_base_url: The X that calls it.
    """

    url: str
    secret: str
    x_base_url: str


async def examine(hook: Hook, transport: Transport) -> list[Finding]:
    """Call a webhook as X would, and say what X would find.

    What depends on something that is wrong is left out.
    """
    found = list(_address(hook))
    if any(one.level is Level.PROBLEM for one in found):
        return found
    token = secrets.token_urlsafe(24)
    query = f"crc_token={token}"
    signature = signing.signature_of(query.encode(), hook.secret).decode()
    headers = {"x-twitter-webhooks-signature": signature, "accept-encoding": "gzip"}
    begun = time.monotonic()
    try:
        answer = await transport.send(Request("GET", f"{hook.url}?{query}", headers))
    except TransportError as error:
        return [*found, _unreached(hook, error)]
    took = time.monotonic() - begun
    found += [fine("webhook.reachable", hook.url, "it answers")]
    challenged = challenge_checks.judge(hook.url, hook.secret, answer, token)
    found += [challenged, answer_time(hook, took)]
    if challenged.level is Level.OK:
        found += [await _signature(hook, transport)]
    return found


def _address(hook: Hook) -> Iterator[Finding]:
    parts = urlsplit(hook.url)
    is_x = hook.x_base_url == hosts.X_API
    problem = ""
    if is_x and parts.scheme != "https":
        problem = "is not https"
    elif is_x and parts.port is not None:
        problem = f"has a port ({parts.port})"
    elif is_x and parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        problem = "is this machine's own"
    if problem:
        yield Finding(
            "webhook.address",
            hook.url,
            Level.PROBLEM,
            f"the address {problem}",
            "X calls https addresses without a port, from outside",
            "Set public_url to the https address under which the world reaches this machine",
        )
    else:
        yield fine("webhook.address", hook.url, "an address that X can take")


def _unreached(hook: Hook, error: TransportError) -> Finding:
    why = reaching.tls_trouble(error)
    if why:
        return Finding(
            "webhook.tls",
            hook.url,
            Level.PROBLEM,
            f"TLS fails: {why}",
            "the certificate has expired, is for another name, or comes without the"
            " certificates between it and a known authority",
            "Have the server send its whole chain (fullchain.pem), and renew it in time",
        )
    if isinstance(error, AnswerLost):
        return Finding(
            "webhook.answer_time",
            hook.url,
            Level.PROBLEM,
            "no answer came",
            f"something takes the connection and does not answer; X waits {X_WAITS_S:g} s",
            "Look whether `roost serve` runs behind the proxy, at the port it forwards to",
        )
    if reaching.is_name_unknown(error):
        host = urlsplit(hook.url).hostname
        return Finding(
            "webhook.reachable",
            hook.url,
            Level.PROBLEM,
            f"the name {host} cannot be looked up",
            "DNS knows no such name (yet), or this machine has no network",
            f"Compare public_url with what your DNS has: getent hosts {host}",
        )
    says = "no connection can be made" if isinstance(error, NotSent) else str(error)
    return Finding(
        "webhook.reachable",
        hook.url,
        Level.PROBLEM,
        says,
        "the name leads elsewhere, a firewall is in between, or `roost serve` does not run",
        "Start `roost serve`, and try the address from outside your network",
    )


def answer_time(hook: Hook, took: float) -> Finding:
    """Judge how long an answer took, in seconds, by how long X waits."""
    says = f"answered in {took:.1f} s; X waits {X_WAITS_S:g} s"
    if took < _SLOW_S:
        return fine("webhook.answer_time", hook.url, says)
    return Finding(
        "webhook.answer_time",
        hook.url,
        Level.PROBLEM if took >= X_WAITS_S else Level.WARNING,
        says,
        "the machine or the way to it is slow, or the application was only just started for this",
        "Keep `roost serve` running, on a machine with CPU to spare",
    )


async def _signature(hook: Hook, transport: Transport) -> Finding:
    """Deliver nothing, rightly signed: it must be taken; wrongly signed, it must not."""
    statuses: list[int] = []
    for secret in (hook.secret, f"not-{hook.secret}"):
        signature = signing.signature_of(_ODD_BODY, secret).decode()
        headers = {
            "x-twitter-webhooks-signature": signature,
            "content-type": "application/json",
        }
        try:
            answer = await transport.send(Request("POST", hook.url, headers, _ODD_BODY))
        except TransportError as error:
            return _unreached(hook, error)
        statuses.append(answer.status)
    if statuses == [_OK, _REFUSED]:
        return fine("webhook.signature", hook.url, "it takes what X signs, and nothing else")
    right, wrong = statuses
    if right != _OK:
        return Finding(
            "webhook.signature",
            hook.url,
            Level.PROBLEM,
            f"a delivery signed as X signs is answered {right}",
            "a proxy changes the body on its way, so that its signature fits no more",
            "Have the proxy pass bodies on byte by byte",
        )
    return Finding(
        "webhook.signature",
        hook.url,
        Level.PROBLEM,
        f"a delivery with a wrong signature is answered {wrong}",
        "something in front of the application answers for it",
        "Have the proxy pass /x/ on to `roost serve`",
    )
