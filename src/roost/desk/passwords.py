"""Passwords: argon2id, a few at a time so that logging in cannot use up the memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from roost.desk.problems import UNPROCESSABLE, FieldError, Refused

SHORTEST = 12
"""Fewest characters of a password; longer ones need no further rules."""

FEWEST_DIFFERENT = 5
"""Fewest different characters of a password."""

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a password was found.

    Attributes:
        is_right: Whether it is the one.
        better_hash: What to store instead, where the old hash is weaker than today's; else `None`.
    """

    is_right: bool
    better_hash: str | None


class Passwords:
    """Hashes and checks passwords.

    Uses argon2id with 19 MiB, 2 passes, 1 lane, the least that OWASP's Password Storage Cheat
    Sheet gives.
    """

    def __init__(self) -> None:
        self._hashing = PasswordHash(
            (Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),)
        )
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = self._hashing.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Give what to store."""
        async with self._at_once:
            return await asyncio.to_thread(self._hashing.hash, password)

    async def check(self, password: str, password_hash: str) -> Verdict:
        """Compare a password with what is stored; takes as long where nothing is."""
        stored = password_hash or self._nobodys
        async with self._at_once:
            is_right, better = await asyncio.to_thread(
                self._hashing.verify_and_update, password, stored
            )
        return Verdict(is_right and bool(password_hash), better)


def check_choice(password: str, *, login: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Refused: Says why.
    """
    if len(password) < SHORTEST:
        raise _wrong("is too short", limit=SHORTEST, value=len(password))
    different = len(set(password))
    if different < FEWEST_DIFFERENT:
        raise _wrong("has too few different characters", limit=FEWEST_DIFFERENT, value=different)
    if login.casefold() in password.casefold():
        raise _wrong("must not hold what you log in as", limit=0, value=len(login))


def _wrong(problem: str, *, limit: int, value: int) -> Refused:
    error = FieldError("password", problem, limit=limit, value=value)
    return Refused(UNPROCESSABLE, "invalid", f"The password {problem}.", errors=[error])
