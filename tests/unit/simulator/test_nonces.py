"""Nonces that were used."""

from __future__ import annotations

from roost.simulator.nonces import Nonces


def test_a_nonce_is_fresh_once_for_each_who_signs():
    nonces = Nonces()

    assert nonces.use("key", "token", "n")
    assert not nonces.use("key", "token", "n")
    assert nonces.use("key", "other", "n")
    assert nonces.use("keytoken", "", "n")


def test_the_oldest_are_forgotten_first():
    nonces = Nonces(kept=2)
    for nonce in ("1", "2", "3"):
        assert nonces.use("key", "", nonce)

    assert not nonces.use("key", "", "2")
    assert not nonces.use("key", "", "3")
    assert nonces.use("key", "", "1")


def test_all_can_be_forgotten():
    nonces = Nonces()
    nonces.use("key", "", "1")

    nonces.clear()

    assert nonces.use("key", "", "1")
