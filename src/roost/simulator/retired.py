"""Paths that X once served and serves no more.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/api-features (archived), which
names the older Direct Messages that ended in 2018, and the table of response codes.
"""

from __future__ import annotations

import re

from roost.simulator.refusals import Refusal, refusal

_NOT_THERE = 34
_FIRST_VERSION = re.compile(r"/1/.+")
_OLD_MESSAGES = re.compile(r"/1\.1/direct_messages(?:/(?:new|show|sent|destroy))?\.json")


def not_found(path: str) -> Refusal:
    """Refuse a path that nothing answers: 68 or 251 where X once did, else 34."""
    if _FIRST_VERSION.fullmatch(path):
        return refusal(68)
    if _OLD_MESSAGES.fullmatch(path):
        return refusal(251)
    return refusal(_NOT_THERE)
