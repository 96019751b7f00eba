"""Where X's hosts are: X's own, or all of them at the address of a simulator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from roost.xapi.routes.route import Host

X_API = "https://api.x.com"
"""X itself."""

_OF_X: Mapping[Host, str] = MappingProxyType(
    {
        Host.API: X_API,
        Host.UPLOAD: "https://upload.twitter.com",
        Host.TON: "https://ton.twitter.com",
        Host.PICTURES: "https://pbs.twimg.com",
        Host.VIDEOS: "https://video.twimg.com",
    }
)
_API_NAMES = frozenset({"api.x.com", "api.twitter.com"})

MEDIA_NAMES: Mapping[str, Host] = MappingProxyType(
    {
        "ton.twitter.com": Host.TON,
        "ton.x.com": Host.TON,
        "pbs.twimg.com": Host.PICTURES,
        "video.twimg.com": Host.VIDEOS,
    }
)
"""Hosts that links to media name, in messages and custom profiles.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments/guides
/retrieving-media (archived).
"""


def addresses(base_url: str, upload_url: str | None = None) -> Mapping[Host, str]:
    """Give the origin of each host.

    Args:
        base_url: Of the API. Anything but X's own stands for all of X.
        upload_url: Of media uploads, where that is elsewhere.
    """
    base = base_url.rstrip("/")
    is_x = urlsplit(base).hostname in _API_NAMES
    found = {host: _OF_X[host] if is_x else base for host in Host} | {Host.API: base}
    return found | ({Host.UPLOAD: upload_url.rstrip("/")} if upload_url else {})
