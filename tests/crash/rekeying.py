"""`roost accounts rekey`, killed by SIGKILL right before the step of the number given first.

Steps are the ends of transactions and the moments at which a file is brought to the disk.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from roost.cli import app
from roost.store.durable import DurableStore
from roost.store.transaction import Transaction

Unit = Callable[[Transaction], Awaitable[object]]


def main(last: int, arguments: list[str]) -> int:
    """Run the verb until the step, or to its end where there is no such step."""
    steps = itertools.count(1)

    def step() -> None:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    to_disk, manage = os.fsync, DurableStore.manage

    def fsync(descriptor: int) -> None:
        step()
        to_disk(descriptor)

    async def managed(self: DurableStore, unit: Unit, *, is_durable: bool = True) -> object:
        done = await manage(self, unit, is_durable=is_durable)
        step()
        return done

    os.fsync, DurableStore.manage = fsync, managed
    return app.main(arguments)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
