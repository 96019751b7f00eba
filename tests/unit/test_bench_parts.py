"""The benchmarks' own parts: a wrong one would make every figure worthless."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from roost.errors import InvalidSignature
from roost.model.events import MessageReceived
from roost.xapi import envelope, signing

BENCH = Path(__file__).parents[2] / "bench"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def part(name: str) -> ModuleType:
    """Load a module of the benchmarks, which are scripts and no package."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


events = part("events")
matching = part("matching")


def test_a_delivery_is_signed_as_the_product_wants_it() -> None:
    made, other = events.Deliveries().make(), events.Deliveries().make()

    signing.verify(made.body, signature=made.signature, consumer_secrets=[events.SECRET])
    with pytest.raises(InvalidSignature):
        signing.verify(made.body, signature=other.signature, consumer_secrets=[events.SECRET])


def test_a_delivery_is_one_message_in_some_two_kilobytes() -> None:
    made = events.Deliveries(account_id="1009").make()
    verified = signing.verify(made.body, signature=made.signature, consumer_secrets=[events.SECRET])

    (event,) = envelope.decode(verified, received_at=NOW).events

    assert isinstance(event, MessageReceived)
    assert event.account_id == "1009"
    assert event.event_key == str(made.message_id)
    assert event.customer.user_id == str(made.customer_id)
    assert event.message.text.startswith(f"[{made.message_id}]")
    assert 1_500 <= len(made.body) <= 2_500


def test_message_ids_rise_and_never_repeat_whoever_makes_them() -> None:
    one, other = events.Deliveries(), events.Deliveries()
    ids = [maker.make().message_id for _ in range(500) for maker in (one, other)]
    assert ids == sorted(set(ids))


def test_all_customers_write() -> None:
    deliveries = events.Deliveries(customers=50)
    assert len({deliveries.make().customer_id for _ in range(50)}) == 50


def test_what_is_answered_once_and_in_order_is_clean() -> None:
    ledger = matching.Ledger()
    for customer_id, message_id in ((1, 10), (2, 11), (1, 12)):
        ledger.deliver(customer_id, message_id)
    # Two customers' answers may overtake each other.
    answers = [ledger.answer(*one) for one in ((2, 11), (1, 10), (1, 12))]

    assert answers == [True, True, True]
    assert ledger.verdict() == matching.Verdict(3, 0, 0, 0, 0)
    assert ledger.verdict().is_clean


def test_what_is_lost_doubled_unasked_or_out_of_order_is_found() -> None:
    ledger = matching.Ledger()
    for message_id in (10, 11, 12, 13):
        ledger.deliver(1, message_id)
    for message_id in (10, 12, 11):
        assert ledger.answer(1, message_id)
    assert not ledger.answer(1, 10)
    ledger.answer(1, 99)

    verdict = ledger.verdict()

    assert verdict.lost == 1  # 13
    assert verdict.doubled == 1  # 10
    assert verdict.unasked == 1  # 99
    assert verdict.out_of_order == 2  # 11 after 12, and 10 again after 12
    assert not verdict.is_clean
