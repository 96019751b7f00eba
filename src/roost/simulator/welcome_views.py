"""Welcome messages, their rules and custom profiles as X shows them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from roost.simulator import attachments, media_entries
from roost.simulator.welcome_entries import (
    CustomProfileEntry,
    WelcomeMessageEntry,
    WelcomeRuleEntry,
)
from roost.simulator.world import World
from roost.xapi.wire_dm import App
from roost.xapi.wire_profiles import Avatar, AvatarMedia, CustomProfile
from roost.xapi.wire_welcome import OneWelcomeMessage, WelcomeMessage, WelcomeMessageRule


def welcome_message(entry: WelcomeMessageEntry) -> WelcomeMessage:
    """Show a welcome message."""
    return WelcomeMessage(
        id=entry.welcome_message_id,
        created_timestamp=entry.created_timestamp,
        message_data=entry.data,
        source_app_id=entry.app_id,
        name=entry.name or UNSET,
        custom_profile_id=entry.custom_profile_id or UNSET,
    )


def one(world: World, entry: WelcomeMessageEntry) -> OneWelcomeMessage:
    """Show a welcome message with the app that made it."""
    return OneWelcomeMessage(welcome_message(entry), apps(world, [entry]))


def apps(world: World, entries: Iterable[WelcomeMessageEntry]) -> dict[str, App] | UnsetType:
    """Give the `apps` map of welcome messages; unset where there are none."""
    named = {entry.app_id: world.named_app(entry.app_id) for entry in entries}
    shown = {app_id: App(app.app_id, app.name, app.url) for app_id, app in named.items()}
    return shown or UNSET


def rule(entry: WelcomeRuleEntry) -> WelcomeMessageRule:
    """Show a rule."""
    return WelcomeMessageRule(
        id=entry.rule_id,
        created_timestamp=entry.created_timestamp,
        welcome_message_id=entry.welcome_message_id,
    )


def custom_profile(world: World, entry: CustomProfileEntry) -> CustomProfile:
    """Show a custom profile."""
    file = f"{media_entries.stem(entry.media_id)}.jpg"
    url = attachments.avatar_url(file, world.rules)
    return CustomProfile(
        id=entry.profile_id,
        created_timestamp=entry.created_timestamp,
        name=entry.name,
        avatar=Avatar(AvatarMedia(url=url)),
    )


def custom_profiles(world: World, ids: Iterable[str]) -> dict[str, CustomProfile]:
    """Show the custom profiles of some ids, those that X has had, by id."""
    return {
        profile_id: custom_profile(world, world.custom_profiles[profile_id])
        for profile_id in ids
        if profile_id in world.custom_profiles
    }
