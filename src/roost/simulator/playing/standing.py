"""What X does to a user: suspending, locking, and taking that back.

A suspended user's tokens give 403 with code 64, a locked one's 403 with code 326.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from roost.simulator import actions
from roost.simulator.actions import Act, Action, Done, plays
from roost.simulator.entries import UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.simulation import Simulation


def _standing(change: Callable[[UserEntry], UserEntry]) -> Act:
    def act(simulation: Simulation, user: UserEntry, action: Action) -> Done:
        changed = change(user)
        facts = {"suspended": changed.suspended, "locked": changed.locked}
        simulation.world.put_user(changed)
        simulation.records.ledger.append(action.action, user_id=user.user_id, **facts)
        simulation.live.publish("standing", {"user_id": user.user_id, **facts})
        return actions.done(Happening(user.user_id))

    return act


plays("suspend")(_standing(lambda user: replace(user, suspended=True)))
plays("unsuspend")(_standing(lambda user: replace(user, suspended=False)))
plays("lock")(_standing(lambda user: replace(user, locked=True)))
plays("unlock")(_standing(lambda user: replace(user, locked=False)))
