"""Web addresses: what may be a button's link or a webhook, and what X could reach."""

from __future__ import annotations

import ipaddress
import socket

from yarl import URL


def is_web_address(text: str) -> bool:
    """Say whether a text is an absolute `http` or `https` URL that can be called as it is."""
    if any(character.isspace() or not character.isprintable() for character in text):
        return False
    try:
        url = URL(text, encoded=True)
        return url.scheme in {"http", "https"} and bool(url.host) and url.explicit_port != 0
    except ValueError:
        return False


_HERE = ("localhost", "local", "internal", "lan", "home.arpa")
"""Names that mean something on one machine or network alone.

Source: https://www.iana.org/assignments/special-use-domain-names and common use.
"""


def is_public(host: str) -> bool:
    """Say whether a host is one that X could reach, as far as its name or address tells.

    Args:
        host: A name, or an address of either family, also in the short forms of `inet_aton`.
    """
    name = host.lower().removesuffix(".")
    address = _address(name)
    if address is not None:
        return address.is_global and not address.is_multicast
    return "." in name and not name.endswith(tuple(f".{each}" for each in _HERE))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return _address_in_short(host)


def _address_in_short(host: str) -> ipaddress.IPv4Address | None:
    """Read a form such as `127.1` or `0x7f000001`, which resolvers take for an address."""
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
