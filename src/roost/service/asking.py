"""A call that the running application does, or this process where none runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from roost.errors import StoreUnavailable
from roost.service import databases
from roost.settings import Role, Settings
from roost.store import control
from roost.store.control import Call
from roost.store.durable import DurableStore


async def ask(
    settings: Settings,
    here: Callable[[DurableStore], Mapping[str, Call]],
    call: str,
    /,
    **args: object,
) -> object:
    """Have a call done once: in the running application, or here where none runs.

    Args:
        settings: Name the data folder and the database.
        here: Gives the calls over a database that this process has opened.
        call: The call's name.
        **args: Its arguments; anything JSON can carry.

    Raises:
        StoreError: The application refused, or the database cannot be used.
        NotPossible: It cannot be done.
    """
    try:
        return await control.ask(settings.data / control.SOCKET, call, **args)
    except StoreUnavailable:
        pass  # nobody runs, so the database is ours to open
    async with databases.opened(settings, Role.ALL) as store:
        return await here(store)[call](**args)
