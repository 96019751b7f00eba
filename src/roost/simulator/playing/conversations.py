"""What is seen of a user in a conversation beside messages: that they write, what they read."""

from __future__ import annotations

from roost.simulator import actions, messaging, signalling
from roost.simulator.actions import Action, Done, InvalidAction, plays
from roost.simulator.entries import MessageEntry, UserEntry
from roost.simulator.simulation import Simulation


@plays("typing")
def typing(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Begin to write to somebody.

    Raises:
        InvalidAction: There is nobody, or they take no messages from this user.
    """
    recipient = actions.other_user(simulation, action)
    if not messaging.may_write(simulation.world, user, recipient):
        raise InvalidAction("to", f"@{recipient.screen_name} takes no messages from this user")
    return actions.done(signalling.show_typing(simulation, user, recipient))


@plays("read")
def read(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Read what somebody has written: up to a message, or everything.

    Raises:
        InvalidAction: They have written nothing, or not this message.
    """
    writer = actions.other_user(simulation, action)
    message = _received(simulation, user, writer, action.message_id)
    return actions.done(signalling.mark_read(simulation, user, message))


def _received(
    simulation: Simulation, user: UserEntry, writer: UserEntry, message_id: str
) -> MessageEntry:
    wanted = (writer.user_id, user.user_id)
    for message in simulation.world.mailbox(user.user_id):
        is_wanted = message_id in {"", message.message_id}
        if is_wanted and (message.sender_id, message.recipient_id) == wanted:
            return message
    raise InvalidAction("message_id", "is not a message this user got from there")
