"""Where an app may have its users sent back to after they have decided.

Source: https://docs.x.com/resources/fundamentals/developer-apps (docs of 2026-08-22).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlencode, urlsplit

from roost.simulator.entries import AppEntry
from roost.simulator.handshakes import PIN
from roost.simulator.refusals import refusal

_PLAIN = re.compile(r"[!-~]{1,2000}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_RUNS_CODE = frozenset({"javascript", "data", "vbscript", "file", "blob"})


def approved(app: AppEntry, asked_for: str) -> str:
    """Give the callback an app gets; where it names none, its first one, else the PIN.

    Raises:
        Refusal: 417 an address although the app has registered none, 415 one that is none of
            those registered.
    """
    if not asked_for:
        asked_for = app.callback_urls[0] if app.callback_urls else PIN
    if asked_for == PIN:
        return PIN
    if not app.callback_urls:
        raise refusal(417)
    parts = _parts(asked_for)
    if parts is None or not any(_is_covered(parts, known) for known in app.callback_urls):
        raise refusal(415, reason=f"{asked_for!r} is not one of the app's callback_urls")
    return asked_for


def address(callback: str, answer: Mapping[str, str]) -> str:
    """Give a callback with X's answer added to its query."""
    parts = urlsplit(callback)
    query = "&".join(part for part in (parts.query, urlencode(answer)) if part)
    return parts._replace(query=query).geturl()


def origin(callback: str) -> str:
    """Give what a content security policy calls a callback's place."""
    parts = urlsplit(callback)
    is_web = parts.scheme in {"http", "https"}
    return f"{parts.scheme}://{parts.netloc}" if is_web else f"{parts.scheme}:"


def _is_covered(asked_for: SplitResult, registered: str) -> bool:
    known = _parts(registered)
    if known is None or asked_for.scheme != known.scheme:
        return False
    is_whole_scheme = not known.netloc and not known.path
    return is_whole_scheme or _place(asked_for) == _place(known)


def _place(parts: SplitResult) -> tuple[str, str]:
    return parts.netloc.lower(), parts.path or "/"


def _parts(url: str) -> SplitResult | None:
    """Split an address that may be put in a header and in a policy."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_plain = _PLAIN.fullmatch(url) is not None and not set(";,'\"") & set(parts.netloc)
    is_address = _SCHEME.fullmatch(parts.scheme) is not None and parts.scheme not in _RUNS_CODE
    return parts if is_plain and is_address else None
