"""Secrets sealed for one row each: a key of the row's own, wrapped by a key that is elsewhere.

AES-GCM with 256-bit keys and 96-bit random nonces. What is sealed is bound to its table, row and
column, so that a ciphertext moved elsewhere does not open. The keys that wrap are never in the
database; changing them changes the wrapped key of each row and leaves what it seals as it is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from roost.errors import SecretsUnreadable

KEY_BYTES = 32
"""Of a key."""

_NONCE_BYTES = 12
_FORM = b"\x01"
_ID_CHARACTERS = 16
_WRAPPED = "key"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys that wrap the keys of rows, newest first.

    Attributes:
        keys: One or more, of `KEY_BYTES` each; never shown in `repr`.
    """

    keys: Sequence[bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in self.keys):
            raise ValueError(f"takes one or more keys of {KEY_BYTES} bytes")

    @property
    def newest(self) -> str:
        """The id of the key that new rows are sealed under."""
        return id_of(self.keys[0])

    def key(self, key_id: str) -> bytes:
        """Give a key by its id.

        Raises:
            SecretsUnreadable: There is none.
        """
        for key in self.keys:
            if id_of(key) == key_id:
                return key
        have = ", ".join(map(id_of, self.keys))
        raise SecretsUnreadable(
            "the key of the stored tokens",
            f"they are sealed with key {key_id}; known here: {have}",
            "Put back the key file that belongs to this database, or name the key in ROOST_KEYS",
        )


@dataclass(frozen=True, slots=True)
class Sealed:
    """The secrets of a row, as the database has them.

    Attributes:
        key_id: Of the key that wraps the row's own.
        wrapped_key: The row's own key.
        values: What is sealed with it, by column.
    """

    key_id: str
    wrapped_key: bytes
    values: Mapping[str, bytes]


def new_key() -> bytes:
    """Draw a key."""
    return secrets.token_bytes(KEY_BYTES)


def id_of(key: bytes) -> str:
    """Name a key by something that tells nothing of it."""
    return hashlib.sha256(b"roost key id" + key).hexdigest()[:_ID_CHARACTERS]


def seal(ring: KeyRing, row: Sequence[str], values: Mapping[str, str]) -> Sealed:
    """Seal the secrets of a row.

    Args:
        ring: Its newest key wraps.
        row: Table and primary key.
        values: By column.
    """
    own = new_key()
    return Sealed(
        ring.newest,
        _encrypted(ring.keys[0], _place(row, _WRAPPED), own),
        {name: _encrypted(own, _place(row, name), text.encode()) for name, text in values.items()},
    )


def unseal(ring: KeyRing, row: Sequence[str], sealed: Sealed) -> dict[str, str]:
    """Give the secrets of a row, by column.

    Raises:
        SecretsUnreadable: The key is not there, or the row is not as it was sealed.
    """
    own = _decrypted(ring.key(sealed.key_id), row, _WRAPPED, sealed.wrapped_key)
    return {
        name: _decrypted(own, row, name, value).decode() for name, value in sealed.values.items()
    }


def rewrapped(ring: KeyRing, row: Sequence[str], sealed: Sealed) -> Sealed:
    """Give a row wrapped by the newest key; what it seals stays as it is.

    Raises:
        SecretsUnreadable: As for `unseal`.
    """
    own = _decrypted(ring.key(sealed.key_id), row, _WRAPPED, sealed.wrapped_key)
    wrapped = _encrypted(ring.keys[0], _place(row, _WRAPPED), own)
    return Sealed(ring.newest, wrapped, sealed.values)


def _place(row: Sequence[str], column: str) -> bytes:
    return _FORM + msgspec.json.encode([*row, column])


def _encrypted(key: bytes, place: bytes, value: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(key).encrypt(nonce, value, place)


def _decrypted(key: bytes, row: Sequence[str], column: str, value: bytes) -> bytes:
    nonce, rest = value[1 : 1 + _NONCE_BYTES], value[1 + _NONCE_BYTES :]
    try:
        # The form is part of the place, and so is checked with it.
        return AESGCM(key).decrypt(nonce, rest, value[:1] + _place(row, column)[1:])
    except (InvalidTag, ValueError) as error:
        raise SecretsUnreadable(
            f"{column} of {' '.join(row)}",
            "is not what was sealed there",
            "Restore the database and its key file from the same backup, or connect the account"
            " again",
        ) from error
