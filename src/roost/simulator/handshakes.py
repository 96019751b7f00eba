"""Request tokens: an app has asked for a user's authorization and has not got its token yet."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roost.ports import Clock
from roost.simulator.entries import AccessLevel

PIN = "oob"
"""The callback of an app that cannot be called back: its user types a number."""

GOOD_FOR = timedelta(hours=1)
"""How long a request token may be used (assumed; X documents nothing)."""

KEPT = 10_000
"""Request tokens remembered; the oldest are forgotten first."""

_PIN_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Handshake:
    """One request token.

    Attributes:
        callback: Where its user is sent back to, or `PIN`.
        access_level: What the access token will be good for.
        begun_at: When it was asked for.
        user_id: Who has agreed; `""` for nobody yet.
        verifier: What proves to X that the app has heard of it; `""` before.
    """

    token: str
    secret: str
    app_id: str
    callback: str
    access_level: AccessLevel
    begun_at: datetime
    user_id: str = ""
    verifier: str = ""

    def is_verified_by(self, verifier: str) -> bool:
        """Say whether a verifier is the one its user's agreement brought about."""
        is_same = hmac.compare_digest(self.verifier.encode(), verifier.encode())
        return bool(self.verifier) and is_same


class Handshakes:
    """Every request token that is good for something. They are no part of a state."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Handshake] = {}

    def begin(self, app_id: str, *, callback: str, access_level: AccessLevel) -> Handshake:
        """Make a request token."""
        handshake = Handshake(
            token=secrets.token_hex(16),
            secret=secrets.token_hex(16),
            app_id=app_id,
            callback=callback,
            access_level=access_level,
            begun_at=self._clock.now(),
        )
        self._known[handshake.token] = handshake
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return handshake

    def find(self, token: str) -> Handshake | None:
        """Give a request token, unless it was used up, refused or is too old."""
        found = self._known.get(token)
        if found is None or self._clock.now() - found.begun_at > GOOD_FOR:
            return None
        return found

    def agree(self, handshake: Handshake, user_id: str) -> Handshake:
        """Note who has agreed, and make the verifier: seven digits for a person to type."""
        is_typed = handshake.callback == PIN
        number = secrets.randbelow(10**_PIN_DIGITS)
        verifier = f"{number:0{_PIN_DIGITS}}" if is_typed else secrets.token_hex(16)
        agreed = replace(handshake, user_id=user_id, verifier=verifier)
        self._known[agreed.token] = agreed
        return agreed

    def end(self, handshake: Handshake) -> None:
        """Forget a request token: it was exchanged, or its user refused."""
        del self._known[handshake.token]
