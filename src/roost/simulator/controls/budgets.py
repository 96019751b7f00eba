"""What an account may still send: its day, its apps' days, and free replies to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Controller, get
from litestar.params import FromQuery, QueryParameter

from roost.simulator import messaging
from roost.simulator.clock import milliseconds
from roost.simulator.controls.parts import Parts
from roost.simulator.limits import Meter


class Left(msgspec.Struct, frozen=True):
    """How far a day's messages are used up.

    Attributes:
        name: The user's handle, or the app's name.
        limit: Messages in 24 hours.
        remaining: Of these, still allowed.
        ends_at: When all are allowed again, in milliseconds since 1970; null before the first.
    """

    name: str
    limit: int
    remaining: int
    ends_at: str | None


class FreeReplies(msgspec.Struct, frozen=True):
    """Replies to the customer that do not count.

    Attributes:
        remaining: 0 to 5.
        ends_at: Until when, in milliseconds since 1970; null where there are none.
    """

    remaining: int
    ends_at: str | None


class Budget(msgspec.Struct, frozen=True):
    """What an account may still send.

    Attributes:
        limits: `off` where nothing is counted.
        apps: Those the account has given a token to.
    """

    limits: Literal["on", "off"]
    account: Left
    apps: Sequence[Left]
    replies: FreeReplies


class BudgetController(Controller):
    """Looking at budgets. Looking uses nothing up."""

    path = "/_sim/budget"

    @get()
    async def show(
        self,
        parts: Parts,
        user_id: FromQuery[str],
        other_id: Annotated[str, QueryParameter(name="with")],
    ) -> Budget:
        """Show what a user may still send, to another and at all."""
        world = parts.world
        user = world.users.get(user_id)
        app_ids = dict.fromkeys(token.app_id for token in user.tokens) if user else {}
        apps = [world.named_app(app_id) for app_id in app_ids]
        remaining, ends_at = parts.allowance.standing(by=user_id, recipient=other_id)
        return Budget(
            limits=world.rules.limits,
            account=_left(
                parts, user.screen_name if user else "", messaging.user_meter(world, user_id)
            ),
            apps=[_left(parts, app.name, messaging.app_meter(world, app.app_id)) for app in apps],
            replies=FreeReplies(remaining, _at(ends_at)),
        )


def _left(parts: Parts, name: str, meter: Meter) -> Left:
    standing = parts.limits.standing(meter)
    is_begun = standing.remaining < standing.limit
    ends_at = _at(standing.ends_at) if is_begun else None
    return Left(name, standing.limit, standing.remaining, ends_at)


def _at(when: datetime | None) -> str | None:
    return None if when is None else str(milliseconds(when))
