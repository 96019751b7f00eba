"""Connections that really break: a page that follows the changes misses and repeats nothing."""

from __future__ import annotations

import pytest
from tests.contract.live_cuts import Counts, follow_through_cuts

CUTS = 100


@pytest.mark.timeout(300)
async def test_a_page_whose_connections_are_cut_misses_and_repeats_nothing(store):
    counts = await follow_through_cuts(store, CUTS)

    print(counts)
    assert counts.cuts >= CUTS
    assert counts.written > CUTS
    assert (counts.missed, counts.repeated, counts.resyncs) == (0, 0, 0)
    assert counts.seen == list(range(counts.written))


def test_what_is_missed_or_repeated_is_counted():
    counts = Counts(written=5, seen=[0, 1, 1, 3])

    assert (counts.missed, counts.repeated) == (2, 1)
