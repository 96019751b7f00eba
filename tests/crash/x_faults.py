"""What goes wrong at X while messages are sent, as the simulator's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SEND: Mapping[str, object] = {"match": {"route": "dm.events.new"}}
_TELL: Mapping[str, object] = {"match": {"event": "direct_message_events"}}

FAULTS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "F44 rate limit": (
        {"effect": "rate_limit", "seconds": 1, **_SEND},
        {"effect": "rate_limit", "seconds": 90, **_SEND},
    ),
    "F45 error, sent all the same": (
        {"effect": "status", "code": 130, "when": "after", **_SEND},
        {"effect": "status", "code": 131, "when": "after", **_SEND},
    ),
    "F46 error": (
        {"effect": "status", "code": 130, "when": "before", **_SEND},
        {"effect": "status", "code": 131, "status": 502, "when": "before", **_SEND},
    ),
    "F47 timeout or reset": (
        {"effect": "timeout", "when": "before", **_SEND},
        {"effect": "timeout", "when": "after", **_SEND},
        {"effect": "reset", "when": "before", **_SEND},
        {"effect": "reset", "when": "after", **_SEND},
        {"effect": "reset", "when": "during", **_SEND},
    ),
    "F48 applied late": (
        {"effect": "late_apply", "seconds": 5, **_SEND},
        {"effect": "late_apply", "seconds": 90, **_SEND},
    ),
    "F49 403": (
        {"effect": "status", "code": 151, "when": "after", **_SEND},
        {"effect": "status", "code": 151, "when": "before", **_SEND},
        {"effect": "status", "code": 349, "when": "before", **_SEND},
    ),
    "F50 unreadable answer": (
        {"effect": "garbage_body", "when": "after", **_SEND},
        {"effect": "garbage_body", "when": "before", **_SEND},
    ),
    "F50 another message's id": (
        {"effect": "wrong_id", "of": "earlier", "when": "after", **_SEND},
        {"effect": "wrong_id", "of": "earlier", "when": "before", **_SEND},
        {"effect": "wrong_id", "of": "elsewhere", "when": "after", **_SEND},
        {"effect": "wrong_id", "of": "elsewhere", "when": "before", **_SEND},
        {"effect": "wrong_id", "of": "letter", "when": "after", **_SEND},
    ),
    "F51 echo before the answer": ({"effect": "slow", "seconds": 4, **_SEND},),
}
"""What strikes sends; each rule is as likely as any other."""

_POST: Mapping[str, object] = {"match": {"route": "statuses.update"}}

POSTING_FAULTS = (
    {"effect": "status", "code": 130, "when": "after", **_POST},
    {"effect": "status", "code": 131, "when": "before", **_POST},
    {"effect": "timeout", "when": "after", **_POST},
    {"effect": "reset", "when": "before", **_POST},
    {"effect": "reset", "when": "after", **_POST},
    {"effect": "garbage_body", "when": "after", **_POST},
)
"""F45 to F50, of Posts; none comes so late that nobody could know of it."""

DELIVERY_FAULTS = (
    {"effect": "duplicate", "copies": 2, "probability": 0.05, **_TELL},
    {"effect": "delay", "seconds": 200, "probability": 0.03, **_TELL},
    {"effect": "reorder", "by": 3, "seconds": 2, "probability": 0.03, **_TELL},
)
"""F30, F32, F34 and F51: an echo comes twice, late, or before what it follows."""

LISTING_FAULTS = (
    {
        "effect": "status",
        "code": 131,
        "probability": 0.02,
        "match": {"route": "dm.events.list"},
    },
)
