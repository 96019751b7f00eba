"""Who may use the simulator's own controls: people at this machine, and nobody's web page."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Checks a call under `/_sim` before anything else sees it."""

    def __init__(self, token: str) -> None:
        """Make one.

        Args:
            token: Lets calls in from other machines and under other names, sent as
                `Authorization: Bearer`; `""` keeps everything on this machine.
        """
        self._token = token

    def objection(self, method: str, peer: str, headers: Mapping[str, str]) -> str:
        """Say why a call is refused; `""` where it is not.

        Args:
            method: HTTP method.
            peer: The caller's address; `""` where there is none, as within one process.
            headers: Names in lower case.
        """
        if not self._has_token(headers):
            if not is_local(peer):
                return "only this machine may use the simulator's controls"
            if not is_local_name(headers.get("host", "localhost")):
                return "the Host header is not a name of this machine"
        if method not in SAFE_METHODS and _is_from_elsewhere(headers):
            return "another site's page may not use the simulator's controls"
        return ""

    def _has_token(self, headers: Mapping[str, str]) -> bool:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        is_right = hmac.compare_digest(shown.strip().encode(), self._token.encode())
        return bool(self._token) and scheme.lower() == "bearer" and is_right


def is_local(peer: str) -> bool:
    """Say whether an address is of this machine; `""` stands for the same process."""
    if not peer:
        return True
    try:
        return ipaddress.ip_address(peer.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_local_name(host: str) -> bool:
    """Say whether a Host header names this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or (bool(name) and is_local(name))


def _is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Judge by what browsers add and no page can change.

    Source: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
    """
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
