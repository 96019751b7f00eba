"""Under whose name a person's message goes: a custom profile, a signature, or the account's own."""

from __future__ import annotations

from dataclasses import replace

from roost.model.messages import OutboundMessage
from roost.ports.composing import Voice


def signature(name: str) -> str:
    """Write what stands under a message whose writer has no profile.

    Example:
        >>> signature("Sam Carter")
        '— Sam Carter'
    """
    return f"— {name}"


def spoken(message: OutboundMessage, name: str, voice: Voice | None) -> OutboundMessage:
    """Give a message as its writer says it.

    Args:
        message: As it was written.
        name: The writer's.
        voice: Their custom profile; `None` for a line with their name under the text.
    """
    if voice is not None:
        return replace(message, custom_profile_id=voice.profile_id, speaker=name)
    written = f"{message.text}\n{signature(name)}" if message.text else signature(name)
    return replace(message, text=written)
