"""`roost webhook`: where X delivers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.cli import x_calls, x_texts
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.errors import SendError
from roost.service import joining, stored_accounts
from roost.service.joining import Joined
from roost.xapi import activity
from roost.xapi.transport import Phases, aiohttp_transport
from roost.xapi.wire_webhooks import Environment, Webhook

AsJson = Annotated[bool, Parameter("--json", negative=(), show_default=False)]

run = x_calls.verb(
    "webhook",
    "List, add, check and delete webhooks; in the name of the app's owner.",
    "Examples: `roost webhook list`, `roost webhook add https://bot.example/x/main/5f0c`",
)


@run.command(name="list")
async def list_webhooks(*, env: str | None = None, who: Who = ANYBODY) -> int:
    """List every environment of the app, with its webhook; an enterprise app's webhooks.

    Example: `roost webhook list`

    Args:
        env: The name of the only environment to list.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Sequence[Environment]:
        where = line.activity(env)
        if not env:
            return await where.environments(line.x)
        return [Environment(line.environment(env), list(await where.webhooks(line.x)))]

    return await x_calls.perform(who, action, _environments, x_calls.typed_in(env))


@run.command
async def add(url: str, *, env: str | None = None, who: Who = ANYBODY) -> int:
    """Register a webhook; X checks it at once, so that the application has to run.

    Example: `roost webhook add https://bot.example/x/main/5f0c`

    Args:
        url: `https`, without a port; as `roost serve` prints it.
        env: The environment's name; otherwise as in the settings.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Webhook:
        return await line.activity(env).register(line.x, url)

    return await x_calls.perform(who, action, x_texts.webhook, x_calls.typed_in(env))


@run.command
async def connect(*, settings: Path | None = None, as_json: AsJson = False) -> int:
    """Have X deliver every app's environment to this application, for every account.

    Puts our webhook in the place of another address, and subscribes everybody, as after a change
    of `public_url` or `env_name`; the application has to run. Does nothing where all is well.

    Example: `roost webhook connect`

    Args:
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: Print what was done as JSON.
    """
    found = configuration.load(settings, environ=os.environ)
    found = await stored_accounts.effective(found)
    try:
        async with aiohttp_transport(phases=Phases()) as transport:
            done = await joining.join(found, transport)
    except SendError as error:
        return x_calls.refused(error, is_json=as_json)
    print(x_calls.as_json(done) if as_json else x_texts.lines(list(map(_joined, done)), none="-"))
    return 0


@run.command
async def check(webhook_id: str = "", *, env: str | None = None, who: Who = ANYBODY) -> int:
    """Have X check a webhook, and enable it again if it passes.

    Example: `roost webhook check`

    Args:
        webhook_id: As `roost webhook list` shows it; otherwise ours, in the environment.
        env: The environment's name; otherwise as in the settings.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, str]:
        found = await line.webhook_id(env, webhook_id)
        await line.activity(env).validate(line.x, found)
        return {"valid": found}

    return await x_calls.perform(
        who, action, x_texts.pairs, x_calls.typed_in(env, webhook_id=webhook_id)
    )


@run.command
async def delete(webhook_id: str = "", *, env: str | None = None, who: Who = ANYBODY) -> int:
    """Delete a webhook, and with it its subscriptions.

    Example: `roost webhook delete`

    Args:
        webhook_id: As `roost webhook list` shows it; otherwise ours, in the environment.
        env: The environment's name; otherwise as in the settings.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, str]:
        found = await line.webhook_id(env, webhook_id)
        await line.activity(env).remove(line.x, found)
        return {"deleted": found}

    return await x_calls.perform(
        who, action, x_texts.pairs, x_calls.typed_in(env, webhook_id=webhook_id)
    )


def _joined(one: Joined) -> str:
    steps = "; ".join(one.steps) or "nothing to do"
    return f"{one.env_name}  {one.url}  {steps}"


def _environments(found: Sequence[Environment]) -> str:
    lines = [
        f"{activity.shown(one.environment_name)}  "
        + ("; ".join(map(x_texts.webhook, one.webhooks)) or "no webhook")
        for one in found
    ]
    return x_texts.lines(lines, none="no environments")
