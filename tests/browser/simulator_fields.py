"""Every text field that the simulator knows: of its API, of its answers and of its stream."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from litestar.testing import TestClient
from tests.browser.described import Schema

from roost import simulator
from roost.simulator.controls.app import controls
from roost.simulator.live import RESYNC
from roost.simulator.simulation import Simulation

_FOUND_BY = re.compile(
    r".*(_id|_by|_ids|_at|_timestamp|_reply_to|_status_id_str|_user_id_str|[.](id|id_str|at|now|next|n|timestamp_ms|reads"
    r"|quotes|reposts|follows|follow_requests|blocks|mutes))$"
)
"""Ids and times in answers, and lists of them."""

_READ_BY = frozenset({"MessageEvent.type", "QuickReply.type", "Cta.type", "DeliveryRow.kind"})
"""Words by which the phone tells what is meant."""

_UNDECLARED = re.compile(r".*[.](type|kind|route|state|is_quick_reply)")
"""The same where the description does not say what there is."""


def description() -> Mapping[str, Any]:
    """Give what the simulator says of itself."""
    with TestClient(controls(cast("Simulation", object()))) as client:
        return client.get("/_sim/openapi.json").json()


def is_no_answer(field: str) -> bool:
    """Tell whether a field of an answer is left as it is."""
    if field.startswith("World.") or _FOUND_BY.fullmatch(field) is not None:
        return True
    is_declared = field[:1].isupper() and field.count(".") == 1
    return field in _READ_BY if is_declared else _UNDECLARED.fullmatch(field) is not None


def ref(name: str) -> Schema:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


STREAM: Mapping[str, Schema] = {
    "message": {},
    "delivery": ref("DeliveryRow"),
    "request": ref("RequestRow"),
    "change": ref("ChangeRow"),
    "user": ref("ShownUser"),
    "opened": {},
    "faults": ref("Shown"),
    "application": ref("ApplicationStatus"),
    "notice": ref("Notice"),
}
"""The events of the stream that hold words, and of what they are made."""

WORDLESS_EVENTS = frozenset(
    {"left", "typing", "read", "clock", "standing", "relation", "authorized", "revoked", "post"}
    | {"post_deleted", "post_standing", "liked", "unliked", "notice_cleared", "reset", "resync"}
)
"""Those that hold ids, times and states alone."""

WORDLESS: Schema = {"type": "object"}

_PUBLISHED = re.compile(r"""\bpublish\(\s*"(\w+)\"""")


def streamed() -> set[str]:
    """Give every event that the simulator's sources tell of."""
    sources = Path(simulator.__file__).parent.rglob("*.py")
    return {RESYNC, *(one for file in sources for one in _PUBLISHED.findall(file.read_text()))}
