"""Roost: a customer engagement platform for X Direct Messages."""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_PLACES = {
    "Bot": "roost.bot.router",
    "Button": "roost.model.messages",
    "Chat": "roost.bot.chat",
    "Followed": "roost.model.activities",
    "Liked": "roost.model.activities",
    "Mentioned": "roost.model.activities",
    "Message": "roost.model.messages",
    "Next": "roost.bot.handlers",
    "OnChanged": "roost.bot.handling",
    "Point": "roost.model.messages",
    "Post": "roost.model.posts",
    "Profile": "roost.model.messages",
    "QuickReply": "roost.model.messages",
    "Router": "roost.bot.routing",
    "Scope": "roost.model.memories",
    "Speaker": "roost.bot.welcoming",
    "TimerFired": "roost.model.events",
    "Unanswered": "roost.errors",
    "WelcomeMessage": "roost.bot.welcoming",
    "Words": "roost.bot.words",
    "packed": "roost.bot.tapping",
    "text": "roost.bot.filters",
}


def __getattr__(name: str) -> object:
    """Import what bot authors use when they first name it, so that `import roost` stays light."""
    if name not in _PLACES:
        raise AttributeError(f"module 'roost' has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    """List what can be imported, loaded yet or not."""
    return [*globals(), *_PLACES]
