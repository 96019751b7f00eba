"""What is known of the application under test: its state, its notices, and how to kill it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

import msgspec

from roost.simulator.live import Live


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something its author should know, such as an error in the bot's file.

    Attributes:
        notice_id: Names it, so that it can be cleared; `id` on the wire.
        remedy: What to do about it; `""` where nothing is to be done.
    """

    notice_id: str = msgspec.field(name="id")
    level: Literal["error", "info"]
    text: str
    file: str | None = None
    line: int | None = None
    remedy: str = ""


class ApplicationStatus(msgspec.Struct, frozen=True):
    """Its state, as whoever started it says; `absent` where there is none."""

    state: Literal["running", "down", "restarting", "absent"] = "absent"
    text: str = ""
    notices: Sequence[Notice] = ()


class Application:
    """The state as last told, passed on to whoever follows the stream."""

    def __init__(self, live: Live, control_fd: int | None) -> None:
        """Make one.

        Args:
            live: Where changes are told.
            control_fd: Where whoever started the simulator listens for orders; `None` for nobody.
        """
        self.status = ApplicationStatus()
        self._live = live
        self._control_fd = control_fd

    def change(self, status: ApplicationStatus) -> None:
        """Take note of a new state and tell what is different."""
        before = {notice.notice_id: notice for notice in self.status.notices}
        after = {notice.notice_id: notice for notice in status.notices}
        self.status = status
        self._live.publish("application", {"state": status.state, "text": status.text})
        for notice_id in before.keys() - after.keys():
            self._live.publish("notice_cleared", {"id": notice_id})
        for notice_id, notice in after.items():
            if before.get(notice_id) != notice:
                self._live.publish("notice", notice)

    def kill(self) -> bool:
        """Ask whoever started the application to kill it; false where nobody listens."""
        if self._control_fd is None or self.status.state == "absent":
            return False
        try:
            os.write(self._control_fd, b'{"action":"kill"}\n')
        except BrokenPipeError:
            return False
        return True
