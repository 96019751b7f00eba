"""The world: look at it, play its users, start over, take it away and bring it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from litestar import Controller, MediaType, Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, RawBody

from roost.simulator import actions, changes, views, visits, welcome_views, world_file
from roost.simulator.actions import Action, Done, InvalidAction
from roost.simulator.controls.parts import Parts
from roost.simulator.entries import UserEntry
from roost.simulator.welcome_entries import OpeningEntry
from roost.simulator.world import World
from roost.xapi.wire_activity import CondensedUser
from roost.xapi.wire_dm import App, MessageEvent
from roost.xapi.wire_profiles import CustomProfile
from roost.xapi.wire_welcome import WelcomeMessage

LARGEST_STATE = 256 * 1024 * 1024
"""Bytes of a state that may be put."""

_SCREEN_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_LONGEST_NAME = 50


class ShownUser(msgspec.Struct, frozen=True):
    """A user for people.

    Attributes:
        is_account: Whether an app holds tokens for it.
        follows: Ids of users; likewise `follow_requests`, `blocks` and `mutes`.
    """

    user_id: str
    screen_name: str
    name: str
    verified: bool
    protected: bool
    suspended: bool
    locked: bool
    is_account: bool
    follows: Sequence[str]
    follow_requests: Sequence[str]
    blocks: Sequence[str]
    mutes: Sequence[str]


class ShownApp(msgspec.Struct, frozen=True):
    """An app for people; no secrets."""

    app_id: str
    name: str


class ShownClock(msgspec.Struct, frozen=True):
    """The time now, in milliseconds since 1970 as a string."""

    now: str


class ShownWorld(msgspec.Struct, frozen=True):
    """Who is there, and what time it is."""

    apps: Sequence[ShownApp]
    users: Sequence[ShownUser]
    clock: ShownClock


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user to add; `name` is the screen name where left out."""

    screen_name: str
    name: str = ""


class ShownOpening(msgspec.Struct, frozen=True):
    """A conversation as the first user has it open, or had.

    Attributes:
        is_open: False once the user has left it.
        opened_at: Milliseconds since 1970.
        shown_at: When a welcome message was shown last; `""` for never.
        text: What a link has put into the composer.
    """

    is_open: bool
    opened_at: str
    shown_at: str
    text: str


class Conversation(msgspec.Struct, frozen=True):
    """Messages between two users, oldest first, and the maps that go with them.

    Attributes:
        welcome: The welcome message the first user sees there; null for none.
        opening: Null where the first user never had it open.
        reads: The latest message read, by the id of who has read it.
    """

    events: Sequence[MessageEvent]
    users: Mapping[str, CondensedUser]
    apps: Mapping[str, App]
    custom_profiles: Mapping[str, CustomProfile]
    welcome: WelcomeMessage | None
    opening: ShownOpening | None
    reads: Mapping[str, str]


class WorldController(Controller):
    """Looking at the world and changing it."""

    path = "/_sim"

    @get("/health")
    async def health(self) -> Mapping[str, bool]:
        """Say that the simulator is ready."""
        return {"ok": True}

    @get("/world")
    async def show(self, parts: Parts) -> ShownWorld:
        """Show who is there."""
        world = parts.world
        return ShownWorld(
            [ShownApp(app.app_id, app.name) for app in world.apps.values()],
            [_shown(user) for user in world.users.values()],
            ShownClock(world.timestamp()),
        )

    @post("/users")
    async def add_user(self, parts: Parts, data: JSONBody[NewUser]) -> ShownUser:
        """Add a user."""
        _check_new(parts.world, data)
        with changes.noting(parts.world, parts.records, cause="add_user"):
            user = _shown(parts.world.add_user(data.screen_name, data.name.strip()))
            parts.live.publish("user", user)
        return user

    @post("/users/{user_id:str}/actions", status_code=200)
    async def act(self, parts: Parts, user_id: FromPath[str], data: JSONBody[Action]) -> Done:
        """Play a user."""
        return actions.perform(parts, user_id, data)

    @get("/conversations")
    async def conversation(
        self,
        parts: Parts,
        user_id: FromQuery[str],
        other_id: Annotated[str, QueryParameter(name="with")],
    ) -> Conversation:
        """Show the messages between two users, as X shows them to the first."""
        world = parts.world
        messages = world.conversation(user_id, other_id)
        apps = {one.app_id: world.named_app(one.app_id) for one in messages}
        opening = world.openings.find(user_id, other_id)
        welcome = visits.in_view(world, opening)
        profiles = dict.fromkeys(one.custom_profile_id for one in messages)
        if welcome is not None:
            profiles[welcome.custom_profile_id] = None
        return Conversation(
            [views.event(one, names_app=True) for one in messages],
            views.users(world, messages),
            {app_id: App(app_id, app.name, app.url) for app_id, app in apps.items()},
            welcome_views.custom_profiles(world, profiles),
            None if welcome is None else welcome_views.welcome_message(welcome),
            None if opening is None else _shown_opening(opening),
            _reads(world, user_id, other_id),
        )

    @post("/reset", status_code=204)
    async def reset(self, parts: Parts) -> None:
        """Return to the world the simulator began with."""
        with changes.noting(parts.world, parts.records, cause="reset", always=True):
            parts.restart(parts.initial)

    @get("/state")
    async def export(self, parts: Parts) -> Response[bytes]:
        """Give everything as a world file."""
        return Response(msgspec.json.encode(parts.world.export()), media_type=MediaType.JSON)

    @put("/state", status_code=204, request_max_body_size=LARGEST_STATE)
    async def replace(self, parts: Parts, body: RawBody) -> None:
        """Put another world in this one's place."""
        world = world_file.read(body, source="state")
        with changes.noting(parts.world, parts.records, cause="put_state", always=True):
            parts.restart(world)


def _shown(user: UserEntry) -> ShownUser:
    return ShownUser(
        user_id=user.user_id,
        screen_name=user.screen_name,
        name=user.name,
        verified=user.verified,
        protected=user.protected,
        suspended=user.suspended,
        locked=user.locked,
        is_account=bool(user.tokens),
        follows=user.follows,
        follow_requests=user.follow_requests,
        blocks=user.blocks,
        mutes=user.mutes,
    )


def _reads(world: World, one: str, other: str) -> Mapping[str, str]:
    pairs = {one: world.reads.get((one, other)), other: world.reads.get((other, one))}
    return {reader: message_id for reader, message_id in pairs.items() if message_id is not None}


def _shown_opening(opening: OpeningEntry) -> ShownOpening:
    return ShownOpening(opening.is_open, opening.opened_at, opening.shown_at, opening.text)


def _check_new(world: World, user: NewUser) -> None:
    if not _SCREEN_NAME.fullmatch(user.screen_name):
        raise InvalidAction("screen_name", "must be 1 to 15 letters, digits or underscores")
    if world.user_by_screen_name(user.screen_name) is not None:
        raise InvalidAction("screen_name", "is taken")
    if len(user.name) > _LONGEST_NAME:
        raise InvalidAction("name", "too long", limit=_LONGEST_NAME, value=len(user.name))
