"""Signatures: the line that says who speaks where no custom profile does."""

from __future__ import annotations

from dataclasses import replace

from roost.model import capabilities
from roost.model.messages import OutboundMessage


def signed(message: OutboundMessage, name: str) -> OutboundMessage:
    """Put a name under a message in place of the custom profile it would be said under.

    Args:
        message: What is said.
        name: Who says it; `""` for nobody to be named.

    Raises:
        InvalidMessage: With the name the text no longer fits.

    Example:
        >>> said = OutboundMessage("Hello", custom_profile_id="5001")
        >>> signed(said, "Acme Assistant").text.splitlines()
        ['Hello', '', '— Acme Assistant']
    """
    text = under(message.text, name) if name else message.text
    bare = replace(message, text=text, custom_profile_id="", speaker="")
    capabilities.check(bare, capabilities.X_V1)
    return bare


def under(text: str, name: str) -> str:
    """Write a name under a text, which may be empty."""
    return f"{text}\n\n\u2014 {name}".lstrip()
