"""A simulator for tests, within the process or on a port; needs nothing that only tests have."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import msgspec
import uvloop
from litestar.types import ASGIApp
from typing_extensions import override

from roost.errors import RoostError
from roost.simulator import actions, one_shots, serving
from roost.simulator.actions import Action, Done
from roost.simulator.app import Options, Simulator
from roost.simulator.clock import SimulatorClock
from roost.simulator.entries import AppEntry, UserEntry, WorldFile
from roost.simulator.fault_rules import FaultRule
from roost.simulator.records import DeliveryRow
from roost.simulator.simulation import Simulation
from roost.testing.in_process import InProcess
from roost.xapi import oauth1
from roost.xapi.client import XClient

ORIGIN = "http://x.test"
"""Where the simulator is within the process."""

SETTLED_WITHIN = timedelta(seconds=20)
"""How long fixtures wait, in real time, for what has been begun."""

T = TypeVar("T")


class NotDelivered(RoostError):
    """What a test waits for has not been delivered in time."""


class NotInWorld(RoostError, KeyError):
    """A test names a user, an app or a token that its world has not. Names those it has."""

    @override
    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class World:
    """What a test asks of a simulator, whichever way it runs. Its clock stands still.

    Attributes:
        simulation: Its parts.
        url: Where clients find it.
    """

    simulation: Simulation
    url: str

    @property
    def clock(self) -> SimulatorClock:
        """The clock, to be moved: `clock.advance(timedelta(days=1))`."""
        return self.simulation.clock

    def app(self, app_id: str = "") -> AppEntry:
        """Give an app; the first where none is named.

        Raises:
            NotInWorld: There is no such app.
        """
        apps = self.simulation.world.apps
        for app in apps.values():
            if app_id in {"", app.app_id}:
                return app
        raise NotInWorld(f"app_id: there is no app {app_id!r}, only {_listed(apps)}")

    def user(self, name: str) -> UserEntry:
        """Find a user by id or screen name.

        Raises:
            NotInWorld: There is none.
        """
        world = self.simulation.world
        found = world.user_by_screen_name(name) or world.users.get(name)
        if found is None:
            others = _listed(f"@{user.screen_name}" for user in world.users.values())
            raise NotInWorld(f"name: there is no user {name!r}, only {others}")
        return found

    def credentials(self, name: str, app_id: str = "") -> oauth1.Credentials:
        """Give what an app signs with for a user who has given it a token.

        Raises:
            NotInWorld: There is no such user or app, or the user has given the app no token.
        """
        app = self.app(app_id)
        for token in self.user(name).tokens:
            if token.app_id == app.app_id:
                return oauth1.Credentials(
                    app.consumer_key,
                    app.consumer_secret,
                    token.access_token,
                    token.access_token_secret,
                )
        raise NotInWorld(
            f"name: {name!r} has given app {app.app_id!r} ({app.name}) no token; give the user one "
            'in x_world, "tokens": [{"app_id": …}], or let the user do authorize_app'
        )

    def act(self, name: str, action: str, **fields: object) -> Done:
        """Play a user, for example `act("ada", "send_dm", to="acme", text="Hello")`.

        Raises:
            InvalidAction: It cannot be done; names the field.
            NotInWorld: There is no such user.
            msgspec.ValidationError: A field is unknown or of a wrong type.
        """
        to = fields.get("to")
        if isinstance(to, str):
            fields["to"] = self.user(to).user_id
        wanted = msgspec.convert({"action": action, **fields}, Action)
        return actions.perform(self.simulation, self.user(name).user_id, wanted)

    def messages(self) -> Sequence[str]:
        """Give the text of every message there is, oldest first."""
        return [message.data.text for message in self.simulation.world.messages.values()]

    def ledger(self) -> Sequence[Mapping[str, object]]:
        """Give the truth log, oldest line first."""
        lines = self.simulation.records.ledger.text().splitlines()
        return [msgspec.json.decode(line, type=dict[str, object]) for line in lines]

    def faults(self, *rules: FaultRule) -> None:
        """Let these rules strike, and no others; none at all where none is given.

        Those that happen at once, as `RevokeTokenRule`, do so now.

        Raises:
            InvalidAction: A rule asks for what it cannot be matched by; names the field.
        """
        one_shots.put(self.simulation, rules)

    async def delivered(self, n: int) -> Sequence[DeliveryRow]:
        """Wait until there were so many attempts to deliver, and give them, oldest first.

        Raises:
            NotDelivered: There were fewer.
        """
        log, live = self.simulation.records.deliveries, self.simulation.live
        rows: Sequence[DeliveryRow] = ()
        try:
            async with asyncio.timeout(SETTLED_WITHIN.total_seconds()):
                async for _ in live.follow(-1):
                    rows = [row for row in reversed(log.page()) if row.kind == "event"]
                    if len(rows) >= n:
                        return rows
        except TimeoutError as error:
            raise NotDelivered(f"{len(rows)} of {n} attempts to deliver") from error
        raise NotDelivered(f"the simulator stopped after {len(rows)} of {n} attempts")


@dataclass(frozen=True, slots=True)
class InProcessX(World):
    """A simulator in the test's own event loop; nothing goes over a network.

    Attributes:
        asgi: The application itself.
        transport: Carries requests to it and, from it, to what is mounted.
    """

    asgi: ASGIApp
    transport: InProcess

    def mount(self, origin: str, application: ASGIApp) -> None:
        """Let webhooks at an origin be answered by an ASGI application."""
        self.transport.mount(origin, application)

    def client(self, name: str) -> XClient:
        """Give Roost's own client for a user."""
        credentials = self.credentials(name)
        return XClient(credentials, self.transport, self.clock, base_url=self.url)


