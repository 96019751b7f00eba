"""Liking Posts, and taking it back."""

from __future__ import annotations

from roost.simulator import liking, parameters, post_access, post_views, posting
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import PostEntry
from roost.simulator.json_path import Node
from roost.simulator.post_views import Form, Look
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation


@responds("favorites.create")
async def create(simulation: Simulation, asked: ApiCall) -> Answer:
    """Like a Post."""
    post = _post(simulation, asked)
    post_access.check_acted_on(post)
    liking.like(simulation, simulation.world.users[asked.caller.user_id], post)
    return _shown(simulation, asked, post)


@responds("favorites.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """No longer like a Post."""
    post = _post(simulation, asked)
    liking.unlike(simulation, simulation.world.users[asked.caller.user_id], post)
    return _shown(simulation, asked, post)


def _post(simulation: Simulation, asked: ApiCall) -> PostEntry:
    post_id = Node(parameters.need(asked.call, "id"), "id").long()
    return posting.find(simulation.world, post_id, asked.caller.user_id)


def _shown(simulation: Simulation, asked: ApiCall, post: PostEntry) -> Answer:
    is_extended = asked.call.parameter("tweet_mode") == "extended"
    look = Look(Form.WHOLE if is_extended else Form.CUT, asked.caller.user_id)
    return json_answer(post_views.tweet(simulation.world, post, look))
