"""Welcome messages, their rules, custom profiles and open conversations, as a world holds them."""

from __future__ import annotations

from roost.simulator.entry import Entry, OptionalXId, XId
from roost.xapi import wire_dm


class CustomProfileEntry(Entry, frozen=True, kw_only=True):
    """Another name and picture that a user speaks under; a destroyed one is still remembered."""

    profile_id: XId
    user_id: XId
    created_timestamp: XId = "0"
    name: str
    media_id: XId
    destroyed: bool = False


class WelcomeMessageEntry(Entry, frozen=True, kw_only=True):
    """A message shown to whoever opens a conversation with its user.

    Attributes:
        name: Never shown; `""` for none.
        media_id: Of the media on it; `""` for none.
        data: Its content as X gives it to readers.
    """

    welcome_message_id: XId
    user_id: XId
    created_timestamp: XId = "0"
    app_id: XId
    name: str = ""
    custom_profile_id: OptionalXId = ""
    media_id: OptionalXId = ""
    data: wire_dm.MessageData


class WelcomeRuleEntry(Entry, frozen=True, kw_only=True):
    """Makes a welcome message its user's default; of several the newest counts."""

    rule_id: XId
    user_id: XId
    created_timestamp: XId = "0"
    welcome_message_id: XId


class OpeningEntry(Entry, frozen=True, kw_only=True):
    """A conversation as one of its two users has it open, or had.

    Attributes:
        with_id: The other one.
        is_open: False once the user has left it.
        opened_at: When it was last opened, in milliseconds since 1970.
        welcome_message_id: The welcome message that was shown last; `""` for none.
        shown_at: When that was; likewise.
        text: What a link has put into the composer.
        via_welcome_message_id: What the user's next message will be said to have come from.
        via_post_id: Likewise.
    """

    user_id: XId
    with_id: XId
    is_open: bool = True
    opened_at: XId = "0"
    welcome_message_id: OptionalXId = ""
    shown_at: OptionalXId = ""
    text: str = ""
    via_welcome_message_id: OptionalXId = ""
    via_post_id: OptionalXId = ""
