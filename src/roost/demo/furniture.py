"""What the demo's world holds beside people: pictures, custom profiles, a welcome message."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime

from roost.demo import pictures, support_desk, world
from roost.model.links import opening_conversation

ASSISTANT, AGENT = "5001", "5002"
"""Ids of the custom profiles of the bot and of the first of the desk's people."""

ASSISTANT_NAME = support_desk.bot.speaks_as
WELCOME = "7001"
_ASSISTANT_PICTURE, _AGENT_PICTURE = "6001", "6002"

DEEP_LINK = opening_conversation(world.ACCOUNT_ID, welcome_message_id=WELCOME)
"""Opens the conversation from a Post."""


def rows(now: datetime) -> Mapping[str, object]:
    """Give what a world file holds beside users and apps.

    Args:
        now: When the world begins.
    """
    begun = _milliseconds(now)
    return {
        "media": [
            _picture(_ASSISTANT_PICTURE, pictures.assistant(), begun),
            _picture(_AGENT_PICTURE, pictures.person(), begun),
        ],
        "custom_profiles": [
            _profile(ASSISTANT, ASSISTANT_NAME, _ASSISTANT_PICTURE, begun),
            _profile(AGENT, f"{world.AGENTS[0].name}, Acme", _AGENT_PICTURE, begun),
        ],
        "welcome_messages": [_welcome(begun)],
        "welcome_rules": [
            {"rule_id": "7002", "user_id": world.ACCOUNT_ID, "welcome_message_id": WELCOME}
        ],
    }


def environment() -> dict[str, str]:
    """Give what the demo's bot reads: that the clock is moved."""
    return {"ACME_NIGHTS": "yes"}


def _picture(media_id: str, content: bytes, created_at: str) -> Mapping[str, object]:
    return {
        "media_id": media_id,
        "owner_id": world.ACCOUNT_ID,
        "created_at": created_at,
        "kind": "photo",
        "media_type": "image/png",
        "width": pictures.FACE_SIDE,
        "height": pictures.FACE_SIDE,
        "shared": True,
        "content": base64.b64encode(content).decode(),
    }


def _profile(profile_id: str, name: str, media_id: str, created_at: str) -> Mapping[str, object]:
    return {
        "profile_id": profile_id,
        "user_id": world.ACCOUNT_ID,
        "created_timestamp": created_at,
        "name": name,
        "media_id": media_id,
    }


def _welcome(created_at: str) -> Mapping[str, object]:
    """Give the bot's welcome message as `roost sync` would have brought it to X."""
    said = support_desk.bot.welcomes["greeting"].message
    options = [
        {"label": one.label, "metadata": one.metadata, "description": one.description}
        for one in said.quick_replies
    ]
    return {
        "welcome_message_id": WELCOME,
        "user_id": world.ACCOUNT_ID,
        "created_timestamp": created_at,
        "app_id": world.APP_ID,
        "name": "roost#greeting",
        "custom_profile_id": ASSISTANT,
        "data": {"text": said.text, "quick_reply": {"type": "options", "options": options}},
    }


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1_000))
