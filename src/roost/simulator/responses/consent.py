"""The authorize pages: whom the app may act for is decided here, by a person in a browser.

A cookie remembers who that person was last, as being logged in at X does.

Source: https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a
/obtaining-user-access-tokens (docs of 2026-08-22).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie

from roost.simulator import callbacks, consent_pages, granting
from roost.simulator.calls import Answer, Call
from roost.simulator.consent_pages import Choice
from roost.simulator.entries import UserEntry
from roost.simulator.handshakes import PIN, Handshake
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World

_COOKIE = "roost_person"
_YES = frozenset({"true", "1", "t"})
_UNPROCESSABLE = 422


@responds("oauth.authorize")
async def authorize(simulation: Simulation, asked: ApiCall) -> Answer:
    """Ask, every time."""
    return _answer(simulation, asked.call, is_silent=False)


@responds("oauth.authenticate")
async def authenticate(simulation: Simulation, asked: ApiCall) -> Answer:
    """Ask only where the person has not authorized the app before."""
    return _answer(simulation, asked.call, is_silent=True)


@responds("oauth.consent")
async def decide(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take the person's decision and send them back to the app, or show the PIN."""
    call, world = asked.call, simulation.world
    handshake = _handshake(world, call)
    if handshake is None:
        return consent_pages.show_invalid()
    app = world.apps[handshake.app_id]
    if call.parameter("decision") == "deny":
        world.handshakes.end(handshake)
        if handshake.callback == PIN:
            return consent_pages.show_refused(app)
        return _send_back(handshake, {"denied": handshake.token})
    # A handle that was typed says more than the person who was picked before anybody typed.
    is_typed = bool(call.parameter("screen_name").strip())
    user = _named(world, call) if is_typed else world.users.get(call.parameter("user_id"))
    if user is None or user.suspended or call.parameter("decision") != "allow":
        problem = "Pick who you are, and whether you authorize the app."
        people = _people(world, handshake, None)
        choice = replace(_choice(world, handshake, people), problem=problem)
        return consent_pages.ask(choice, status=_UNPROCESSABLE)
    return _agree(simulation, handshake, user)


def _answer(simulation: Simulation, call: Call, *, is_silent: bool) -> Answer:
    world = simulation.world
    handshake = _handshake(world, call)
    if handshake is None:
        return consent_pages.show_invalid()
    must_log_in = call.parameter("force_login").lower() in _YES
    person = _named(world, call) or (None if must_log_in else _remembered(world, call))
    people = _people(world, handshake, person)
    if world.rules.consent == "auto" and people:
        return _agree(simulation, handshake, people[0])
    app = world.apps[handshake.app_id]
    is_known = person is not None and granting.token_for(person, app) is not None
    if person is not None and is_known and is_silent and not must_log_in:
        return _agree(simulation, handshake, person)
    return consent_pages.ask(_choice(world, handshake, people))


def _handshake(world: World, call: Call) -> Handshake | None:
    """Give the request token of a page, unless somebody has decided already."""
    found = world.handshakes.find(call.parameter("oauth_token"))
    return None if found is None or found.verifier else found


def _people(world: World, handshake: Handshake, person: UserEntry | None) -> Sequence[UserEntry]:
    """Give everybody, most likely first: who it was, the app's owner, its accounts, the rest."""
    app = world.apps[handshake.app_id]

    def likelihood(user: UserEntry) -> int:
        if person is not None and user.user_id == person.user_id:
            return 0
        if user.user_id == app.owner_id:
            return 1
        return 2 if granting.token_for(user, app) else 3

    return sorted((user for user in world.users.values() if not user.suspended), key=likelihood)


def _choice(world: World, handshake: Handshake, people: Sequence[UserEntry]) -> Choice:
    is_typed = handshake.callback == PIN
    return Choice(
        token=handshake.token,
        app=world.apps[handshake.app_id],
        access_level=handshake.access_level,
        users=people,
        form_action="'self'" if is_typed else f"'self' {callbacks.origin(handshake.callback)}",
    )


def _agree(simulation: Simulation, handshake: Handshake, user: UserEntry) -> Answer:
    agreed = simulation.world.handshakes.agree(handshake, user.user_id)
    if agreed.callback == PIN:
        answer = consent_pages.show_pin(simulation.world.apps[agreed.app_id], agreed.verifier)
    else:
        fields = {"oauth_token": agreed.token, "oauth_verifier": agreed.verifier}
        answer = _send_back(agreed, fields)
    cookie = f"{_COOKIE}={user.user_id}; Path=/oauth; HttpOnly; SameSite=Lax"
    return replace(answer, headers={**answer.headers, "set-cookie": cookie})


def _send_back(handshake: Handshake, fields: dict[str, str]) -> Answer:
    location = callbacks.address(handshake.callback, fields)
    return Answer(302, b"", {"location": location, "cache-control": "no-store"})


def _named(world: World, call: Call) -> UserEntry | None:
    return world.user_by_screen_name(call.parameter("screen_name").strip().removeprefix("@"))


def _remembered(world: World, call: Call) -> UserEntry | None:
    try:
        found = SimpleCookie(call.headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return None
    return None if found is None else world.users.get(found.value)
