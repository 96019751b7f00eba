"""A process that has loaded everything once, and makes an application by forking itself.

Run by `tests.crash.lives` as `python -m tests.crash.nursery FD`. Orders are lines of JSON. A life
that has ended is not reaped before the next order, so that its process id stays its own. One that
is told of a bot has the bot's processes too.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

import uvloop
from tests.crash import bots, hosts

from roost import settings as configuration
from roost.demo import world as demo
from roost.service import composition, logs, serving
from roost.service.composition import Serving


def warm_up() -> None:
    """Live once up to the first request, so that what is made once for all is there for every life.

    No thread and no descriptor of it stays behind.
    """

    async def answer_nothing(*_: object, **__: object) -> None:
        return

    with tempfile.TemporaryDirectory() as folder:
        environment = demo.environment(
            demo.Keys(), x_base_url="http://127.0.0.1:9", port=9, data=Path(folder)
        )
        settings = Path(folder) / "settings.toml"
        settings.touch()
        given = {
            **environment,
            "ROOST_SETTINGS": str(settings),
            "ROOST_CONNECT_AT_START": "false",
            "ROOST_PORT": "0",
        }
        before, real = dict(os.environ), serving.serve
        serving.serve = answer_nothing
        try:
            serve(given)
        finally:
            serving.serve = real
            os.environ.clear()
            os.environ.update(before)


def serve(environment: Mapping[str, str]) -> None:
    """Be the application, until killed or told to stop."""
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    reference = environment.get(hosts.BOT, bots.REFERENCE)
    found = configuration.load(environ=os.environ, bots=(reference,))
    configuration.check_servable(found)
    logs.configure(found.log_format, is_quiet=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(composition.serve(found, Serving()))


def live(environment: Mapping[str, str]) -> None:
    """Be the application to the end of this process, which does not come back from here."""
    status = 1
    try:
        if hosts.BOT in environment:
            hosts.prepare(environment)
        serve(environment)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def main() -> None:
    """Fork a life for each order, and say how it ended."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    bots.decide_within_this_process()
    warm_up()
    gc.collect()
    gc.freeze()
    with connection.makefile("rwb") as stream:
        say(stream, {"is_ready": True})
        last = 0
        for order in stream:
            if last:
                os.waitpid(last, 0)
            last = os.fork()
            if last == 0:
                connection.close()
                live(json.loads(order))
            say(stream, {"pid": last})
            ended = os.waitid(os.P_PID, last, os.WEXITED | os.WNOWAIT)
            say(stream, {"signal": ended.si_status if ended.si_code != os.CLD_EXITED else 0})


def say(stream, fact: Mapping[str, object]) -> None:
    """Tell whoever gives the orders."""
    stream.write(json.dumps(fact).encode() + b"\n")
    stream.flush()


if __name__ == "__main__":
    main()
