"""Examples in the API's description: what a request and an answer look like, field by field.

One world runs through all of them: the shop `1001`, its customer Ada, and Sam who answers her.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

REFERENCE = "#/components/schemas/"

_AT, _LATER = "2026-03-01T12:00:00Z", "2026-03-02T08:00:00Z"
_CURSOR = "WzE3NzIzNjY0MDAwMDAsIjEwMDEiLCIxMDAxLTIwMDIiXQ"
_CONVERSATION = "1001-2002"

_FIELDS: Mapping[str, str | int] = {
    "Account.screen_name": "acme_shop",
    "ConnectedAccount.screen_name": "acme_shop",
    "Canned.name": "on-its-way",
    "NewCanned.name": "on-its-way",
    "Colleague.name": "Sam",
    "Me.name": "Sam",
    "Invitation.name": "Sam",
    "Invite.login": "robin@acme.example",
    "Invite.name": "Robin Hale",
    "ChangedPerson.name": "Robin Hale",
    "MemberInfo.login": "robin@acme.example",
    "MemberInfo.name": "Robin Hale",
    "Invite.accounts": "1001",
    "ChangedPerson.accounts": "1001",
    "MemberInfo.accounts": "1001",
    "Invited.path": "/desk/enter#Zb3nF1v0kTqXw9sLr2yHc7uJd5aMe8gP",
    "KeyInfo.name": "warehouse",
    "NewKey.name": "warehouse",
    "MadeKey.secret": "rk_Zb3nF1v0kTqXw9sLr2yHc7uJd5aMe8gP",
    "Profile.name": "Sam at Acme",
    "NewProfile.name": "Sam at Acme",
    "PersonsProfile.name": "Sam",
    "Customer.name": "Ada Lovelace",
    "CustomerProfile.name": "Ada Lovelace",
    "CustomerProfile.description": "Mathematician",
    "CustomerProfile.following": 12,
    "CustomerProfile.followers": 31,
    "CustomerProfile.posts": 77,
    "CustomerProfile.website": "https://example.com/ada",
    "CustomerPanel.received": 14,
    "CustomerPanel.sent": 11,
    "CustomerActivity.kind": "mentioned",
    "CustomerActivity.author": "ada",
    "CustomerNote.text": "Prefers to be written to in the evening.",
    "Beginning.kind": "welcome_message",
    "Beginning.name": "greeting",
    "Beginning.event_key": "",
    "Beginning.text": "",
    "Link.label": "Follow it",
    "Option.label": "Yes, please",
    "Tags.before": "vip",
    "Draft.note": "Asked the warehouse",
    "Note.text": "Asked the warehouse; they call back at four.",
    "Remark.text": "asked for a person",
    "SnippetPart.text": "parcel",
    "ExportedMemory.name": "language",
    "ExportedMemory.value": '"en"',
    "View": "unassigned",
    "Happening.state": "done",
    "Outgoing.state": "queued",
    "ConnectedAccount.state": "connected",
    "WebhookState.state": "valid",
    "Step.state": "done",
    "Presence.page": "7b1f2c049c2e4a53",
    "CustomerErased.messages": 12,
    "CustomerExport.deliveries": 14,
    "Counts.all": 412,
    "Sends.limit": 1_000,
    "Limits.text": 10_000,
    "Reply.after": "1765432109876543210",
    "account": "1001",
    "account_id": "1001",
    "after": _CURSOR,
    "alt_text": "A brown parcel on a doorstep",
    "answered_with": "",
    "app": "main",
    "attachment": "",
    "before": _CURSOR,
    "bot": "helper",
    "canned_id": "0f8fad5bd9cb469fa16570867728950e",
    "chosen": "track",
    "control_reason": "asked for a person",
    "conversation_id": _CONVERSATION,
    "controller_id": "p-5c0ffee5",
    "csrf": "4b1c6d1f0d6e2b0c8a5e9d7f3a2b1c0d4e5f60718293a4b5c6d7e8f901234567",
    "customer_id": "2002",
    "delivery_id": "01JNM8Z3V5Q2T7X9K4W6B1C8DE",
    "dialect": "v1",
    "dialog": "acme.bot.track",
    "dialog_step": "ask: What is your order number?",
    "description": "Tomorrow before noon",
    "detail": "",
    "env": "prod",
    "env_name": "prod",
    "field": "text",
    "key": "1765432109876543210",
    "key_id": "3f2a9c1b7d5e8046",
    "kind": "message_received",
    "label": "Follow it",
    "last_direction": "out",
    "last_person_id": "p-5c0ffee5",
    "last_speaker": "person",
    "login": "sam@example.com",
    "media_id": "1765432109876540001",
    "message": "The request is not right.",
    "message_id": "1765432109876543210",
    "metadata": "track",
    "name": "Sam",
    "of": f"1001/{_CONVERSATION}",
    "outbox_id": "1042",
    "owner": "1001",
    "password": "correct horse battery",
    "person_id": "p-5c0ffee5",
    "position": "1765432109876543210",
    "preview": "It left today.",
    "problem": "is longer than 10,000 characters",
    "profile": "1765432109876550001",
    "profile_id": "1765432109876550001",
    "q": "parcel",
    "reason": "",
    "reply_key": "7d1c0f3a9b2e4c5d8f6a1b0c9d8e7f60",
    "ref": "1765432109876543210",
    "registered_url": "https://desk.example/x/main/5d0c",
    "scope": "write",
    "screen_name": "ada",
    "seen_position": "1765432109876543210",
    "secret": "a-token-that-is-told-once",
    "signature": "verified",
    "source": "webhook",
    "state": "done",
    "status": "processed",
    "tag": "billing",
    "tags": "billing",
    "text": "Where is my parcel?",
    "token": "qT8vJz0r3nYwX5kLc2bHfM7sDa1eGu6p",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "url": "https://example.com/orders/1042",
    "user_id": "2002",
    "link": "https://x.com/messages/compose?recipient_id=1001&welcome_message_id=1765432109876570001",
    "made": "greeting",
    "changed": "menu",
    "declared_default": "greeting",
    "default": "greeting",
    "event_key": "1765432109876590001",
    "location": "London",
    "post_id": "1765432109876590001",
    "x_id": "1765432109876570001",
    "SyncedWelcomes.profiles": "assistant",
    "removed": "farewell",
    "rule_id": "1765432109876580001",
    "value": "10,001",
    "welcome_id": "1765432109876570001",
    "webhook_id": "1765432109876560001",
    "Idempotency-Key": "7b1f2c04-9c2e-4a53-8a52-3f4f5be0c7c1",
    "Last-Event-ID": "01JNM8Z3.0.1042",
    "Content-Length": 20_480,
    "limit": 50,
}
"""Examples by field, or by shape and field where a field's name says too little."""

