"""The simulator as an ASGI application by itself: for any server, and for others to mount.

`uvicorn roost.simulator.hosted:app` serves the built-in world.
"""

from __future__ import annotations

from contextlib import AsyncExitStack

from litestar.types import LifeSpanReceive, LifeSpanSend, Receive, Scope, Send

from roost.errors import RoostError
from roost.simulator.app import Options, Simulator
from roost.simulator.entries import WorldFile


class Hosted:
    """X, offline, that lives as long as the server it is served by.

    It begins when the server tells of its start (ASGI's *lifespan*), and ends with it. Each start
    begins anew, with the world as it was given or, with a state file, as it was left.
    """

    def __init__(self, world: WorldFile | None = None, *, options: Options | None = None) -> None:
        """Prepare one.

        Args:
            world: What there is at first; the built-in world where left out.
            options: How to run.
        """
        self._world, self._options = world, options
        self._running: Simulator | None = None

    @property
    def simulator(self) -> Simulator:
        """The simulator, while it runs.

        Raises:
            NotStarted: The server has told nothing of its start, or has stopped.
        """
        if self._running is None:
            raise NotStarted
        return self._running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, or live through the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.simulator.asgi(scope, receive, send)

    async def _live(self, receive: LifeSpanReceive, send: LifeSpanSend) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            simulator = Simulator(self._world, options=self._options)
            try:
                self._running = await stack.enter_async_context(simulator)
            except RoostError as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            stack.callback(self._end)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _end(self) -> None:
        self._running = None


class NotStarted(RoostError):
    """A server that speaks no ASGI lifespan serves the simulator, or has ended it."""

    def __init__(self) -> None:
        super().__init__(
            "the simulator has not been started: serve it with ASGI's lifespan on"
            " (uvicorn: --lifespan on), and hand that on where it is mounted"
        )


app = Hosted()
"""The built-in world."""
