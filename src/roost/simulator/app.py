"""A running simulator, to be entered with `async with`."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from roost.errors import SettingsError
from roost.simulator import network, world_file
from roost.simulator import records as logs
from roost.simulator.application import Application
from roost.simulator.asgi import SimulatorAsgi
from roost.simulator.attempts import Poster
from roost.simulator.authentication import Authenticator
from roost.simulator.background import Background
from roost.simulator.clock import SimulatorClock, SystemClock, milliseconds
from roost.simulator.controls.app import controls
from roost.simulator.courier import Courier
from roost.simulator.entries import WorldFile
from roost.simulator.faults import Faults
from roost.simulator.gate import Gate
from roost.simulator.ledger import Ledger
from roost.simulator.limits import RateLimits, ReplyAllowance
from roost.simulator.live import Live
from roost.simulator.records import Log, Records
from roost.simulator.replays import Replays
from roost.simulator.simulation import Simulation
from roost.simulator.state_file import StateFile
from roost.simulator.webhooks import Webhooks
from roost.simulator.world import World
from roost.xapi.transport import Transport


@dataclass(frozen=True, slots=True)
class Options:
    """How a simulator is run.

    Attributes:
        is_strict: Whether X's rules for webhook URLs hold, `https` and no port, and calls under
            names of other machines have to come by TLS.
        is_clock_frozen: Whether the clock stands still until it is moved.
        ledger: A file that all of the ledger is appended to.
        control_fd: Where whoever started the simulator listens for orders.
        state: A file that the world is kept in; where there is one already, it is the world.
        token: Lets others than this machine use `/_sim`; `""` for nobody.
    """

    is_strict: bool = False
    is_clock_frozen: bool = False
    ledger: Path | None = None
    control_fd: int | None = None
    state: Path | None = None
    token: str = ""


class Simulator:
    """X, offline. Entering it opens the way to webhooks and begins periodic challenges.

    Attributes:
        asgi: The ASGI application; any server may serve it.
        simulation: The parts it consists of.

    Example:
        >>> from roost.simulator import world_file
        >>> async def main() -> None:
        ...     async with Simulator(world_file.built_in()) as simulator:
        ...         print(simulator.simulation.world.users["1001"].screen_name)
        >>> import asyncio
        >>> asyncio.run(main())
        acme
    """

    asgi: SimulatorAsgi
    simulation: Simulation

    def __init__(
        self,
        world: WorldFile | None = None,
        *,
        options: Options | None = None,
        clock: SimulatorClock | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Prepare one.

        Args:
            world: What there is at first; the built-in world where left out.
            options: How to run.
            clock: Instead of one that begins with the machine's time.
            transport: Instead of the network.
        """
        self._world = world or world_file.built_in()
        self._options = options or Options()
        self._system = SystemClock()
        self._clock = clock or SimulatorClock(
            self._system.now(), is_frozen=self._options.is_clock_frozen
        )
        self._transport = transport
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.simulation = await self._assemble(stack)
            await stack.enter_async_context(self.simulation.keeping())
            self._stack = stack.pop_all()
        options, simulation = self._options, self.simulation
        self.asgi = SimulatorAsgi(simulation, controls(simulation), Gate(options.token))
        simulation.webhooks.watch_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self.close_streams()
        return await self._stack.__aexit__(kind, error, traceback)

    def close_streams(self) -> None:
        """End every open stream and long poll, so that a server can stop at once."""
        self.simulation.live.close()
        self._clock.close()

    async def _assemble(self, stack: AsyncExitStack) -> Simulation:
        options, clock = self._options, self._clock
        state_file = self._state_file(stack)
        world = World(clock, (state_file and state_file.load()) or self._world)
        live = Live(first_id=milliseconds(self._system.now()))
        records = self._records(stack, live)
        transport = self._transport or await stack.enter_async_context(
            network.open_transport(lambda: world.rules.resolve, ca_file=world.rules.webhook_ca_file)
        )
        background = await stack.enter_async_context(Background(clock))
        faults = Faults()
        courier = Courier(world, Poster(world, records, transport), background, faults)
        strict = options.is_strict
        webhooks = Webhooks(world, records, transport, background, faults=faults, is_strict=strict)
        return Simulation(
            initial=self._world,
            clock=clock,
            world=world,
            records=records,
            live=live,
            background=background,
            authenticator=Authenticator(world, [clock, self._system]),
            limits=RateLimits(clock),
            allowance=ReplyAllowance(clock),
            courier=courier,
            webhooks=webhooks,
            replays=Replays(world, webhooks, courier, background),
            faults=faults,
            application=Application(live, records.ledger, options.control_fd),
            state_file=state_file,
            is_strict=options.is_strict,
        )

    def _records(self, stack: AsyncExitStack, live: Live) -> Records:
        ledger = stack.enter_context(Ledger(self._clock, _open(self._options.ledger)))
        return Records(live, ledger, Log(), Log(), Log(), Log(logs.CHANGES_KEPT))

    def _state_file(self, stack: AsyncExitStack) -> StateFile | None:
        path = self._options.state
        return None if path is None else stack.enter_context(StateFile(path, self._system))


def _open(path: Path | None) -> BinaryIO | None:
    if path is None:
        return None
    try:
        return path.open("ab", buffering=0)
    except OSError as error:
        raise SettingsError("ledger", str(error), "Name a file that can be written.") from error
