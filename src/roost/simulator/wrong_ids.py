"""A message that is answered as sent, under the id of another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from roost.simulator.calls import Answer, json_answer
from roost.simulator.entries import MessageEntry
from roost.simulator.fault_rules import WrongIdRule
from roost.simulator.registry import ApiCall
from roost.simulator.world import World
from roost.xapi.wire_dm import OneEvent, Target


async def respond(
    world: World, rule: WrongIdRule, asked: ApiCall, carry_out: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Answer a new message under a wrong id, sent or not.

    Raises:
        Refusal: X refuses it, of itself.
    """
    user_id = asked.caller.user_id
    try:
        new = msgspec.json.decode(asked.call.body, type=OneEvent).event.message_create
    except msgspec.DecodeError:
        return await carry_out()
    other = _other(world, rule, user_id, new.target.recipient_id)
    told = asked.call.body
    if rule.when == "after":
        told = (await carry_out()).body
    event = msgspec.json.decode(told, type=OneEvent).event
    create = event.message_create
    if rule.of == "elsewhere" and other is not None:
        create = msgspec.structs.replace(create, target=Target(other.recipient_id))
    x_id = "x" if other is None else other.message_id
    return json_answer(OneEvent(msgspec.structs.replace(event, id=x_id, message_create=create)))


def _other(world: World, rule: WrongIdRule, user_id: str, recipient_id: str) -> MessageEntry | None:
    if rule.of == "letter":
        return None
    if rule.of == "earlier":
        return next(iter(world.conversation(user_id, recipient_id)), None)
    theirs = (
        one
        for one in world.mailbox(user_id)
        if recipient_id not in {one.sender_id, one.recipient_id}
    )
    return next(theirs, None)
