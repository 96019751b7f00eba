"""What X does to a user, suspending and locking, or to a Post, and taking that back.

A suspended user's tokens give 403 with code 64, a locked one's 403 with code 326. Posts that are
withdrawn give others 404 with code 421, or 422 where they violate rules; limited ones 403 with 425.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from roost.simulator import actions
from roost.simulator.actions import POST_STANDINGS, Act, Action, Done, InvalidAction, plays
from roost.simulator.entries import PostStanding, UserEntry
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


def _post_standing(standing: PostStanding) -> Act:
    def act(simulation: Simulation, user: UserEntry, action: Action) -> Done:
        post = simulation.world.posts.find(action.post_id)
        if post is None or post.user_id != user.user_id:
            raise InvalidAction("post_id", f"there is no Post {action.post_id} of this user")
        simulation.world.posts.change(replace(post, standing=standing))
        facts = {"post_id": post.post_id, "user_id": user.user_id, "standing": standing}
        simulation.records.ledger.append("post_standing", **facts)
        simulation.live.publish("post_standing", facts)
        return actions.done(Happening(post.post_id))

    return act


for _name, _standing_then in POST_STANDINGS.items():
    plays(_name)(_post_standing(_standing_then))
