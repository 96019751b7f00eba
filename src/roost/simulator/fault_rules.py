"""Faults to inject: what each does, and which calls or deliveries it is for.

A rule is one JSON object: `{"effect": "status", "code": 130, "when": "after", "probability": 0.3,
"seed": 7, "match": {"route": "dm.events.new"}}`. Its effect decides which other fields it has.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from roost.simulator.served_routes import SERVED
from roost.xapi.errors_table import ERROR_CODES

_NEW = "dm.events.new"

When = Literal["before", "after"]
"""Whether the call comes to nothing, or has done what it was for when things go wrong."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=10_000_000)]
ErrorStatus = Annotated[int, msgspec.Meta(ge=400, le=599)]
Pieces = Annotated[int, msgspec.Meta(ge=2, le=1_000)]
Copies = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule is for; what is left out matches everything.

    Attributes:
        route: A route's name, for example `dm.events.new`; calls only.
        user: The calling user's id, or the subscribed user's.
        app: The app's id.
        event: The key a delivery has, for example `direct_message_events`; deliveries only.
        webhook: A webhook's id; deliveries only.
    """

    route: str = ""
    user: str = ""
    app: str = ""
    event: str = ""
    webhook: str = ""

    def __post_init__(self) -> None:
        """Refuse a route that is not there: such a rule would never strike."""
        if self.route and self.route not in SERVED:
            raise ValueError(f"there is no route {self.route!r} (field `route`)")


class Rule(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="effect"
):
    """What every rule has.

    Attributes:
        match: What it is for.
        probability: How likely it strikes where it matches.
        count: How often it strikes at most; `None` for ever.
        seed: The same seed and the same calls give the same faults.
    """

    match: Match = Match()
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    seed: int = 0

    @property
    def effect(self) -> str:
        """The effect's name."""
        return str(self.__struct_config__.tag)


class ErrorStatusRule(Rule, frozen=True, kw_only=True, tag="status"):
    """A call is answered with an error, in X's form.

    Attributes:
        code: X's code, one of its table; 130 where a status alone is given.
        status: HTTP status; the table's where left out.
        message: X's text; the table's where left out.
        when: After: the call was carried out all the same.
    """

    code: int = 130
    status: ErrorStatus | None = None
    message: str | None = None
    when: When = "before"

    def __post_init__(self) -> None:
        """Refuse a code X does not have."""
        if self.code not in ERROR_CODES:
            raise ValueError(f"X has no error code {self.code} (field `code`)")


class RateLimitRule(Rule, frozen=True, kw_only=True, tag="rate_limit"):
    """A call is refused with 429, code 88. The window ends after `seconds` of the clock."""

    seconds: Seconds = 900


class TimeoutRule(Rule, frozen=True, kw_only=True, tag="timeout"):
    """A call is never answered; the connection stays open until the client closes it."""

    when: When = "before"


class ResetRule(Rule, frozen=True, kw_only=True, tag="reset"):
    """A call's connection is reset; `during` closes it in the middle of the answer."""

    when: Literal["before", "after", "during"] = "before"


class SlowRule(Rule, frozen=True, kw_only=True, tag="slow"):
    """A call is carried out at once and answered after `seconds` of real time."""

    seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 2


class LateApplyRule(Rule, frozen=True, kw_only=True, tag="late_apply"):
    """A call is answered 503, and is carried out `seconds` of the clock later all the same."""

    seconds: Seconds = 30


class GarbageBodyRule(Rule, frozen=True, kw_only=True, tag="garbage_body"):
    """A call is answered 200, with HTML where JSON belongs."""

    when: When = "after"


class WrongIdRule(Rule, frozen=True, kw_only=True, tag="wrong_id"):
    """A message is answered 200 as if it had been sent, under an id that is not its own.

    Attributes:
        of: Whose id: that of the first message between the two, that of the caller's latest with
            somebody else, whom the answer then names, or a letter. A letter too where there is no
            such message.
        when: After: the message was sent all the same.
    """

    of: Literal["earlier", "elsewhere", "letter"] = "earlier"
    when: When = "after"

    def __post_init__(self) -> None:
        """Refuse what is for other routes too: their answers hold no message."""
        if self.match.route != _NEW:
            raise ValueError(f"it is for {_NEW!r} only (field `match.route`)")


class SuspendAppRule(Rule, frozen=True, kw_only=True, tag="suspend_app"):
    """An app's calls are refused with 401, code 416, and nothing is delivered to it."""


class DropRule(Rule, frozen=True, kw_only=True, tag="drop"):
    """A delivery is lost: it is not posted, and not tried again."""


class UnreachableRule(Rule, frozen=True, kw_only=True, tag="unreachable"):
    """An attempt fails as if the webhook were down; it is tried again on X's schedule."""


class DuplicateRule(Rule, frozen=True, kw_only=True, tag="duplicate"):
    """A delivery is posted `copies` times more, all at the same time."""

    copies: Copies = 1


class ReorderRule(Rule, frozen=True, kw_only=True, tag="reorder"):
    """A delivery waits until `by` later ones to its webhook were posted, at most `seconds`."""

    by: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    seconds: Seconds = 5


class DelayRule(Rule, frozen=True, kw_only=True, tag="delay"):
    """A delivery is posted `seconds` of the clock later."""

    seconds: Seconds = 60


class CorruptSignatureRule(Rule, frozen=True, kw_only=True, tag="corrupt_signature"):
    """An attempt is signed with another secret."""


class MalformedRule(Rule, frozen=True, kw_only=True, tag="malformed"):
    """An attempt's body ends in the middle; the signature fits it."""


class SplitBodyRule(Rule, frozen=True, kw_only=True, tag="split_body"):
    """An attempt's body is written in pieces, with a pause after each."""

    pieces: Pieces = 8


class InvalidCrcRule(Rule, frozen=True, kw_only=True, tag="invalid_crc"):
    """Whatever a webhook answers to a challenge is taken for wrong, also at registration."""


class RevokeTokenRule(Rule, frozen=True, kw_only=True, tag="revoke_token"):
    """At once: the matched user takes the matched app's authorization back, as on X's own page."""


class CrcNowRule(Rule, frozen=True, kw_only=True, tag="crc_now"):
    """At once: the matched webhooks are challenged."""


class CrcWrongTokenRule(Rule, frozen=True, kw_only=True, tag="crc_wrong_token"):
    """At once: the matched webhooks are challenged, and whatever they answer is taken for wrong."""


ApiRule = (
    ErrorStatusRule
    | RateLimitRule
    | TimeoutRule
    | ResetRule
    | SlowRule
    | LateApplyRule
    | GarbageBodyRule
    | WrongIdRule
    | SuspendAppRule
)
"""What strikes calls."""

DeliveryRule = (
    DropRule
    | UnreachableRule
    | DuplicateRule
    | ReorderRule
    | DelayRule
    | CorruptSignatureRule
    | MalformedRule
    | SplitBodyRule
    | SuspendAppRule
)
"""What strikes deliveries."""

ChallengeRule = InvalidCrcRule
"""What strikes challenges."""

OneShot = RevokeTokenRule | CrcNowRule | CrcWrongTokenRule
"""What happens once, when it is put."""

FaultRule = ApiRule | DeliveryRule | ChallengeRule | OneShot
"""Any rule."""
