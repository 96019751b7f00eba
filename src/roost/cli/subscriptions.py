"""`roost subscriptions`: whose activity X delivers."""

from __future__ import annotations

from dataclasses import dataclass

from cyclopts import Parameter

from roost.cli import x_calls, x_texts
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.errors import InvalidCall
from roost.xapi.activity import Subscribers
from roost.xapi.wire_webhooks import SubscriptionCount


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class At:
    """Where activity is delivered.

    Attributes:
        env: The environment's name; otherwise as in the settings.
        webhook_id: In the enterprise tier, the webhook, as `roost webhook list` shows it; otherwise
            ours.
    """

    env: str | None = None
    webhook_id: str = ""


HERE = At()
"""Our webhook, in the account's environment."""

NOT_SUBSCRIBED = 1
"""The exit code of `check` where there is no subscription."""

run = x_calls.verb(
    "subscriptions",
    "Add, check, count, list and remove subscriptions: whose activity X delivers.",
    "Examples: `roost subscriptions add --account acme`, `roost subscriptions list`",
)


@run.command
async def add(*, at: At = HERE, who: Who = ANYBODY) -> int:
    """Have X deliver the account's activity; events may take 10 s to begin.

    Example: `roost subscriptions add`

    Args:
        at: Which environment or webhook.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, str]:
        await line.activity(at.env).subscribe(
            line.x, await line.subscribed_to(at.env, at.webhook_id)
        )
        return {"subscribed": line.account.user_id}

    return await x_calls.perform(who, action, x_texts.pairs, x_calls.typed_in(at.env))


@run.command
async def check(*, at: At = HERE, who: Who = ANYBODY) -> int:
    """Ask whether X delivers the account's activity; the exit code is 1 where not.

    Example: `roost subscriptions check`

    Args:
        at: Which environment or webhook.
        who: In whose name, and how the answer is shown.
    """
    is_there = False

    async def action(line: Line) -> dict[str, object]:
        nonlocal is_there
        webhook_id = await line.subscribed_to(at.env, at.webhook_id)
        is_there = await line.activity(at.env).is_subscribed(line.x, webhook_id)
        lacks = None if is_there else await line.lacking_environment(at.env)
        if lacks is not None:
            raise InvalidCall(lacks.option, lacks.message)
        return {"user_id": line.account.user_id, "subscribed": is_there}

    code = await x_calls.perform(
        who,
        action,
        lambda _: "subscribed" if is_there else "not subscribed",
        x_calls.typed_in(at.env),
    )
    return code or (0 if is_there else NOT_SUBSCRIBED)


@run.command
async def count(*, who: Who = ANYBODY) -> int:
    """Count the app's subscriptions, and say how many it may have.

    Example: `roost subscriptions count`
    """

    async def action(line: Line) -> SubscriptionCount:
        return await line.activity(None).count(line.x)

    return await x_calls.perform(
        who, action, lambda one: f"{one.subscriptions_count} of {one.provisioned_count}"
    )


@run.command(name="list")
async def list_subscriptions(*, at: At = HERE, who: Who = ANYBODY) -> int:
    """List the ids of the users an environment is told of.

    Example: `roost subscriptions list`

    Args:
        at: Which environment or webhook.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Subscribers:
        return await line.activity(at.env).subscribers(
            line.x, await line.subscribed_to(at.env, at.webhook_id)
        )

    return await x_calls.perform(
        who,
        action,
        lambda found: x_texts.lines(
            [one.user_id for one in found.subscriptions], none="no subscriptions"
        ),
        x_calls.typed_in(at.env),
    )


@run.command
async def remove(user: str, *, at: At = HERE, who: Who = ANYBODY) -> int:
    """Stop deliveries of a user's activity.

    Example: `roost subscriptions remove 1001`

    Args:
        user: Id or screen name.
        at: Which environment or webhook.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, str]:
        user_id = await line.user_id(user)
        webhook_id = await line.subscribed_to(at.env, at.webhook_id)
        await line.activity(at.env).unsubscribe(line.x, webhook_id, user_id)
        return {"removed": user_id}

    return await x_calls.perform(who, action, x_texts.pairs, x_calls.typed_in(at.env, user=user))
