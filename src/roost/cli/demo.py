"""`roost demo`: everything at once, offline."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

import uvloop

from roost.demo import story, world
from roost.demo.controls import DemoFailed
from roost.demo.parent import Demo, Plan
from roost.errors import SettingsError, TransportError
from roost.xapi.transport import aiohttp_transport

_DEFAULT_BOT = "roost.demo.support_desk:bot"
_DATABASE = "roost.db"
_NO_ANSWER = 1
_LAST_PORT = 65_535


def run(
    *,
    bot: str = _DEFAULT_BOT,
    say: str | None = None,
    data: Path | None = None,
    phone_port: int = 8090,
    port: int = 8080,
) -> int:
    """Run the application and an offline X side by side, with a bot, until Ctrl-C.

    Examples: `roost demo`, `roost demo --bot my_bot.py`, `roost demo --say "hello"`

    Args:
        bot: Your own bot, as `my_bot.py` or `package.module:bot`; loaded anew when it is saved.
        say: Write this as the demo's customer, print each step, and stop: exit code 0 if the bot
            answered, 1 if not.
        data: Folder to keep everything in; otherwise a temporary one, removed at the end.
        phone_port: Of the phone; the next free one is taken.
        port: Of the application; the next free one is taken.
    """
    with ExitStack() as stack:
        if data is None:
            data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roost-demo-")))
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                "--data", f"{data}: {error.strerror}", "Name another folder"
            ) from error
        for option, number in (("--phone-port", phone_port), ("--port", port)):
            if not 1 <= number <= _LAST_PORT:
                raise SettingsError(option, f"{number} is no port", f"Use 1 to {_LAST_PORT}")
        is_own = bot == _DEFAULT_BOT
        plan = Plan(data.resolve(), bot, phone_port, port, is_furnished=is_own)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_run(plan, say))


async def _run(plan: Plan, text: str | None) -> int:
    is_fresh = plan.is_furnished and not (plan.data / _DATABASE).exists()
    async with aiohttp_transport() as transport, asyncio.TaskGroup() as tasks:
        demo = Demo(plan, transport, _print)
        running = tasks.create_task(demo.run())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        told = tasks.create_task(_tell(demo, text, is_fresh=is_fresh))
        await asyncio.wait([running, told], return_when=asyncio.FIRST_COMPLETED)
        if text is None:
            await asyncio.wait([running])
        told.cancel()
        running.cancel()
    return 0 if told.done() and not told.cancelled() and told.result() else _NO_ANSWER


async def _tell(demo: Demo, text: str | None, *, is_fresh: bool) -> bool:
    await demo.connected.wait()
    if text is not None:
        return await story.play(demo.controls, text, _print)
    _print(f"phone        {demo.simulator_url}/_sim/phone")
    _print(f"stage        {demo.simulator_url}/_sim/stage")
    _print(f"application  {demo.application_url}")
    if is_fresh:
        await _seed(demo)
    for person in world.AGENTS:
        _print(f"desk         {await demo.entrance(person)}  ({person.name}, {person.role})")
    _print("Ctrl-C stops both.")
    return True


async def _seed(demo: Demo) -> None:
    try:
        await demo.seed()
    except (DemoFailed, TransportError) as error:
        _print(f"demo: not everything could be set up: {error}")


def _print(line: str) -> None:
    print(line, flush=True)
