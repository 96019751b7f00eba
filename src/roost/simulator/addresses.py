"""Web addresses: what may be a button's link or a webhook."""

from __future__ import annotations

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
