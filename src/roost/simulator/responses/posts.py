"""Posting and deleting.

Source: https://developer.x.com/en/docs/x-api/v1/tweets/post-and-engage/api-reference
/post-statuses-update (archived).
"""

from __future__ import annotations

import re

import msgspec

from roost.simulator import (
    limits,
    message_checks,
    messaging,
    parameters,
    post_access,
    post_links,
    post_media,
    post_views,
    posting,
    views,
)
from roost.simulator.calls import Answer, Call, json_answer
from roost.simulator.entries import DM_LEVEL, PostEntry, UserEntry
from roost.simulator.json_path import Node
from roost.simulator.post_views import Form, Look
from roost.simulator.posting import Draft
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World
from roost.xapi.wire_dm import MessageData, OneEvent

_DEGREES = {"lat": 90, "long": 180}
_COMMAND = re.compile(r"\s*[dm]\.?\s+@?([A-Za-z0-9_]{1,15})\s+(\S.*)", re.IGNORECASE | re.DOTALL)


@responds("statuses.update", counts_itself=True)
async def update(simulation: Simulation, asked: ApiCall) -> Answer:
    """Post, or send a message where the text is X's shortcut for that."""
    call, world = asked.call, simulation.world
    typed = call.parameter("status").strip()
    _check_coordinates(call)
    if not typed and not call.parameter("media_ids"):
        raise parameters.missing("status")
    command = _COMMAND.fullmatch(typed)
    if command and parameters.flag(call, "fail_dmcommands", default=False):
        raise _failed("the text is a command to send a Direct Message.")
    if command and parameters.flag(call, "enable_dmcommands", default=True):
        return _direct_message(simulation, asked, command)
    author = world.users[asked.caller.user_id]
    draft = _draft(world, asked, author, typed)
    if world.rules.limits == "on":
        caller = asked.caller
        counted = limits.meters(asked.route, app_id=caller.app_id, user_id=caller.user_id)
        simulation.limits.take(counted, code=185)
    post_id = posting.publish(simulation, author, draft).thing_id
    return _shown(world, asked, posting.find(world, post_id, author.user_id))


@responds("statuses.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """Delete one of the caller's Posts."""
    world, post_id = simulation.world, Node(asked.path["id"], "id").long()
    post = posting.find(world, post_id, asked.caller.user_id)
    if post.user_id != asked.caller.user_id:
        raise refusal(179, reason="it is somebody else's")
    answer = _shown(world, asked, post)
    posting.delete(simulation, post)
    return answer


def _draft(world: World, asked: ApiCall, author: UserEntry, typed: str) -> Draft:
    call = asked.call
    link = _attached(world, call, author)
    media_ids = _media(world, call, author)
    if media_ids and link:
        raise refusal(386)
    answered = _answered(world, call, author)
    is_populated = parameters.flag(call, "auto_populate_reply_metadata", default=False)
    if answered is None:
        return Draft(typed, asked.caller.app_id, link=link, media_ids=media_ids)
    if not is_populated and not _is_addressed(world, typed, answered, author):
        return Draft(typed, asked.caller.app_id, link=link, media_ids=media_ids)
    mentions = _mentions(world, call, answered, author) if is_populated else ()
    return Draft(typed, asked.caller.app_id, answered, mentions, link, media_ids)


def _media(world: World, call: Call, author: UserEntry) -> tuple[str, ...]:
    given = call.parameter("media_ids").replace(" ", "")
    ids = [Node(one, "media_ids").long() for one in given.split(",") if one]
    return tuple(entry.media_id for entry in post_media.claim(world, ids, author.user_id))


def _check_coordinates(call: Call) -> None:
    """Refuse a place that is not on earth; where it is, X passes over it for most users."""
    for name, most in _DEGREES.items():
        value = call.parameter(name)
        if not value:
            continue
        try:
            is_possible = abs(float(value)) <= most
        except ValueError:
            is_possible = False
        if not is_possible:
            raise refusal(3, reason=f"{name} is {value!r}, allowed are -{most} to {most}")


def _attached(world: World, call: Call, author: UserEntry) -> str:
    url = call.parameter("attachment_url")
    if not url:
        return ""
    post = world.posts.find(post_links.post_in(url))
    is_post = post_access.is_shown(world, post, author.user_id)
    link = post_links.deep_link_in(url)
    if not is_post and (link is None or link.recipient_id not in world.users):
        raise refusal(44, message="attachment_url parameter is invalid.")
    return url


def _answered(world: World, call: Call, author: UserEntry) -> PostEntry | None:
    value = call.parameter("in_reply_to_status_id")
    if not value:
        return None
    post = world.posts.find(Node(value, "in_reply_to_status_id").long())
    if post is None or not post_access.is_shown(world, post, author.user_id):
        raise refusal(385)
    return post


def _is_addressed(world: World, typed: str, answered: PostEntry, author: UserEntry) -> bool:
    name = world.users[answered.user_id].screen_name
    is_named = re.search(rf"(?<!\w)@{name}(?!\w)", typed, re.IGNORECASE) is not None
    return is_named or answered.user_id == author.user_id


def _mentions(world: World, call: Call, answered: PostEntry, author: UserEntry) -> tuple[str, ...]:
    """Give who X addresses an answer to; the one answered cannot be left out."""
    left_out = set(call.parameter("exclude_reply_user_ids").replace(" ", "").split(","))
    others = dict.fromkeys(posting.mentioned_in(world, answered))
    ids = [answered.user_id, *(one for one in others if one not in left_out | {answered.user_id})]
    return tuple(world.users[one].screen_name for one in ids if one != author.user_id)


def _direct_message(simulation: Simulation, asked: ApiCall, command: re.Match[str]) -> Answer:
    world, sender = simulation.world, simulation.world.users[asked.caller.user_id]
    if asked.caller.access_level != DM_LEVEL:
        raise refusal(93)
    recipient = world.user_by_screen_name(command[1])
    if recipient is None or not messaging.may_write(world, sender, recipient):
        raise refusal(150, reason=f"@{command[1]} cannot be written to")
    message_checks.check_text(command[2])
    messaging.count(simulation, sender.user_id, recipient.user_id, app_id=asked.caller.app_id)
    message, _ = messaging.send(
        simulation,
        sender.user_id,
        recipient.user_id,
        MessageData(text=command[2]),
        app_id=asked.caller.app_id,
    )
    return json_answer(OneEvent(views.event(message, names_app=False)))


def _failed(reason: str) -> Refusal:
    return refusal(151, message=f"There was an error sending your message: {reason}")


def _shown(world: World, asked: ApiCall, post: PostEntry) -> Answer:
    is_extended = asked.call.parameter("tweet_mode") == "extended"
    look = Look(Form.WHOLE if is_extended else Form.CUT, asked.caller.user_id)
    tweet = post_views.tweet(world, post, look)
    if not parameters.flag(asked.call, "trim_user", default=False):
        return json_answer(tweet)
    fields = msgspec.json.decode(msgspec.json.encode(tweet), type=dict[str, msgspec.Raw])
    return json_answer({**fields, "user": {"id": tweet.user.id, "id_str": tweet.user.id_str}})