class ServedX:
    """A simulator on a port of 127.0.0.1, in a thread of its own: for any client library.

    Attributes:
        url: Where it is.
    """

    def __init__(self, world: WorldFile) -> None:
        self._world = world
        self._ready: Future[World] = Future()
        self._stop: asyncio.Event = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="x-server", daemon=True)

    def start(self) -> None:
        """Begin to serve.

        Raises:
            SettingsError: It cannot be served.
        """
        self._thread.start()
        self.url = self._ready.result(SETTLED_WITHIN.total_seconds()).url

    def stop(self) -> None:
        """Stop, and wait for that."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(SETTLED_WITHIN.total_seconds())

    def app(self, app_id: str = "") -> AppEntry:
        """Give an app; the first where none is named."""
        return self._ready.result().app(app_id)

    def user(self, name: str) -> UserEntry:
        """Find a user by id or screen name; see `World.user`."""
        return self._ready.result().user(name)

    def credentials(self, name: str, app_id: str = "") -> oauth1.Credentials:
        """Give what an app signs with for a user; see `World.credentials`."""
        return self._ready.result().credentials(name, app_id)

    def act(self, name: str, action: str, **fields: object) -> Done:
        """Play a user; see `World.act`."""
        return self._within(self._act(name, action, fields))

    def messages(self) -> Sequence[str]:
        """Give the text of every message there is, oldest first."""
        return self._within(self._messages())

    def ledger(self) -> Sequence[Mapping[str, object]]:
        """Give the truth log, oldest line first."""
        return self._within(self._ledger())

    def faults(self, *rules: FaultRule) -> None:
        """Let these rules strike, and no others; see `World.faults`."""
        self._within(self._faults(rules))

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._within(self._advance(by))

    def delivered(self, n: int) -> Sequence[DeliveryRow]:
        """Wait until there were so many attempts to deliver; see `World.delivered`."""
        return self._within(self._ready.result().delivered(n))

    async def _act(self, name: str, action: str, fields: Mapping[str, object]) -> Done:
        return self._ready.result().act(name, action, **fields)

    async def _messages(self) -> Sequence[str]:
        return self._ready.result().messages()

    async def _ledger(self) -> Sequence[Mapping[str, object]]:
        return self._ready.result().ledger()

    async def _faults(self, rules: Sequence[FaultRule]) -> None:
        self._ready.result().faults(*rules)

    async def _advance(self, by: timedelta) -> None:
        self._ready.result().clock.advance(by)

    def _within(self, work: Coroutine[None, None, T]) -> T:
        """Do something in the simulator's own thread."""
        done = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(SETTLED_WITHIN.total_seconds() * 2)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            self._loop = runner.get_loop()
            try:
                runner.run(self._serve())
            except BaseException as error:
                # Whoever waits in another thread has to hear of it, whatever it is.
                if self._ready.done():
                    raise
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        simulator = Simulator(self._world, options=Options(is_clock_frozen=True))
        async with simulator, serving.listening(simulator, "127.0.0.1", 0) as url:
            self._ready.set_result(World(simulator.simulation, url))
            await self._stop.wait()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
