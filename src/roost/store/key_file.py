"""The file with the keys that wrap: private to its owner, and replaced as a whole.

It belongs into no backup that holds the database. A line for each key, newest first: `roost-key-1`
and its bytes in base64.
"""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Sequence
from pathlib import Path

from roost.errors import SecretsUnreadable
from roost.store import disk, ownership, sealing
from roost.store.sealing import KEY_BYTES, KeyRing

NAME = "roost.key"
"""In the data folder, where no other is named."""

_WORD = "roost-key-1"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFile:
    """One file of keys.

    Attributes:
        path: Where it is, or will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_there(self) -> bool:
        """Whether there is one."""
        return self.path.exists()

    def open_to_others(self) -> str:
        """Give the file's mode where more than its owner may use it; `""` where all is well."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        return f"{mode:04o}" if mode & _OTHERS else ""

    def read(self) -> KeyRing:
        """Read the keys.

        Raises:
            SecretsUnreadable: There is no file, others may read it, or it holds no keys.
        """
        try:
            mode = self.open_to_others()
            text = self.path.read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise self._wrong(
                "there is no such file, and the stored tokens are sealed with its key",
                "Put it back from where you keep it, beside but apart from the database's backup",
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise self._wrong(f"cannot be read ({type(error).__name__})", "Put it back") from error
        if mode:
            raise self._wrong(
                f"others may use it (mode {mode}, needed 0600)", f"Run: chmod 600 {self.path}"
            )
        keys = [_key(line) for line in text.splitlines() if line.strip()]
        whole = [key for key in keys if key is not None]
        if not whole or len(whole) != len(keys):
            raise self._wrong("holds something else than keys", "Put back the right file")
        return KeyRing(whole)

    def begin(self) -> KeyRing:
        """Read the keys; where there is no file, make one with a new key.

        Raises:
            SecretsUnreadable: As for `read`, but for a file that is not there.
        """
        with ownership.locked(self.path):
            if not self.is_there:
                self._write([sealing.new_key()])
            return self.read()

    def turn(self) -> KeyRing:
        """Put a new key first, unless the last change of keys has not ended; give all of them.

        Raises:
            SecretsUnreadable: As for `read`.
        """
        with ownership.locked(self.path):
            before = self.read()
            if len(before.keys) == 1:
                self._write([sealing.new_key(), *before.keys])
            return self.read()

    def retire(self) -> None:
        """Drop every key but the newest. For when nothing is sealed with them any more."""
        with ownership.locked(self.path):
            self._write(self.read().keys[:1])

    def _write(self, keys: Sequence[bytes]) -> None:
        text = "".join(f"{_WORD} {base64.b64encode(key).decode()}\n" for key in keys)
        disk.write_whole(self.path, text.encode("ascii"))

    def _wrong(self, problem: str, remedy: str) -> SecretsUnreadable:
        return SecretsUnreadable(f"key file {self.path}", problem, remedy)


def key_in(text: str) -> bytes | None:
    """Read a key written in base64; `None` where it is none."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _key(line: str) -> bytes | None:
    word, _, rest = line.strip().partition(" ")
    return key_in(rest) if word == _WORD else None
