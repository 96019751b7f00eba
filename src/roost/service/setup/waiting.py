"""Waiting for the application, for X to deliver to it, and for the first event."""

from __future__ import annotations

import asyncio

import msgspec

from roost.errors import NotPossible, StoreError
from roost.service.setup.settings_file import APP
from roost.settings import Settings
from roost.store import control

LOOK_EVERY = 0.3
"""Seconds between two looks."""


class Delivering(msgspec.Struct, frozen=True):
    """How deliveries come in, as a running application tells it.

    Attributes:
        state: Of the webhook at X: `valid`, or what is wrong.
        trouble: What keeps it from being registered; `""` for nothing.
        last_delivery_at: ISO 8601; `None` for none since the start.
    """

    state: str = "unknown"
    trouble: str = ""
    last_delivery_at: str | None = None


class _Status(msgspec.Struct):
    webhooks: dict[str, Delivering] = {}


async def looked(settings: Settings) -> Delivering | None:
    """Ask a running application; `None` where none runs."""
    try:
        answer = await control.ask(settings.data / control.SOCKET, "status")
    except StoreError:
        return None
    return msgspec.convert(answer, _Status).webhooks.get(APP, Delivering())


async def until_delivering(settings: Settings, *, within: float) -> None:
    """Wait until the application runs and X delivers to it.

    Args:
        settings: Name the data folder.
        within: Seconds.

    Raises:
        NotPossible: X does not take the webhook, or nothing runs in time.
    """
    found: Delivering | None = None
    try:
        async with asyncio.timeout(within):
            while True:
                found = await looked(settings)
                if found is not None and found.state == "valid":
                    return
                if found is not None and found.trouble:
                    raise NotPossible(f"X does not take the webhook: {found.trouble}")
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        what = "does not run" if found is None else f"runs, and its webhook is {found.state}"
        raise NotPossible(f"the application {what} after {within:g} s") from None


async def until_event(settings: Settings, *, within: float) -> str:
    """Wait for a delivery; give when it came.

    Raises:
        NotPossible: None came in time.
    """
    try:
        async with asyncio.timeout(within):
            while True:
                found = await looked(settings)
                if found is not None and found.last_delivery_at is not None:
                    return found.last_delivery_at
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise NotPossible(f"no event came within {within:g} s; see `roost doctor`") from None
