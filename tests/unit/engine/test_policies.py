"""The engine's pure policies: what follows a failure, and which message was ours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.engine import matching
from roost.engine.retry import RetryPolicy
from roost.errors import RateLimited, RejectedByX, SendUncertain, XApiUnavailable
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage
from roost.model.outbound import Dead, Held, Limited, OutboxEntry, RetryAt, Uncertain
from roost.ports import SentMessage
from roost.testing.clocks import NOON

POLICY = RetryPolicy()
SECOND = timedelta(seconds=1)


def entry(text: str) -> OutboxEntry:
    conversation = ConversationId("1001-2002")
    message = OutboundMessage(text)
    return OutboxEntry(1, UserId("1001"), conversation, UserId("2002"), message, 1, 50, NOON)


def sent(message_id: int, text: str) -> SentMessage:
    return SentMessage(message_id, Message(MessageId(str(message_id)), text))


def test_a_rate_limit_waits_until_the_window_opens() -> None:
    error = RateLimited("r", NOON + 90 * SECOND)
    assert POLICY.outcome_of(error, attempt=1, now=NOON) == Limited(NOON + 90 * SECOND)


@pytest.mark.parametrize("resets_at", [NOON - timedelta(days=1), NOON])
def test_a_window_that_is_said_to_be_open_is_not_hammered(resets_at: datetime) -> None:
    outcome = POLICY.outcome_of(RateLimited("r", resets_at), attempt=1, now=NOON)
    assert isinstance(outcome, Limited)
    assert outcome.when > NOON


@given(st.integers(1, 10_000))
def test_waits_grow_to_a_limit_and_never_shrink(attempt: int) -> None:
    first, second = (
        POLICY.outcome_of(XApiUnavailable("x"), attempt=n, now=NOON) for n in (attempt, attempt + 1)
    )
    assert isinstance(first, RetryAt)
    assert isinstance(second, RetryAt)
    assert NOON + POLICY.first <= first.when <= second.when <= NOON + POLICY.longest


def test_refused_credentials_hold_a_message_and_other_refusals_end_it() -> None:
    refused = RejectedByX("r", status=401, code=89, message="")
    assert isinstance(POLICY.outcome_of(refused, attempt=9, now=NOON), Held)
    refused = RejectedByX("r", status=403, code=349, message="no")
    assert POLICY.outcome_of(refused, attempt=1, now=NOON) == Dead("X answered 403, code 349: no")


def test_what_is_uncertain_stays_uncertain() -> None:
    assert POLICY.outcome_of(SendUncertain("r", "why"), attempt=1, now=NOON) == Uncertain("why")


def test_the_first_message_with_our_text_is_ours() -> None:
    found = matching.match(
        entry("hello"), [sent(70, "hello"), sent(60, "hello"), sent(55, "other")]
    )
    assert found is not None
    assert found.message.message_id == "60"


def test_no_message_with_our_text_is_no_proof() -> None:
    assert matching.match(entry("hello"), [sent(60, "hello!")]) is None
    assert matching.match(entry("hello"), []) is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Caf\u00e9", "Cafe\u0301"),
        ("a & b", "a &amp; b"),
        ("<3", "&lt;3"),
        ("hi ", "hi"),
        ("\n hi", "hi"),
    ],
)
def test_x_s_copy_of_a_text_equals_it(ours: str, theirs: str) -> None:
    assert matching.match(entry(ours), [sent(60, theirs)]) is not None
