"""Direct Messages: sending, showing and listing."""

from __future__ import annotations

import itertools
from datetime import datetime

from roost.simulator import media_use, message_checks, messaging, paging, profiles, views
from roost.simulator.calls import JSON, Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import MessageEntry
from roost.simulator.json_path import Node
from roost.simulator.messaging import Along
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import LISTED_FOR
from roost.xapi.wire_dm import EventList, OneEvent

_PROFILE = "event.message_create.custom_profile_id"


@responds("dm.events.new", counts_itself=True)
async def new(simulation: Simulation, asked: ApiCall) -> Answer:
    """Send a message. The answer names no app, though lists and webhooks will."""
    if asked.call.media_type not in {JSON, ""}:
        raise Refusal(Answer(415), reason=f"content type {asked.call.media_type!r}")
    wanted = message_checks.read(asked.call.body)
    world = simulation.world
    recipient = world.users.get(wanted.recipient_id)
    if recipient is None:
        raise refusal(50, reason=f"there is no user {wanted.recipient_id}")
    sender = world.users[asked.caller.user_id]
    if not messaging.may_write(world, sender, recipient):
        raise refusal(349)
    if not messaging.is_open_to(world, sender, recipient):
        raise refusal(476)
    profiles.check(world, sender.user_id, wanted.custom_profile_id, _PROFILE)
    if wanted.media_id:
        media_use.claim(world, wanted.media_id, sender.user_id)
    messaging.count(simulation, sender.user_id, recipient.user_id, app_id=asked.caller.app_id)
    message, _ = messaging.send(
        simulation,
        sender.user_id,
        recipient.user_id,
        wanted.data,
        app_id=asked.caller.app_id,
        along=Along(wanted.media_id, wanted.custom_profile_id),
    )
    return json_answer(OneEvent(views.event(message, names_app=False)))


@responds("dm.events.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one message to a participant; to others it does not exist."""
    viewer_id = asked.caller.user_id
    message_id = Node(asked.call.parameter("id"), "id").long()
    message = simulation.world.messages.get(message_id)
    if message is None or not messaging.is_for(message, viewer_id):
        raise refusal(34)
    apps = views.apps(simulation.world, [message], viewer_id)
    return json_answer(OneEvent(views.event_for(message, viewer_id), apps))


@responds("dm.events.list")
async def list_events(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's messages of the last 30 days, sent and received, newest first."""
    viewer_id = asked.caller.user_id
    horizon = simulation.clock.now() - LISTED_FOR
    newest_first = simulation.world.mailbox(viewer_id, below=paging.position(asked.call))
    listed = itertools.takewhile(lambda one: _created(one) >= horizon, newest_first)
    page, next_cursor = paging.page(asked.call, listed, lambda one: one.message_id)
    return json_answer(
        EventList(
            events=[views.event_for(message, viewer_id) for message in page],
            next_cursor=next_cursor,
            apps=views.apps(simulation.world, page, viewer_id),
        )
    )


def _created(message: MessageEntry) -> datetime:
    return from_milliseconds(message.created_timestamp)
