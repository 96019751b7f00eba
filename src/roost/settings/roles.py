"""What one process of the application does, and what that needs."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    """Everything."""
    WEB = "web"
    """Takes webhooks and shows pages; what it stores is worked on elsewhere."""
    WORKER = "worker"
    """Runs bots and sends; listens to nobody."""

    @property
    def serves_web(self) -> bool:
        """Whether it listens."""
        return self is not Role.WORKER

    @property
    def works(self) -> bool:
        """Whether it runs bots and sends messages."""
        return self is not Role.WEB
