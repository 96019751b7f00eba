"""Mentions that are answered in public while a third of the Posts is struck, and the ledger."""

from __future__ import annotations

import pytest
import structlog
from tests.crash import posts
from tests.crash.seeds import seed

pytestmark = pytest.mark.crash

N_POSTS = 200


@pytest.mark.timeout(600)
def test_no_public_reply_is_lost_or_posted_twice_or_left_in_doubt() -> None:
    with structlog.testing.capture_logs():
        tally = posts.run(N_POSTS, seed())
    print("\n".join(tally.lines()))

    assert tally.faults == []
    assert tally.seen["outbox sent"] + tally.seen["outbox parked"] == N_POSTS
    assert tally.seen["Posts of our app"] >= tally.seen["outbox sent"] > 0.9 * N_POSTS
    assert tally.struck[posts.STRUCK] > 0.2 * N_POSTS
