"""Welcome messages and their rules as the v1.1 API writes them.

`name` and `source_app_id` stand inside `welcome_message`, as recorded answers have them; X's
documents show `name` beside it.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages (archived).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from roost.xapi.wire_dm import App, MessageData


class WelcomeMessage(msgspec.Struct, frozen=True):
    """A message shown when a conversation is opened; `name` ≤ 100 characters, not shown."""

    message_data: MessageData
    id: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET
    source_app_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    custom_profile_id: str | UnsetType = UNSET


class OneWelcomeMessage(msgspec.Struct, frozen=True):
    """Body of `new` (both ways), and answer of `show` and `update`.

    `name` stands here only where X writes it so, as its documents have it.
    """

    welcome_message: WelcomeMessage
    apps: dict[str, App] | UnsetType = UNSET
    name: str | UnsetType = UNSET


class NewMessageData(msgspec.Struct, frozen=True):
    """Body of `update`, which has no wrapper: what is left out is removed."""

    message_data: MessageData


class WelcomeMessageList(msgspec.Struct, frozen=True):
    """Body of `list`; where there are none it is `{}`."""

    welcome_messages: list[WelcomeMessage] | UnsetType = UNSET
    next_cursor: str | UnsetType = UNSET
    apps: dict[str, App] | UnsetType = UNSET


class WelcomeMessageRule(msgspec.Struct, frozen=True):
    """Which welcome message is the default."""

    welcome_message_id: str
    id: str | UnsetType = UNSET
    created_timestamp: str | UnsetType = UNSET


class OneWelcomeMessageRule(msgspec.Struct, frozen=True):
    """Body of `rules/new` (both ways) and of `rules/show`."""

    welcome_message_rule: WelcomeMessageRule


class WelcomeMessageRuleList(msgspec.Struct, frozen=True):
    """Body of `rules/list`; where there are none it is `{}`."""

    welcome_message_rules: list[WelcomeMessageRule] | UnsetType = UNSET
    next_cursor: str | UnsetType = UNSET
