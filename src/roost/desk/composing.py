"""What a person needs to write a reply: draft, name, budget; and what becomes of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from litestar import Controller, get, put
from litestar.params import FromPath, JSONBody

from roost.desk import conversations, drafts, speaking
from roost.desk.access import Policy
from roost.desk.parts import DeskParts, Parts, Somebody
from roost.desk.wire_composing import Composer, Draft, Sends, Speaker, limits_of
from roost.model.budgets import SEND, Purpose, Window
from roost.model.capabilities import X_V1
from roost.model.ids import ConversationId, UserId
from roost.model.people import Person
from roost.ports.composing import DraftKey, Voice
from roost.xapi.windows import LIMITS


class ComposingController(Controller):
    """What is written, before it is sent."""

    path = "/api/conversations/{account_id:str}/{conversation_id:str}"
    tags: Sequence[str] | None = ("composing",)

    @get("/composer", policy=Policy.PERSON)
    async def composer(
        self,
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
    ) -> Composer:
        """Give the person's draft, the name they speak under, and what may still be sent."""
        await conversations.find(parts, account_id, conversation_id)
        voice = await voice_of(parts, UserId(account_id), person)
        return Composer(
            draft=await drafts.kept(parts, _key(account_id, conversation_id, person)),
            speaker=Speaker(
                profile=voice.name if voice else None,
                signature="" if voice else speaking.signature(person.name),
            ),
            sends=await _sends(parts, UserId(account_id)),
            limits=limits_of(X_V1),
        )

    @put("/draft", policy=Policy.PERSON, status_code=204)
    async def keep(
        self,
        *,
        data: JSONBody[Draft],
        parts: Parts,
        person: Somebody,
        account_id: FromPath[str],
        conversation_id: FromPath[str],
    ) -> None:
        """Keep what is written so far; an empty draft is forgotten."""
        await conversations.find(parts, account_id, conversation_id)
        key, now = _key(account_id, conversation_id, person), parts.clock.now()

        await parts.store.transact(lambda tx: drafts.keep(tx, key, data, at=now), is_durable=False)


async def voice_of(parts: DeskParts, account_id: UserId, person: Person) -> Voice | None:
    """Give the profile under which a person speaks; `None` where they sign instead."""
    return (await parts.store.composing.voices(account_id)).get(person.person_id)


async def _sends(parts: DeskParts, account_id: UserId) -> Sends | None:
    limits = LIMITS.get(SEND)
    if limits is None or not parts.limits_sends:
        return None
    window = await parts.store.composing.sends(account_id) or Window(limits.user.most)
    return left(window, parts.clock.now())


def left(window: Window, now: datetime) -> Sends:
    """Say what people may still send in a window."""
    ends_at = max(window.ends_at, window.shut_until)
    return Sends(
        most=window.most,
        left=window.room(Purpose.AGENT, now),
        resets_at=ends_at if ends_at > now else None,
    )


def _key(account_id: str, conversation_id: str, person: Person) -> DraftKey:
    return DraftKey(UserId(account_id), ConversationId(conversation_id), person.person_id)
