"""Slots: a fifth of them for one account, one for what is on trial."""

from __future__ import annotations

from collections import Counter

from roost.engine.lanes import SLOTS, SLOTS_OF_ACCOUNT, Slots
from roost.model.health import Scope
from roost.model.ids import ConversationId, UserId
from roost.model.messages import OutboundMessage
from roost.model.outbound import OutboxEntry
from roost.testing.clocks import NOON


def entries(account: str, n: int, *, trial: Scope | None = None) -> list[OutboxEntry]:
    return [
        OutboxEntry(
            outbox_id=number,
            account_id=UserId(account),
            conversation_id=ConversationId(f"{account}-{number}"),
            recipient_id=UserId(str(number)),
            message=OutboundMessage("hi"),
            attempt=1,
            baseline=0,
            attempted_at=NOON,
            app_id="7",
            trial=trial,
        )
        for number in range(n)
    ]


def test_one_account_gets_a_fifth_and_the_others_the_rest() -> None:
    slots = Slots()
    wanted = [*entries("slow", SLOTS), *entries("other", 3)]
    chosen, later = slots.fitting(wanted)
    assert Counter(one.account_id for one in chosen) == {"slow": SLOTS // 5, "other": 3}
    assert later == []
    for one in chosen:
        slots.take(one)
    assert slots.full == ["slow"]
    assert slots.free == SLOTS - SLOTS // 5 - 3
    slots.give_back(chosen[0])
    assert slots.full == []
    assert len(slots.fitting(entries("slow", 9))[0]) == 1


def test_at_most_five_accounts_are_ever_full() -> None:
    slots = Slots()
    for account in "abcde":
        for one in entries(account, SLOTS_OF_ACCOUNT):
            slots.take(one)
    assert len(slots.full) == 5
    assert slots.free == 0


def test_what_is_on_trial_sends_one_message_at_a_time() -> None:
    slots = Slots()
    tried = entries("a", 3, trial=Scope.ACCOUNT)
    chosen, later = slots.fitting([*tried, *entries("b", 2)])
    assert chosen == [tried[0], *entries("b", 2)]
    assert later == tried[1:]
    slots.take(tried[0])
    assert slots.fitting(tried) == ([], tried)
    slots.give_back(tried[0])
    assert slots.fitting(tried)[0] == [tried[0]]


def test_an_app_on_trial_sends_one_message_for_all_its_accounts() -> None:
    first, second = entries("a", 1, trial=Scope.APP), entries("b", 1, trial=Scope.APP)
    assert Slots().fitting([*first, *second]) == (first, second)
