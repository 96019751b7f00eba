"""What can go wrong between Roost and its database."""

from __future__ import annotations

from collections.abc import Sequence

from roost.errors.roots import RoostError


class StoreError(RoostError):
    """The database refused something."""


class StoreUnavailable(StoreError):
    """The database did not take a commit. Nothing of it was stored; repeating is safe."""


class DiskTrouble(StoreUnavailable):
    """The disk under the database takes nothing, or has no room left for deliveries.

    Attributes:
        trouble: What is wrong, without any name of ours: everybody may read it.
    """

    def __init__(self, trouble: str, detail: str = "") -> None:
        super().__init__(f"the database took nothing: {trouble}{f' ({detail})' if detail else ''}")
        self.trouble = trouble


class NotUnique(StoreError):
    """Something would be in the database twice that may be there once. Nothing was stored."""


class StoreLocked(StoreError):
    """Another process owns the database file.

    Attributes:
        pid: The owner's process id, or 0 where it could not be read.
    """

    def __init__(self, path: str, pid: int) -> None:
        super().__init__(
            f"{path} is in use by process {pid}. Stop that process, or choose another data folder"
        )
        self.pid = pid


class DatabaseMissing(StoreError):
    """A database file is gone, or empty, and was not. None was begun in its place.

    Attributes:
        remedy: What to do, in one sentence.
    """

    def __init__(self, path: str, signs: Sequence[str]) -> None:
        """Say it.

        Args:
            path: The file's.
            signs: Names of the files beside it that tell that there was one.
        """
        self.remedy = (
            "Put it back, or a backup of it with `roost restore FILE`: what is newer is asked for"
            " at X, and nothing is answered twice. To begin anew with an empty one, first move away"
            f" what it has left: {', '.join(signs)}"
        )
        super().__init__(f"{path} is missing or empty, and there was a database. {self.remedy}")


class NewerSchema(StoreError):
    """The database was written by a newer Roost, which this one must not touch."""


class StaleClaim(StoreError):
    """A claim's fence is old: the work was taken over. Whatever was decided under it is dropped."""


class NotABackup(StoreError):
    """A file cannot be put in the database's place. Nothing was changed.

    Attributes:
        path: The file's.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} cannot be restored: {problem}. Name a file `roost backup` made")
        self.path = path
