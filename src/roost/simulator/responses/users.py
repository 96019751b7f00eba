"""Users: oneself, others, and how far one's limits are used up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from roost.simulator import limits, parameters, post_views, user_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import PostEntry, UserEntry
from roost.simulator.json_path import malformed
from roost.simulator.limits import Standing
from roost.simulator.post_views import Form, Look
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World
from roost.xapi.routes import ROUTES
from roost.xapi.routes.route import QUARTER_HOUR, Route
from roost.xapi.wire_users import FullUser, RateLimitStatus, ResourceLimit

MOST = 100
"""Users that may be looked up at once."""

_NAMES = {"env_name": "instance_name", "webhook_id": "id", "user_id": "id"}
_RESOURCES = {"/users/show": "/users/show/:id"}
_POSTED = frozenset({"/direct_messages/mark_read"})
"""Of what is not read, X lists this alone."""


@responds("account.verify_credentials")
async def verify_credentials(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show the caller. No e-mail address is known of anybody."""
    world = simulation.world
    shown = _shown(asked, world, world.users[asked.caller.user_id])
    if parameters.flag(asked.call, "include_email", default=False):
        shown = replace(shown, email=None)
    return json_answer(shown)


@responds("users.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one user."""
    user = parameters.user(simulation.world, asked.call)
    if user.suspended:
        raise refusal(63)
    return json_answer(_shown(asked, simulation.world, user))


@responds("users.lookup")
async def lookup(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show up to a hundred users; those that are not there are silently missing."""
    ids, names = (
        [one.strip() for one in asked.call.parameter(name).split(",") if one.strip()]
        for name in ("user_id", "screen_name")
    )
    if not ids and not names:
        raise parameters.missing("user_id")
    if len(ids) + len(names) > MOST:
        raise malformed(f"user_id: holds {len(ids) + len(names)}, allowed are 1 to {MOST}")
    world = simulation.world
    named = [world.users.get(user_id) for user_id in ids]
    named += [world.user_by_screen_name(name) for name in names]
    found = {user.user_id: user for user in named if user is not None and not user.suspended}
    if not found:
        raise refusal(17)
    return json_answer([_shown(asked, world, user) for user in found.values()])


@responds("users.lookup.form")
async def lookup_form(simulation: Simulation, asked: ApiCall) -> Answer:
    """Do the same for a list that is too long for a query."""
    return await lookup(simulation, asked)


@responds("application.rate_limit_status")
async def rate_limit_status(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show how far windows of 15 minutes are used up."""
    wanted = set(asked.call.parameter("resources").replace(" ", "").split(",")) - {""}
    resources: dict[str, dict[str, ResourceLimit]] = {}
    for family, name, route in _resources():
        if not wanted or family in wanted:
            standing = _standing(simulation, asked, route)
            resources.setdefault(family, {}).setdefault(name, standing)
    caller, world = asked.caller, simulation.world
    context = (
        {"access_token": caller.oauth["oauth_token"]}
        if caller.user_id
        else {"application": world.apps[caller.app_id].consumer_key}
    )
    return json_answer(RateLimitStatus(context, resources))


def _shown(asked: ApiCall, world: World, user: UserEntry) -> FullUser:
    """Show a user, and the latest Post of one whose Posts are for everybody."""
    with_entities = parameters.flag(asked.call, "include_entities", default=True)
    shown = user_views.full(world, user, with_entities=with_entities)
    latest: PostEntry | None = next(world.posts.by(user.user_id), None)
    is_skipped = parameters.flag(asked.call, "skip_status", default=False)
    is_hidden = user.protected and user.user_id != asked.caller.user_id
    if latest is None or is_skipped or is_hidden:
        return shown
    is_extended = asked.call.parameter("tweet_mode") == "extended"
    look = Look(Form.WHOLE if is_extended else Form.CUT, asked.caller.user_id)
    post = msgspec.json.encode(post_views.tweet(world, latest, look))
    fields = msgspec.json.decode(post, type=dict[str, msgspec.Raw])
    del fields["user"]
    return replace(shown, status=msgspec.Raw(msgspec.json.encode(fields)))


def _resources() -> Iterator[tuple[str, str, Route]]:
    for route in sorted(ROUTES.values(), key=lambda one: one.method != "GET"):
        path = re.sub(r"^/1\.1|\.json$", "", route.path)
        name = re.sub(r"\{(\w+)\}", lambda found: f":{_NAMES.get(found[1], found[1])}", path)
        name = _RESOURCES.get(name, name)
        is_listed = route.method == "GET" or name in _POSTED
        if is_listed and any(window.seconds == QUARTER_HOUR for window in route.windows):
            yield name.split("/")[1], name, route


def _standing(simulation: Simulation, asked: ApiCall, route: Route) -> ResourceLimit:
    caller = asked.caller
    meter, *_ = limits.meters(route, app_id=caller.app_id, user_id=caller.user_id)
    found: Standing = simulation.limits.standing(meter)
    return ResourceLimit(found.limit, found.remaining, _seconds(found.ends_at))


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
