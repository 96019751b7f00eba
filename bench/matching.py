"""Which answer belongs to which delivery: what was lost, doubled, or sent out of order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """How answers compare with deliveries. All are counts of messages.

    Attributes:
        delivered: Deliveries that were acknowledged.
        lost: Of these, never answered.
        doubled: Answers beyond the first to one delivery.
        unasked: Answers to nothing that was delivered.
        out_of_order: Answers that came after one to a later message of the same customer.
    """

    delivered: int
    lost: int
    doubled: int
    unasked: int
    out_of_order: int

    @property
    def is_clean(self) -> bool:
        """Whether every delivery was answered once, in order."""
        return not (self.lost or self.doubled or self.unasked or self.out_of_order)


class Ledger:
    """Writes down deliveries and answers, by customer and message id."""

    def __init__(self) -> None:
        self._delivered: dict[int, int] = {}
        self._answers: list[tuple[int, int]] = []
        self._answered: set[int] = set()

    def deliver(self, customer_id: int, message_id: int) -> None:
        """Write down a delivery that was acknowledged."""
        self._delivered[message_id] = customer_id

    def answer(self, customer_id: int, message_id: int) -> bool:
        """Write down an answer as it arrives; whether it is the first to its message."""
        is_first = message_id not in self._answered
        self._answered.add(message_id)
        self._answers.append((customer_id, message_id))
        return is_first

    @property
    def waiting(self) -> int:
        """How many deliveries have no answer yet."""
        return sum(message_id not in self._answered for message_id in self._delivered)

    def verdict(self) -> Verdict:
        """Compare what was delivered with what was answered."""
        counts = Counter(message_id for _, message_id in self._answers)
        return Verdict(
            delivered=len(self._delivered),
            lost=self.waiting,
            doubled=sum(counts.values()) - len(counts),
            unasked=sum(message_id not in self._delivered for message_id in counts),
            out_of_order=_out_of_order(self._answers),
        )


def _out_of_order(answers: Sequence[tuple[int, int]]) -> int:
    highest: dict[int, int] = {}
    late = 0
    for customer_id, message_id in answers:
        if message_id < highest.get(customer_id, 0):
            late += 1
        highest[customer_id] = max(message_id, highest.get(customer_id, 0))
    return late
