"""How to serve, beyond the settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from roost.service.notices import Notices
from roost.settings import Role


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve, beyond the settings.

    Attributes:
        role: What this process does.
        is_reloading: Load bots anew when their files change, and keep conversations with a bot
            that failed, since somebody is mending it.
        notices: Who is told what happens.
    """

    role: Role = Role.ALL
    is_reloading: bool = False
    notices: Notices = field(default_factory=Notices)
