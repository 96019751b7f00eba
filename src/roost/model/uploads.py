"""Uploads: what X has of the files that hang on messages, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.model.budgets import LONGEST_WINDOW
from roost.model.ids import UserId
from roost.model.media import MediaFile


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that X has.

    Attributes:
        media_id: X's id of it.
        good_for: How long it can be put on messages.
    """

    media_id: str
    good_for: timedelta


@dataclass(frozen=True, slots=True)
class Upload:
    """How far the upload of a file for an account is.

    Attributes:
        media_id: X's id; `""` while there is none.
        good_until: Until when that can be put on messages.
        tries: How often it was begun since it last succeeded or was given up.
        next_at: Nobody begins it before: somebody is at it, or it has failed.
        refusal: Why it was given up; `""` where it was not. It counts until `next_at`.
    """

    media_id: str
    good_until: datetime
    tries: int
    next_at: datetime
    refusal: str

    def usable(self, now: datetime) -> str:
        """Give X's id where it can be put on a message now; `""` where it cannot."""
        return self.media_id if now < self.good_until else ""

    def is_held(self, now: datetime) -> bool:
        """Tell whether nobody may begin it now.

        A time later than any window of X ends was written by a clock that has been put right since.
        """
        return now < self.next_at <= now + LONGEST_WINDOW


@dataclass(frozen=True, slots=True)
class UploadTask:
    """An upload that this process has begun.

    Attributes:
        account_id: For whom.
        file: What.
        tries: 1 for the first.
    """

    account_id: UserId
    file: MediaFile
    tries: int
