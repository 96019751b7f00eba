"""What is known of the application under test: its state, its notices, and how to kill it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from roost.simulator.ledger import Ledger
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
    """Its state, as whoever started it says; `absent` where there is none.

    Attributes:
        text: The state in words.
        url: Where its own page is, which the stage shows; `""` where it has none.
    """

    state: Literal["running", "down", "restarting", "absent"] = "absent"
    text: str = ""
    url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^/?#\s;,]+(/\S*)?)?$")] = ""
    notices: Sequence[Notice] = ()


class Application:
    """The state as last told, passed on to whoever follows the stream."""

    def __init__(self, live: Live, ledger: Ledger, control_fd: int | None) -> None:
        """Make one.

        Args:
            live: Where changes are told.
            ledger: Where a change of state is written down.
            control_fd: Where whoever started the simulator listens for orders; `None` for nobody.
        """
        self.status = ApplicationStatus()
        self._live = live
        self._ledger = ledger
        self._control_fd = control_fd

    def change(self, status: ApplicationStatus) -> None:
        """Take note of a new state and tell what is different."""
        before = {notice.notice_id: notice for notice in self.status.notices}
        after = {notice.notice_id: notice for notice in status.notices}
        if (status.state, status.text) != (self.status.state, self.status.text):
            self._ledger.append("application", state=status.state, text=status.text)
        self.status = status
        shown = {"state": status.state, "text": status.text, "url": status.url}
        self._live.publish("application", shown)
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
