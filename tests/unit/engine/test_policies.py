"""The engine's pure policies: what follows a failure, and which message was ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.engine import matching
from roost.engine.retry import RetryPolicy
from roost.errors import RateLimited, RejectedByX, SendUncertain, XApiUnavailable
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Button, Message, OutboundMessage, Point, QuickReply
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


@pytest.mark.parametrize(
    ("status", "code", "scope", "state"),
    [
        (403, 453, "app", "paused"),
        (401, 32, "account", "needs_reauth"),
        (401, 89, "account", "needs_reauth"),
        (403, 89, "account", "needs_reauth"),
        (401, 0, "account", "needs_reauth"),
        (401, 215, "account", "needs_reauth"),
        (403, 93, "account", "needs_reauth"),
        (403, 261, "account", "needs_reauth"),
        (403, 64, "account", "paused"),
        (403, 226, "account", "paused"),
        (403, 326, "account", "paused"),
        (403, 87, "app", "paused"),
        (401, 416, "app", "paused"),
    ],
)
def test_what_x_refuses_of_an_account_or_app_is_held_and_not_given_up(
    status: int, code: int, scope: str, state: str
) -> None:
    outcome = POLICY.outcome_of(refused(status, code), attempt=9, now=NOON)
    assert isinstance(outcome, Held)
    assert (outcome.hold.scope, outcome.hold.state) == (scope, state)
    assert f"code {code}" in outcome.hold.reason


def refused(status: int, code: int) -> RejectedByX:
    return RejectedByX("r", status=status, code=code, message="no")


def test_a_wrong_clock_is_no_refusal_of_credentials() -> None:
    outcome = POLICY.outcome_of(refused(401, 135), attempt=1, now=NOON)
    assert outcome == RetryAt(NOON + POLICY.first, "X says that our clock is wrong")


@pytest.mark.parametrize(
    ("status", "code"), [(400, 214), (403, 354), (404, 34), (413, 0), (422, 0)]
)
def test_other_refusals_end_a_message(status: int, code: int) -> None:
    outcome = POLICY.outcome_of(refused(status, code), attempt=1, now=NOON)
    assert outcome == Dead(f"X answered {status}, code {code}: no")


@pytest.mark.parametrize(("status", "code"), [(404, 50), (403, 63), (403, 150), (403, 349)])
def test_a_customer_whom_nobody_here_can_write_to_is_told_apart(status: int, code: int) -> None:
    outcome = POLICY.outcome_of(refused(status, code), attempt=1, now=NOON)
    assert outcome == Dead(f"X answered {status}, code {code}: no", is_of_customer=True)


def test_a_window_that_opens_again_and_again_is_believed_ever_less() -> None:
    error = RateLimited("r", NOON - SECOND)
    waits = [POLICY.limited(error, attempt=n, now=NOON).when - NOON for n in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (POLICY.first, POLICY.longest)


def test_a_window_that_x_does_not_describe_is_left_alone_for_its_usual_length() -> None:
    outcome = POLICY.outcome_of(RateLimited("r", None), attempt=1, now=NOON)
    assert outcome == Limited(NOON + timedelta(minutes=15))


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


def test_what_another_app_sent_is_not_ours() -> None:
    ours = replace(entry("hello"), app_id="7")
    foreign = SentMessage(60, Message(MessageId("60"), "hello", source_app_id="268278"))
    assert matching.match(ours, [foreign]) is None
    unsaid = SentMessage(61, Message(MessageId("61"), "hello"))
    with_ours = SentMessage(62, Message(MessageId("62"), "hello", source_app_id="7"))
    assert matching.match(ours, [foreign, with_ours, unsaid]) == unsaid


@pytest.mark.parametrize(
    "other",
    [
        Message(MessageId("60"), "hello", attachment="photo"),
        Message(MessageId("60"), "hello", quick_replies=(QuickReply("Yes"),)),
        Message(MessageId("60"), "hello", buttons=(Button("Go", "https://a.example"),)),
    ],
)
def test_a_message_with_the_same_text_and_more_is_not_ours(other: Message) -> None:
    assert matching.match(entry("hello"), [SentMessage(60, other)]) is None


ATTACHED = {
    "": OutboundMessage("look"),
    "photo animated_gif video media": OutboundMessage("look", media_id="77"),
    "location": OutboundMessage("look", point=Point(1.5, 2.5)),
    "location ": OutboundMessage("look", place_id="ab"),
}


@pytest.mark.parametrize("kinds", ATTACHED)
def test_what_is_attached_is_ours_where_x_shows_its_kind(kinds: str) -> None:
    ours = replace(entry("look"), message=ATTACHED[kinds])
    theirs = {kind for one in ATTACHED for kind in one.split() or [""]}
    shown = [SentMessage(60, Message(MessageId("60"), "look", attachment=one)) for one in theirs]
    found = {one.message.attachment for one in shown if matching.match(ours, [one]) is not None}
    assert found == set(kinds.split() or [""])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("see shop.example", "see http://shop.example"),
        ("see https://shop.example/", "see https://shop.example"),
        ("HTTPS://shop.example/a/ now", "https://shop.example/a now"),
    ],
)
def test_links_that_x_completes_are_the_same(ours: str, theirs: str) -> None:
    assert matching.match(entry(ours), [sent(60, theirs)]) is not None
