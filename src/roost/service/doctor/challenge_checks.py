"""What X would find wrong with the answer to its challenge (CRC).

Source: https://docs.x.com/x-api/webhooks/introduction (docs of 2026-08-22).
"""

from __future__ import annotations

import msgspec

from roost.service.doctor.findings import Finding, Level, fine
from roost.xapi import signing
from roost.xapi.transport import Response

_OK, _REDIRECTS = 200, range(300, 400)


class _Answer(msgspec.Struct):
    response_token: str


def judge(url: str, secret: str, answer: Response, token: str) -> Finding:
    """Give the first thing that is wrong with an answer, or that it is right.

    Args:
        url: The webhook's.
        secret: What X signs with.
        answer: To the challenge.
        token: The challenge.
    """
    if answer.status in _REDIRECTS:
        return _redirect(url, answer)
    coding = answer.headers.get("content-encoding", "identity")
    if coding != "identity":
        return Finding(
            "webhook.compression",
            url,
            Level.PROBLEM,
            f"the answer is compressed ({coding})",
            "a proxy compresses it; X does not unpack",
            "Turn compression off for /x/ in the proxy",
        )
    says, cause, remedy = _wrong(secret, answer, token)
    if says:
        return Finding("webhook.challenge", url, Level.PROBLEM, says, cause, remedy)
    return fine("webhook.challenge", url, "it answers X's challenge (CRC) rightly")


def _redirect(url: str, answer: Response) -> Finding:
    where = answer.headers.get("location", "nowhere").partition("?")[0]
    return Finding(
        "webhook.redirect",
        url,
        Level.PROBLEM,
        f"it redirects ({answer.status}) to {where}",
        "a proxy leads to https, a trailing slash or a login page, and X does not follow",
        "Set public_url to where the redirect leads, or except /x/ from it",
    )


def _wrong(secret: str, answer: Response, token: str) -> tuple[str, str, str]:
    if answer.status != _OK:
        return (f"it answers {answer.status}", *_status_cause(answer.status))
    try:
        told = msgspec.json.decode(answer.body, type=_Answer).response_token
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return (
            "its answer is not JSON with a response_token",
            "something else answers at this address, such as a login page or another program",
            "Have the proxy pass /x/ on to `roost serve`",
        )
    if told != signing.signature_of(token.encode(), secret).decode():
        return (
            "its response_token is wrong",
            "the application that answers has another consumer secret, or another app's",
            "Restart `roost serve` with the same settings as this command",
        )
    return "", "", ""


def _status_cause(status: int) -> tuple[str, str]:
    if status in {404, 405}:
        return (
            "the path is not the application's: another app's, or the proxy changes it",
            "Compare it with what `roost serve` prints at start; pass paths on unchanged",
        )
    if status in {400, 401}:
        return (
            "the proxy strips or rewrites the query, or the application has another secret",
            "Pass queries on unchanged, and run with the same settings as this command",
        )
    return (
        "a proxy is in between and the application does not answer it",
        "Look whether `roost serve` runs, and at the proxy's log",
    )
