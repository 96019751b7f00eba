"""What may be a welcome message: its body, checked against X's rules.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages/api-reference
/new-welcome-message (archived).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roost.simulator import message_checks
from roost.simulator.entries import UserEntry
from roost.simulator.json_path import Node, malformed
from roost.simulator.refusals import refusal
from roost.xapi.wire_dm import MessageData

LONGEST_TEXT = 9_990
"""Characters; ten fewer than of a message."""

LONGEST_NAME = 100
"""Characters of a name, which nobody is shown."""

_NAME = re.compile(r"[A-Za-z0-9_ #@-]*")


@dataclass(frozen=True, slots=True)
class NewWelcomeMessage:
    """A welcome message somebody asks X to keep.

    Attributes:
        data: As asked.
        media_id: Digits; `""` for none. Whether there is such media is not checked here.
        custom_profile_id: Likewise.
        name: `""` for none.
    """

    data: MessageData
    media_id: str
    custom_profile_id: str
    name: str


def check_owner(owner: UserEntry) -> None:
    """Check that a user may greet people: everybody has to be able to write to it.

    Raises:
        Refusal: 403, code 214.
    """
    if not owner.dms_from_anyone:
        raise refusal(214, message="Owner must allow dms from anyone.")


def read(body: Node) -> NewWelcomeMessage:
    """Read and check the body of `welcome_messages/new`.

    Raises:
        Refusal: 214 with the path of the fault, 354 where the text is too long.
    """
    welcome = body.need("welcome_message")
    name, profile = welcome.get("name"), welcome.get("custom_profile_id")
    data, media_id = content(welcome.need("message_data"))
    return NewWelcomeMessage(
        data,
        media_id,
        "" if profile is None else profile.long(),
        "" if name is None else _name(name),
    )


def content(data: Node) -> tuple[MessageData, str]:
    """Read and check a `message_data`, and give it with the id of its media, `""` for none.

    Raises:
        Refusal: 214 with the path of the fault, 354 where the text is too long.
    """
    return message_checks.content(data, longest=LONGEST_TEXT)


def _name(node: Node) -> str:
    name = node.text(LONGEST_NAME)
    if not _NAME.fullmatch(name):
        raise malformed(f"{node.path}: may hold letters, digits, spaces, and -, _, # and @ only")
    return name
