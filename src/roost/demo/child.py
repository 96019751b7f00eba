"""One child process of the demo: started, listened to, killed, waited for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence

STOPS_WITHIN = 10.0
"""Seconds a child has to stop by itself."""


class Child:
    """A running `roost` verb that reports on a pipe, one JSON object a line."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        lines: asyncio.StreamReader,
        pipe: asyncio.ReadTransport,
    ) -> None:
        self._process = process
        self._lines = lines
        self._pipe = pipe

    @classmethod
    async def start(
        cls, arguments: Sequence[str], *, pipe_option: str, environment: Mapping[str, str]
    ) -> Child:
        """Start `roost` with arguments, in a session of its own so that Ctrl-C is ours.

        The settings of whoever runs the demo do not reach it.

        Args:
            arguments: What follows `roost`.
            pipe_option: The option that takes the pipe's file descriptor.
            environment: Set beside what this process has.
        """
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "roost",
                *arguments,
                pipe_option,
                str(writing),
                pass_fds=[writing],
                env={**_inherited(), **environment},
                start_new_session=True,
            )
        finally:
            os.close(writing)
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        pipe, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(reading, "rb")
        )
        return cls(process, lines, pipe)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def reports(self) -> AsyncGenerator[bytes]:
        """Give each line the child reports, until it is gone."""
        async for line in self._lines:
            yield line

    async def wait(self) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        return await self._process.wait()

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL)."""
        self._send(signal.SIGKILL)

    async def stop(self) -> None:
        """End it properly (SIGTERM), and by force if it takes too long."""
        self._send(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOPS_WITHIN):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        finally:
            self._pipe.close()

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def _inherited() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("ROOST_")}
