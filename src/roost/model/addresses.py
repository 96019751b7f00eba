"""What a button may lead to: one rule for bots, the desk and its API."""

from __future__ import annotations

from ipaddress import IPv6Address
from urllib.parse import urlsplit

from roost.errors import InvalidMessage

SCHEME = "https://"
_LONGEST_HOST = 253
_IN_NO_HOST = frozenset("<>^|%")
_SHOWN = 80
"""How much of what was found is told, in characters."""


def check(field: str, address: str) -> None:
    """Refuse what is no whole https address that every program reads in the same way.

    Blanks and what cannot be seen are written with `%`, as `%20`; letters of other scripts are
    not, but in a host as `xn--…`, which is what browsers make of them.

    Args:
        field: Names it in the error, for example `buttons[0].url`.
        address: For example `https://shop.example/o?id=7`; `HTTPS://` is as good.

    Raises:
        InvalidMessage: Names the field and shows what was found. `value` is how long it is where
            it does not begin with https, how many characters are none for an address, or how long
            its host is.

    Example:
        >>> check("buttons[0].url", "https://exa mple.com")
        Traceback (most recent call last):
        ...
        roost.errors.limits.InvalidMessage: buttons[0].url: must hold no blanks, no backslashes \
and nothing invisible, found ' ' in 'https://exa mple.com'
    """
    shown = repr(address[:_SHOWN])
    if address[: len(SCHEME)].lower() != SCHEME:
        problem = f"must start with {SCHEME}, found {shown}"
        raise _refused(field, problem, limit=len(SCHEME), value=len(address))
    unfit = [one for one in address if one in " \\" or not one.isprintable()]
    if unfit:
        problem = f"must hold no blanks, no backslashes and nothing invisible, found {unfit[0]!r}"
        raise _refused(field, f"{problem} in {shown}", limit=0, value=len(unfit))
    host = _host(address)
    if not _is_host(host):
        problem = f"must name a host behind {SCHEME}, in ASCII, found {shown}"
        raise _refused(field, problem, limit=_LONGEST_HOST, value=len(host))


def _refused(field: str, problem: str, *, limit: int, value: int) -> InvalidMessage:
    return InvalidMessage(field, problem, limit=limit, value=value, is_size=False)


def _host(address: str) -> str:
    """Give its host; none where there is none, or its port or its brackets are wrong."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.port == 0:
            return ""
        return str(IPv6Address(host)) if "[" in parts.netloc else host
    except ValueError:
        return ""


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return (
        len(host) <= _LONGEST_HOST
        and host.isascii()
        and all(labels)
        and any(one.isalnum() for one in host)
        and _IN_NO_HOST.isdisjoint(host)
    )