STREAM = (
    "id: 01JNM8Z3.0.1041\r\nevent: ready\r\ndata: {}\r\nretry: 1000\r\n\r\n"
    'id: 01JNM8Z3.0.1042\r\nevent: change\r\ndata: {"kind":"message_received","account_id":"1001",'
    f'"conversation_id":"{_CONVERSATION}","ref":"1765432109876543210","at":"{_AT}"}}\r\n\r\n'
)
"""The beginning of a stream of changes."""


class NoExample(LookupError):
    """Nothing is known about a field; its name is all that the error says."""


class Examples:
    """Makes examples of shapes.

    Args:
        shapes: Every shape of the API's description, by name.
    """

    def __init__(self, shapes: Mapping[str, object]) -> None:
        self._shapes = shapes

    def of(self, schema: Mapping[str, object], field: str, shape: str = "") -> object:
        """Give an example.

        Args:
            schema: What it has to be.
            field: The name of what it is for.
            shape: The shape that has the field; empty where none has.

        Raises:
            NoExample: A text's meaning is not known.
        """
        reference = cast("str | None", schema.get("$ref"))
        if reference is not None:
            name = reference.removeprefix(REFERENCE)
            return self.of(cast("Mapping[str, object]", self._shapes[name]), field, name)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices is not None:
            return self.of(_first(choices), field, shape)
        if schema.get("type") == "object":
            return self._object(schema, shape)
        if schema.get("type") == "array":
            items = cast("Mapping[str, object]", schema["items"])
            return [self.of(items, field, shape)]
        return _plain(schema, field, shape)

    def _object(self, schema: Mapping[str, object], shape: str) -> object:
        fields = cast("dict[str, Mapping[str, object]]", schema.get("properties", {}))
        return {name: self.of(one, name, shape) for name, one in fields.items()}


def _first(choices: object) -> Mapping[str, object]:
    """Give the first choice that is not null."""
    found = cast("list[Mapping[str, object]]", choices)
    return next(one for one in found if one.get("type") != "null")


def _plain(schema: Mapping[str, object], field: str, shape: str) -> object:
    known = _FIELDS.get(f"{shape}.{field}", _FIELDS.get(shape, _FIELDS.get(field)))
    allowed = cast("list[object] | None", schema.get("enum"))
    if allowed is not None:
        return known if known in allowed else next(one for one in allowed if one != "")
    match schema.get("type"):
        case "boolean":
            return not field.startswith("is_snoozed")
        case "integer":
            return known if isinstance(known, int) else 1
        case "string" if schema.get("format") == "date-time":
            return _LATER if field in {"until", "snoozed_until", "resets_at"} else _AT
        case "string" if isinstance(known, str):
            return known
        case _:
            raise NoExample(f"{shape}.{field}" if shape else field)
