"""Following, blocking and muting other people."""

from __future__ import annotations

from collections.abc import Callable

from roost.simulator import actions, relating
from roost.simulator.actions import Act, Action, Done, plays
from roost.simulator.entries import UserEntry
from roost.simulator.happenings import Happening
from roost.simulator.playing import targets
from roost.simulator.simulation import Simulation


def _relate(change: Callable[[Simulation, UserEntry, UserEntry], Happening]) -> Act:
    def act(simulation: Simulation, user: UserEntry, action: Action) -> Done:
        target = actions.other_user(simulation, action)
        return actions.done(targets.doing("to", lambda: change(simulation, user, target)))

    return act


plays("follow")(_relate(relating.follow))
plays("unfollow")(_relate(relating.unfollow))
plays("block")(_relate(relating.block))
plays("unblock")(_relate(relating.unblock))
plays("mute")(_relate(relating.mute))
plays("unmute")(_relate(relating.unmute))
