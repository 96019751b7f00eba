"""Direct Messages: sending, showing and listing."""

from __future__ import annotations

import base64
import binascii
import itertools
from datetime import datetime

from msgspec import UNSET

from roost.simulator import message_checks, messaging, views
from roost.simulator.calls import JSON, Answer, json_answer
from roost.simulator.clock import from_milliseconds
from roost.simulator.entries import MessageEntry
from roost.simulator.json_path import Node, malformed
from roost.simulator.limits import Meter
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import LISTED_FOR
from roost.xapi.routes.route import DAY, Window
from roost.xapi.wire_dm import EventList, OneEvent

_COUNT = 20
_MOST = 50


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
    _count(simulation, asked, recipient.user_id)
    message, _ = messaging.send(
        simulation,
        sender.user_id,
        recipient.user_id,
        wanted.data,
        app_id=asked.caller.app_id,
    )
    return json_answer(OneEvent(views.event(message, names_app=False)))


@responds("dm.events.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one message to a participant; to others it does not exist."""
    viewer_id = asked.caller.user_id
    message_id = Node(asked.call.parameter("id"), "id").long()
    message = simulation.world.messages.get(message_id)
    if message is None or viewer_id not in {message.sender_id, message.recipient_id}:
        raise refusal(34)
    apps = views.apps(simulation.world, [message], viewer_id)
    return json_answer(OneEvent(views.event_for(message, viewer_id), apps))


@responds("dm.events.list")
async def list_events(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's messages of the last 30 days, sent and received, newest first."""
    viewer_id = asked.caller.user_id
    count = _count_asked(asked.call.parameter("count"))
    horizon = simulation.clock.now() - LISTED_FOR
    cursor = asked.call.parameter("cursor")
    newest_first = simulation.world.mailbox(viewer_id, below=_position(cursor) if cursor else None)
    listed = itertools.takewhile(lambda one: _created(one) >= horizon, newest_first)
    found = list(itertools.islice(listed, count + 1))
    page = found[:count]
    return json_answer(
        EventList(
            events=[views.event_for(message, viewer_id) for message in page],
            next_cursor=UNSET if page == found else _cursor(page[-1].message_id),
            apps=views.apps(simulation.world, page, viewer_id),
        )
    )


def _count(simulation: Simulation, asked: ApiCall, recipient_id: str) -> None:
    rules, caller = simulation.world.rules, asked.caller
    is_free = simulation.allowance.use(by=caller.user_id, recipient=recipient_id)
    if is_free or rules.limits == "off":
        return
    name = asked.route.name
    per_user = Meter((name, "user", caller.user_id), Window(rules.user_dm_per_24h, DAY))
    per_app = Meter((name, "app", caller.app_id), Window(rules.app_dm_per_24h, DAY, per="app"))
    simulation.limits.take([per_user, per_app])


def _count_asked(text: str) -> int:
    if not text:
        return _COUNT
    count = int(Node(text, "count").long())
    if not 1 <= count <= _MOST:
        raise malformed(f"count: {count} is not within 1 and {_MOST}")
    return count


def _created(message: MessageEntry) -> datetime:
    return from_milliseconds(message.created_timestamp)


def _cursor(message_id: str) -> str:
    return base64.urlsafe_b64encode(message_id.encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars="-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Node(cursor, "cursor").invalid("cursor") from error
    return int(Node(text, "cursor").long())
