"""Signed webhook bodies as X sends them: some 2 KB each, no message id ever twice.

The signature is made here, without the product, so that the two check each other. Standard library
only, so that anything may import it.
"""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import time
from dataclasses import dataclass

SECRET = "bench-consumer-secret"
"""Under which deliveries are signed; the servers are told the same one."""

ANSWERED = "1001"
"""The account a bot answers for."""

UNANSWERED = "1009"
"""An account whose conversations wait for people: stored and filed, and no bot is asked."""

FIRST_CUSTOMER = 20_000_000
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657

_now_ms = time.clock_gettime_ns(time.CLOCK_REALTIME) // 1_000_000
_ids = itertools.count(_now_ms - SNOWFLAKE_EPOCH_MS << 22)
_TEXT = " Hello, my parcel was to come on Tuesday and it is not here yet. Where is it?"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed body.

    Attributes:
        message_id: Rises with every delivery made, as X's ids do.
        customer_id: Who writes.
        body: What is posted.
        signature: Value of `x-twitter-webhooks-signature`.
    """

    message_id: int
    customer_id: int
    body: bytes
    signature: bytes


class Deliveries:
    """Makes deliveries. No two have one id, whoever made them, in this process or an earlier one.

    Args:
        account_id: Whom they are for.
        customers: How many customers write, one after the other.
    """

    def __init__(self, *, account_id: str = ANSWERED, customers: int = 500) -> None:
        self._template = _template(account_id)
        self._customers = customers
        self._made = 0

    def make(self) -> Delivery:
        """Make the next one."""
        message_id = next(_ids)
        self._made += 1
        # A stride that shares no factor with the number of customers spreads them well apart.
        customer_id = FIRST_CUSTOMER + self._made * 7_919 % self._customers
        at_ms = (message_id >> 22) + SNOWFLAKE_EPOCH_MS
        body = self._template % (message_id, at_ms, customer_id, message_id, *(customer_id,) * 5)
        return Delivery(message_id, customer_id, body.encode(), signature_of(body.encode()))


def signature_of(body: bytes) -> bytes:
    """Sign a body as X does."""
    return b"sha256=" + base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256"))


def _template(account_id: str) -> str:
    message = {
        "type": "message_create",
        "id": "%d",
        "created_timestamp": "%d",
        "initiated_via": {"welcome_message_id": "1560000000000000007"},
        "message_create": {
            "target": {"recipient_id": account_id},
            "sender_id": "%d",
            "message_data": {
                "text": "[%d]" + _TEXT,
                "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
                "quick_reply_response": {"type": "options", "metadata": "flow:track"},
            },
        },
    }
    body = {
        "for_user_id": account_id,
        "direct_message_events": [message],
        "users": {
            account_id: _user(account_id, "Shop", "shop"),
            "%d": _user("%d", "Sam Roe", "samroe%d"),
        },
    }
    return json.dumps(body, separators=(",", ":"))


def _user(user_id: str, name: str, screen_name: str) -> dict[str, str | int | bool]:
    picture = f"//pbs.twimg.com/profile_images/{user_id}/Zp8bQ1c6_normal.jpg"
    return {
        "id": user_id,
        "created_timestamp": "1440000000000",
        "name": name,
        "screen_name": screen_name,
        "location": "Oslo",
        "description": "Things that are well made, and the people who make them. " * 5,
        "url": "https://t.co/Zp8bQ1c6xY",
        "protected": False,
        "verified": True,
        "followers_count": 31,
        "friends_count": 12,
        "statuses_count": 77,
        "profile_image_url": "http:" + picture,
        "profile_image_url_https": "https:" + picture,
    }
