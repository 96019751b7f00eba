"""`roost simulate`: run X, offline, by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from roost.cli import supervised
from roost.cli.sim_calls import VARIABLE
from roost.errors import SettingsError
from roost.simulator import serving, world_file
from roost.simulator.app import Options, Simulator
from roost.simulator.entries import WorldFile

SHORTEST_TOKEN = 16
"""Characters; who has the token may do everything the phone can."""

_TOKEN = re.compile(rf"[!-~]{{{SHORTEST_TOKEN},}}")


async def run(  # noqa: PLR0913 - one parameter for each option of the command
    *,
    host: str = "127.0.0.1",
    port: int = 8090,
    world: Path | None = None,
    state: Path | None = None,
    strict: bool = False,
    clock: Literal["real", "virtual"] = "real",
    quiet: bool = False,
    ledger: Path | None = None,
    token: Annotated[str, Parameter(env_var=VARIABLE, show_default=False)] = "",
    control_fd: Annotated[int | None, Parameter(show=False)] = None,
) -> None:
    """Run X, offline, until it is interrupted.

    Example: `roost simulate --port 8090 --world world.json`, then open the address it prints.

    Args:
        host: Address to listen at. `/_sim` answers only this machine, whatever is given here,
            unless there is a token.
        port: Port to listen at; where it is taken, the next free one; 0 for any.
        world: World file to start from; a small built-in world where left out.
        state: File to keep the world in, made where it is missing; what it holds goes before
            `--world`.
        strict: Take only webhook URLs that X takes, https and no port, and calls under other names
            than this machine's only by TLS (code 92).
        clock: `virtual` stands still until it is moved through `/_sim/clock`.
        quiet: Do not print the address.
        ledger: File to append a line to for everything that exists or goes over the wire.
        token: Lets whoever sends it as a bearer token use `/_sim` from other machines and under
            other names; 16 characters or more of ASCII that can be seen. Better kept in the
            environment than typed.
        control_fd: File descriptor that orders for whoever started this are written to.

    Raises:
        SettingsError: The world file or the token is wrong, or no port could be had.
    """
    if control_fd is not None:
        supervised.end_with_parent()
    options = Options(
        is_strict=strict,
        is_clock_frozen=clock == "virtual",
        ledger=ledger,
        state=state,
        control_fd=control_fd,
        token=_checked(token),
    )
    file = world_file.built_in() if world is None else _read(world)
    await serving.serve(Simulator(file, options=options), host, port, is_quiet=quiet)


def _checked(token: str) -> str:
    if token and not _TOKEN.fullmatch(token):
        raise SettingsError(
            "token",
            f"has {len(token)} characters, not {SHORTEST_TOKEN} or more, or not all can be seen",
            "Make one with `openssl rand -hex 16`.",
        )
    return token


def _read(path: Path) -> WorldFile:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(str(path), str(error.strerror), "Name a world file.") from error
    return world_file.read(text, source=str(path))
