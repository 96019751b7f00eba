"""The demo's parent: starts simulator and application, restarts what dies, says so."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from roost.demo import furniture, seeding, world
from roost.demo.child import Child
from roost.demo.controls import Application, Controls, DemoFailed, Notice
from roost.errors import StoreError
from roost.service import notices
from roost.store import control
from roost.xapi.clock import SystemClock
from roost.xapi.transport import Transport

STARTS_WITHIN = 60.0
"""Seconds a child has to answer."""

_TRIES = 50
_LOOK_AGAIN = 0.05
_ENTRANCES = 1_000
"""How often a link to the desk may be opened: this is a playground, in several browsers too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo is to run.

    Attributes:
        data: Folder for everything it writes.
        bot: The bot, as `roost serve --bot` takes it.
        simulator_port: Where to begin looking for a free port.
        application_port: Likewise.
        rules: Rules of the simulated X that differ from the real one's.
        is_furnished: Whether the world holds what the demo's own bot needs.
    """

    data: Path
    bot: str
    simulator_port: int = 8090
    application_port: int = 8080
    rules: dict[str, object] = field(default_factory=dict[str, object])
    is_furnished: bool = False


def free_port(wanted: int) -> int:
    """Give `wanted` if it is free, else the next one that is.

    Raises:
        DemoFailed: None of the next 50 is.
    """
    for port in range(wanted, wanted + _TRIES):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return port
    raise DemoFailed(f"no free port from {wanted} to {wanted + _TRIES - 1}")


class Demo:
    """Both processes, and what the phone is told of them.

    Args:
        plan: What to run.
        transport: For the simulator's controls.
        say: Prints one line for the person at the terminal.
    """

    def __init__(self, plan: Plan, transport: Transport, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self._transport = transport
        self._keys = world.Keys()
        self._ports = free_port(plan.simulator_port), free_port(plan.application_port)
        self._private = plan.data
        self._application: Child | None = None
        self._state = Application("down", "starting", url=self.application_url)
        self._died_at: float | None = None
        self._was_killed = False
        self._is_application_up = False
        self._simulator_up = asyncio.Event()
        self.controls = Controls(transport, self.simulator_url)
        self.connected = asyncio.Event()

    @property
    def simulator_url(self) -> str:
        """Where the simulator answers."""
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def application_url(self) -> str:
        """Where the application answers."""
        return f"http://127.0.0.1:{self._ports[1]}"

    async def entrance(self, person: world.Agent) -> str:
        """Give a link under which one of the demo's people is in the desk with one click.

        Waits where the application is just being restarted.
        """
        async with asyncio.timeout(STARTS_WITHIN):
            while True:
                try:
                    return str(await self._ask_for_entrance(person))
                except StoreError:
                    await asyncio.sleep(_LOOK_AGAIN)

    async def _ask_for_entrance(self, person: world.Agent) -> object:
        return await control.ask(
            self._plan.data / control.SOCKET,
            "entrance",
            login=person.login,
            name=person.name,
            role=person.role,
            uses=_ENTRANCES,
        )

    async def seed(self) -> None:
        """Let happen what has happened before anybody looks; see `roost.demo.seeding`.

        Raises:
            DemoFailed: Somebody refused, or did not answer in time.
        """
        desks: list[seeding.Desk] = []
        for person in world.AGENTS:
            desk = seeding.Desk(self._transport, self.application_url)
            await desk.enter(await self.entrance(person))
            desks.append(desk)
        await seeding.seed(self.controls, *desks)

    def kill_application(self) -> None:
        """End the application as a crash would; it is restarted."""
        if self._application is not None:
            self._was_killed = True
            self._application.kill()

    async def run(self) -> None:
        """Run both until cancelled; both are stopped then."""
        with tempfile.TemporaryDirectory(prefix="roost-world-") as folder:
            self._private = Path(folder)
            furnished = furniture.rows(SystemClock().now()) if self._plan.is_furnished else None
            world.write(self._private / "world.json", self._keys, self._plan.rules, furnished)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_simulator())
                tasks.create_task(self._keep_application())

    async def _keep_simulator(self) -> None:
        arguments = ["simulate", "--quiet", "--world", str(self._private / "world.json")]
        arguments += ["--port", str(self._ports[0])]
        while True:
            child = await Child.start(arguments, pipe_option="--control-fd", environment={})
            try:
                async with asyncio.TaskGroup() as tasks:
                    looking = tasks.create_task(self._wait_for_simulator())
                    async for line in child.reports():
                        if msgspec.json.decode(line) == {"action": "kill"}:
                            self.kill_application()
                    code = await child.wait()
                    looking.cancel()
            finally:
                await child.stop()
            self._give_up_unless(self._simulator_up.is_set(), "simulator", code)
            self._say("simulator died; restarting both with a new and empty world")
            self._simulator_up.clear()
            self.kill_application()

    async def _keep_application(self) -> None:
        environment = world.environment(
            self._keys, x_base_url=self.simulator_url, port=self._ports[1], data=self._plan.data
        )
        environment |= furniture.environment() if self._plan.is_furnished else {}
        environment["ROOST_CLOCK"] = "simulator"  # so that the phone's "+1 day" moves both
        environment["ROOST_SETTINGS"] = str(self._private / "settings.toml")
        (self._private / "settings.toml").touch()
        arguments = ["serve", "--quiet", "--reload", "--bot", self._plan.bot]
        while True:
            child = await Child.start(
                arguments, pipe_option="--notices-fd", environment=environment
            )
            self._application, self._is_application_up = child, False
            try:
                async for line in child.reports():
                    await self._hear(msgspec.json.decode(line, type=notices.Notice))
                code = await child.wait()
            finally:
                self._application = None
                await child.stop()
            self._died_at = time.monotonic()
            how = "killed" if self._was_killed else f"died (exit code {code})"
            if not self._was_killed:
                self._give_up_unless(self._is_application_up, "application", code)
            await self._tell("down", f"application {how}; restarting")

    @staticmethod
    def _give_up_unless(was_up: object, name: str, code: int) -> None:
        """Restart what has worked; what never has would fail again."""
        if not was_up:
            raise DemoFailed(f"the {name} did not start (exit code {code}); see above for why")

    async def _hear(self, notice: notices.Notice) -> None:
        match notice.kind:
            case "ready":
                await self._hear_ready(notice.waiting)
            case "connected":
                self.connected.set()
            case "bot_error":
                place = f"{notice.file}:{notice.line}" if notice.line else notice.file
                self._say(f"bot: {place}: {notice.text}. {notice.remedy}.")
                shown = Notice("bot", "error", notice.text, notice.file, notice.line, notice.remedy)
                await self._tell(self._state.state, self._state.text, [shown])
            case "bot_well":
                if self._state.notices:
                    self._say("bot: loaded again")
                await self._tell(self._state.state, self._state.text, [])
            case _ if self._simulator_up.is_set():
                self._say(f"application: {notice.kind.replace('_', ' ')}: {notice.text}")
            case _:
                pass  # it tries again until the simulator, which starts beside it, answers

    async def _hear_ready(self, n_waiting: int) -> None:
        text = "running"
        if self._died_at is not None:
            took = time.monotonic() - self._died_at
            events = "event" if n_waiting == 1 else "events"
            how = "killed" if self._was_killed else "died"
            text = f"application {how}; restarted in {took:.1f} s; {n_waiting} {events} waiting"
            self._say(text)
        self._died_at, self._was_killed, self._is_application_up = None, False, True
        await self._tell("running", text)

    async def _tell(self, state: str, text: str, shown: Sequence[Notice] | None = None) -> None:
        kept = self._state.notices if shown is None else list(shown)
        self._state = Application(state, text, kept, self.application_url)
        await self._show()

    async def _show(self) -> None:
        """Show the state on the phone, unless the simulator is not up yet and will be told then."""
        if self._simulator_up.is_set():
            await self.controls.tell(self._state)

    async def _wait_for_simulator(self) -> None:
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                while True:
                    if await self.controls.is_answering():
                        break
                    await asyncio.sleep(_LOOK_AGAIN)
        except TimeoutError as error:
            raise DemoFailed(
                f"the simulator did not answer at {self.simulator_url} in {STARTS_WITHIN:.0f} s;"
                " perhaps another program has just taken that port: start again"
            ) from error
        self._simulator_up.set()
        await self._show()
