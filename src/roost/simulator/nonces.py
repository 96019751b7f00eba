"""Nonces that were used: a signature is good once."""

from __future__ import annotations

import hashlib
from collections import deque

KEPT = 50_000
"""Nonces remembered; the oldest are forgotten first. X names no number."""


class Nonces:
    """The latest nonces, each as 64 bits, so that many calls cost little memory."""

    def __init__(self, kept: int = KEPT) -> None:
        """Remember none.

        Args:
            kept: How many at most.
        """
        self._kept = kept
        self._used: set[bytes] = set()
        self._order: deque[bytes] = deque()

    def use(self, consumer_key: str, token: str, nonce: str) -> bool:
        """Use a nonce up.

        Args:
            consumer_key: Whose it is, together with the token.
            token: `""` for none.
            nonce: As it was signed.

        Returns:
            Whether it was fresh.
        """
        text = "\0".join((consumer_key, token, nonce))
        used = hashlib.blake2b(text.encode(), digest_size=8).digest()
        if used in self._used:
            return False
        self._used.add(used)
        self._order.append(used)
        if len(self._order) > self._kept:
            self._used.remove(self._order.popleft())
        return True

    def clear(self) -> None:
        """Forget every nonce."""
        self._used.clear()
        self._order.clear()
