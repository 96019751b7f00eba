"""What every part that calls X works with."""

from __future__ import annotations

from dataclasses import dataclass

from roost.engine.budgets import Budgets
from roost.engine.failing import OnError
from roost.engine.retry import RetryPolicy
from roost.ports import Clock, Gateway, Store


@dataclass(frozen=True, slots=True)
class Means:
    """What every part that calls X works with.

    Attributes:
        store: Durable state.
        gateway: The way to X.
        clock: Tells what is due.
        budgets: What X allows.
        retry: Judges failures.
        on_error: Who has a conversation whose bot could not be heard.
    """

    store: Store
    gateway: Gateway
    clock: Clock
    budgets: Budgets
    retry: RetryPolicy
    on_error: OnError = OnError.HAND_OFF
