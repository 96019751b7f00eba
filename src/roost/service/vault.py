"""Where the keys are that seal tokens: in the settings, or in a file beside the database."""

from __future__ import annotations

from roost.settings import Settings
from roost.store import key_file
from roost.store.key_file import KeyFile
from roost.store.sealing import KeyRing


class Vault:
    """Gives the keys. They are read each time, so that every process sees when they change.

    Attributes:
        file: The key file, used where the settings hold no keys.
        is_in_settings: Whether they do.
    """

    def __init__(self, settings: Settings) -> None:
        keys = [key_file.key_in(one.reveal()) for one in settings.keys]
        self._keys = [key for key in keys if key is not None]
        self.is_in_settings = bool(self._keys)
        self.file = KeyFile(settings.key_file or settings.data / key_file.NAME)

    def ring(self) -> KeyRing:
        """Give the keys.

        Raises:
            SecretsUnreadable: The file is not there, others may read it, or it holds no keys.
        """
        return KeyRing(self._keys) if self._keys else self.file.read()

    def ring_for(self, *, is_first: bool) -> KeyRing:
        """Give the keys to seal something with.

        Args:
            is_first: Whether nothing is sealed yet; only then a missing file is made.

        Raises:
            SecretsUnreadable: As for `ring`.
        """
        if self._keys or not is_first:
            return self.ring()
        return self.file.begin()

    def turned(self) -> KeyRing:
        """Give the keys, with a new one first where they are in a file."""
        return self.ring() if self._keys else self.file.turn()

    def retire(self) -> None:
        """Drop every key but the newest, where they are in a file."""
        if not self._keys:
            self.file.retire()
