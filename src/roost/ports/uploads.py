"""What X has of the files that hang on messages, as a transaction sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from roost.model.ids import UserId
from roost.model.uploads import Upload, Uploaded


class UploadRows(Protocol):
    """The `uploads` table inside a transaction: one row for each file of an account.

    A file is its digest, so the same bytes under another name are the same file. What a process
    has taken and not ended, nobody else takes while that process lives.
    """

    async def find(self, account_id: UserId, digest: str) -> Upload | None:
        """Give how far a file's upload is; `None` where it was never begun."""
        ...

    async def take(
        self, account_id: UserId, digest: str, *, now: datetime, until: datetime
    ) -> bool:
        """Take the upload of a file for this process; false where somebody else may be at it.

        Counts as a try. False too where X has the file and it can still be used.
        """
        ...

    async def finish(
        self, account_id: UserId, digest: str, uploaded: Uploaded, *, at: datetime
    ) -> None:
        """Note what X has, from `at` on."""
        ...

    async def postpone(
        self, account_id: UserId, digest: str, until: datetime, *, refusal: str = ""
    ) -> None:
        """Let nobody begin an upload before then; with a refusal, the next counts from 1."""
        ...

    async def forget(self, account_id: UserId, media_id: str) -> None:
        """Forget what X says it does not have, or does not take any more."""
        ...

    async def pardon(self, account_id: UserId) -> None:
        """Let files of an account that were given up be uploaded again at once."""
        ...

    async def release_abandoned(self) -> int:
        """Let uploads that a process now gone has taken be begun at once; how many."""
        ...
