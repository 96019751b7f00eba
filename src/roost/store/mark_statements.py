"""The SQL of the tables `tags` and `memories`."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from roost.model.memories import Scope
from roost.store.mark_tables import memories, tags, tags_in_use
from roost.store.statements import Command, Query, fixed
from roost.store.tables import conversations

TAG = Command(
    insert(tags).on_conflict_do_nothing(
        index_elements=[tags.c.account_id, tags.c.conversation_id, tags.c.name]
    )
)
UNTAG = Command(
    delete(tags).where(
        tags.c.account_id == bindparam("account"),
        tags.c.conversation_id == bindparam("conversation"),
        tags.c.name == bindparam("tag"),
    )
)
TAGS = Query[tuple[str]](
    select(tags.c.name)
    .where(
        tags.c.account_id == bindparam("account"),
        tags.c.conversation_id == bindparam("conversation"),
    )
    .order_by(tags.c.name)
)

NOTE_TAG = Command(
    insert(tags_in_use).on_conflict_do_nothing(
        index_elements=[tags_in_use.c.account_id, tags_in_use.c.name]
    )
)
SHOW_TAGS = Command(
    update(conversations)
    .where(
        conversations.c.account_id == bindparam("account"),
        conversations.c.conversation_id == bindparam("conversation"),
    )
    .values(tags=bindparam("shown"))
)
_is_carried = exists().where(
    tags.c.account_id == tags_in_use.c.account_id, tags.c.name == tags_in_use.c.name
)
TAGS_IN_USE = Query[tuple[str]](
    select(tags_in_use.c.name)
    .where(tags_in_use.c.account_id == bindparam("account"), _is_carried)
    .order_by(tags_in_use.c.name)
)
FORGET_TAGS = Command(
    delete(tags_in_use).where(tags_in_use.c.account_id == bindparam("account"), ~_is_carried)
)

_of_conversation = and_(
    memories.c.scope == fixed(Scope.CONVERSATION.value),
    memories.c.owner_id == bindparam("conversation"),
)
_of_customer = and_(
    memories.c.scope == fixed(Scope.CUSTOMER.value),
    memories.c.owner_id == bindparam("customer"),
)

MEMORIES = Query[tuple[str, str, bytes]](
    select(memories.c.scope, memories.c.name, memories.c.value)
    .where(memories.c.account_id == bindparam("account"), or_(_of_conversation, _of_customer))
    .order_by(memories.c.scope, memories.c.name)
)
_new = insert(memories)
REMEMBER = Command(
    _new.on_conflict_do_update(
        index_elements=[
            memories.c.account_id,
            memories.c.scope,
            memories.c.owner_id,
            memories.c.name,
        ],
        set_={name: _new.excluded[name] for name in ("value", "at")},
    )
)
FORGET = Command(
    delete(memories).where(
        memories.c.account_id == bindparam("account"),
        memories.c.scope == bindparam("of"),
        memories.c.owner_id == bindparam("owner"),
        memories.c.name == bindparam("called"),
    )
)
FORGET_CONVERSATION = Command(
    delete(memories).where(memories.c.account_id == bindparam("account"), _of_conversation)
)

IS_REMEMBERED = (
    exists()
    .where(
        memories.c.account_id == conversations.c.account_id,
        or_(
            and_(
                memories.c.scope == fixed(Scope.CUSTOMER.value),
                memories.c.owner_id == conversations.c.customer_id,
            ),
            and_(
                memories.c.scope == fixed(Scope.CONVERSATION.value),
                memories.c.owner_id == conversations.c.conversation_id,
            ),
        ),
    )
    .correlate(conversations)
)
"""Whether anything is remembered of a conversation or of its customer."""
