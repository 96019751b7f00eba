"""Starting a bot's process: what it is given, and what it is not."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass

from roost.bot import frames
from roost.bot.standing import Standing
from roost.errors import BotError

_SETTINGS = "ROOST_"
"""How the variables begin in which the application's settings are, secrets and keys among them."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A process that was started and has said nothing yet.

    Attributes:
        process: As the system knows it.
        reader: What it says.
        writer: What it is told.
        traces: The end of a pipe in which it writes down where it stands, when asked.
        standing: In which turn it is.
    """

    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    traces: io.FileIO
    standing: Standing


async def launch(reference: str) -> Launched:
    """Start a process that loads a bot.

    Raises:
        BotError: The system starts none, for want of memory, processes or descriptors.
    """
    try:
        return await _launched(reference)
    except OSError as error:
        raise BotError(
            f"no process was started: {error.strerror}",
            place=reference,
            remedy="See what else uses the machine's memory, processes and open files",
        ) from error


async def _launched(reference: str) -> Launched:
    with ExitStack() as unless_started:
        ours, theirs = socket.socketpair()
        unless_started.callback(ours.close)
        with theirs:
            traces_end, theirs_too = os.pipe()
            os.set_blocking(traces_end, False)
            traces = os.fdopen(traces_end, "rb", buffering=0)
            unless_started.callback(traces.close)
            with os.fdopen(theirs_too, "wb"):
                marks = _unnamed()
                unless_started.callback(os.close, marks)
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-B",  # cached bytecode of a file saved twice in a second seems fresh
                    "-m",
                    "roost.bot.host",
                    str(theirs.fileno()),
                    str(theirs_too),
                    str(marks),
                    reference,
                    pass_fds=[theirs.fileno(), theirs_too, marks],
                    start_new_session=True,
                    env=_environment(),
                )
        reader, writer = await asyncio.open_connection(sock=ours, limit=frames.MAX_FRAME_BYTES)
        unless_started.pop_all()
    return Launched(process, reader, writer, traces, Standing(marks))


def _unnamed() -> int:
    """Make a file that has no name, and is gone with those who have it open."""
    with tempfile.TemporaryFile() as made:
        return os.dup(made.fileno())


def _environment() -> dict[str, str]:
    """Give what a bot may know: its own variables, and none of the application's settings.

    It needs no token and no key. What it raises is told in the desk, and may quote all it sees.
    """
    return {name: text for name, text in os.environ.items() if not name.startswith(_SETTINGS)}
