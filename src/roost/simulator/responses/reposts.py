"""Showing a Post, reposting it, and taking that back.

Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference
/post-statuses-retweet-id (archived).
"""

from __future__ import annotations

from roost.simulator import limits, parameters, post_access, post_views, posting
from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import PostEntry
from roost.simulator.json_path import Node
from roost.simulator.post_views import Form, Look
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.xapi.routes import ROUTES


@responds("statuses.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show a Post to somebody who may see it."""
    return _shown(simulation, asked, _post(simulation, asked))


@responds("statuses.retweet", counts_itself=True)
async def repost(simulation: Simulation, asked: ApiCall) -> Answer:
    """Repost a Post once. Counts on the same window as posting."""
    world, caller = simulation.world, asked.caller
    found = _post(simulation, asked)
    post_access.check_acted_on(found)
    original: PostEntry = world.posts.find(found.reposts) or found
    if world.users[original.user_id].protected and original.user_id != caller.user_id:
        raise refusal(179, reason="it is for its author's followers only")
    if _own_repost(simulation, original, caller.user_id) is not None:
        raise refusal(327)
    if world.rules.limits == "on":
        route = ROUTES["statuses.update"]
        counted = limits.meters(route, app_id=caller.app_id, user_id=caller.user_id)
        simulation.limits.take(counted, code=185)
    author = world.users[caller.user_id]
    made = posting.repost(simulation, author, original, app_id=caller.app_id)
    return _shown(simulation, asked, posting.find(world, made.thing_id, caller.user_id))


@responds("statuses.unretweet")
async def take_back(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take a repost back, named by itself or by what it repeats; the latter is what is shown."""
    world, found = simulation.world, _post(simulation, asked)
    original: PostEntry = world.posts.find(found.reposts) or found
    mine = _own_repost(simulation, original, asked.caller.user_id)
    if mine is None:
        raise refusal(144, reason="the caller has not reposted it")
    posting.delete(simulation, mine)
    return _shown(simulation, asked, original)


def _post(simulation: Simulation, asked: ApiCall) -> PostEntry:
    given = asked.path.get("id") or parameters.need(asked.call, "id")
    post_id = Node(given, "id").long()
    return posting.find(simulation.world, post_id, asked.caller.user_id)


def _own_repost(simulation: Simulation, original: PostEntry, user_id: str) -> PostEntry | None:
    reposts = simulation.world.posts.reposts(original.post_id)
    return next((one for one in reposts if one.user_id == user_id), None)


def _shown(simulation: Simulation, asked: ApiCall, post: PostEntry) -> Answer:
    is_extended = asked.call.parameter("tweet_mode") == "extended"
    look = Look(Form.WHOLE if is_extended else Form.CUT, asked.caller.user_id)
    return json_answer(post_views.tweet(simulation.world, post, look))
