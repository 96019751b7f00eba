"""Typing, read marks, and deleting messages from one's own view."""

from __future__ import annotations

from roost.simulator import messaging, parameters, signalling
from roost.simulator.calls import Answer
from roost.simulator.entries import UserEntry
from roost.simulator.json_path import Node
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation

_NO_CONTENT = Answer(204)
_BAD_REQUEST = 400


@responds("dm.indicate_typing")
async def indicate_typing(simulation: Simulation, asked: ApiCall) -> Answer:
    """Let the recipient see that the caller is writing."""
    caller = simulation.world.users[asked.caller.user_id]
    recipient = _peer(simulation, asked)
    if not messaging.may_write(simulation.world, caller, recipient):
        raise refusal(349)
    signalling.show_typing(simulation, caller, recipient)
    return _NO_CONTENT


@responds("dm.mark_read")
async def mark_read(simulation: Simulation, asked: ApiCall) -> Answer:
    """Mark what `recipient_id` has written to the caller as read, up to a message."""
    last_read = _number(asked, "last_read_event_id")
    writer = _peer(simulation, asked)
    message = simulation.world.messages.get(last_read)
    caller_id = asked.caller.user_id
    if message is None or not messaging.is_for(message, caller_id):
        raise refusal(34, reason=f"there is no message {last_read}")
    if (message.sender_id, message.recipient_id) != (writer.user_id, caller_id):
        raise refusal(34, reason="the message is not one that recipient_id wrote to the caller")
    signalling.mark_read(simulation, simulation.world.users[caller_id], message)
    return _NO_CONTENT


@responds("dm.events.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """Delete a message for its caller; the other participant keeps it, and nobody is told."""
    message = simulation.world.messages.get(_number(asked, "id"))
    viewer_id = asked.caller.user_id
    if message is None or not messaging.is_for(message, viewer_id):
        raise refusal(34)
    simulation.world.hide_message(message, viewer_id)
    simulation.records.ledger.append(
        "message_hidden", message_id=message.message_id, user_id=viewer_id
    )
    return _NO_CONTENT


def _peer(simulation: Simulation, asked: ApiCall) -> UserEntry:
    user_id = _number(asked, "recipient_id")
    found = simulation.world.users.get(user_id)
    if found is None:
        raise refusal(50, reason=f"there is no user {user_id}")
    return found


def _number(asked: ApiCall, name: str) -> str:
    value = parameters.need(asked.call, name, status=_BAD_REQUEST)
    return Node(value, name).long()
