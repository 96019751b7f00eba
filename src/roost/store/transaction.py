"""One transaction: every row group over one session, and how a unit runs in it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from roost.store.acquaintance_rows import StoredAcquaintances
from roost.store.activity_rows import StoredRejections
from roost.store.api_key_rows import StoredApiKeys
from roost.store.attempt_rows import StoredAttempts
from roost.store.budget_rows import StoredBudgets
from roost.store.change_rows import StoredChanges
from roost.store.composing_rows import StoredComposing
from roost.store.conversation_rows import StoredConversations
from roost.store.dialog_rows import StoredDialogs
from roost.store.erased import Erased
from roost.store.erasing_rows import StoredErasing
from roost.store.erasure_rows import StoredErasure
from roost.store.event_rows import StoredEvents
from roost.store.gap_rows import StoredGaps
from roost.store.health_rows import StoredHealth
from roost.store.held_rows import StoredHeld
from roost.store.indexing_rows import Indexing
from roost.store.mark_rows import StoredMemories, StoredTags
from roost.store.message_rows import StoredMessages
from roost.store.outbox_rows import StoredOutbox
from roost.store.people_rows import StoredPeople
from roost.store.registry import Registry
from roost.store.remark_rows import StoredRemarks, StoredRequests
from roost.store.replay_rows import StoredReplays
from roost.store.restoring_rows import StoredRestoring
from roost.store.statements import Session
from roost.store.timer_rows import StoredTimers
from roost.store.token_rows import StoredTokens
from roost.store.turn_rows import StoredTurns
from roost.store.upload_rows import StoredUploads
from roost.store.x_object_rows import StoredXObjects

T = TypeVar("T")


class CatchingUp:
    """What a transaction knows of what is missing.

    Attributes:
        gaps: What may be missing.
        restoring: What this database may have forgotten.
        replays: What X is asked to deliver again.
    """

    __slots__ = ("gaps", "replays", "restoring")

    def __init__(self, session: Session) -> None:
        self.gaps = StoredGaps(session)
        self.restoring = StoredRestoring(session)
        self.replays = StoredReplays(session)


class Transaction(CatchingUp):
    """`roost.ports.Tx` on any database, and what only the service writes.

    Attributes:
        acquaintances: Conversations that begin with something else than a message.
        events: Stored events.
        conversations: Conversations, their control and leases.
        messages: The transcript.
        outbox: Messages on their way out.
        held: Those of them that are taken out again.
        timers: Timers of conversations.
        dialogs: Dialogs that have not ended, and their journals.
        erased: That something was erased, since the connection was opened or this was cleared.
        erasure: What was deleted at X.
        budgets: What X still allows.
        health: How accounts and apps stand with X.
        changes: The change feed.
        people: Who may log in, and who is.
        api_keys: What programs use the API with.
        attempts: Who tries to get in.
        composing: What people write with.
        remarks: What people do in a conversation beside messages.
        tags: Words on conversations.
        memories: What bots remember.
        erasing: Everything of a customer.
        requests: Changes that were asked for under a key.
        rejections: What was refused unread.
        indexing: Making findable what older versions have stored.
        registry: Apps and accounts.
        turns: Conversations of several turns at once.
        tokens: Tokens of accounts that people have connected.
        uploads: What X has of the files that hang on messages.
        x_objects: What accounts have at X under a name.
    """

    __slots__ = (
        "acquaintances",
        "api_keys",
        "attempts",
        "budgets",
        "changes",
        "composing",
        "conversations",
        "dialogs",
        "erased",
        "erasing",
        "erasure",
        "events",
        "health",
        "held",
        "indexing",
        "memories",
        "messages",
        "outbox",
        "people",
        "registry",
        "rejections",
        "remarks",
        "requests",
        "tags",
        "timers",
        "tokens",
        "turns",
        "uploads",
        "x_objects",
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.acquaintances = StoredAcquaintances(session)
        self.events = StoredEvents(session)
        self.conversations = StoredConversations(session, self.events)
        self.messages = StoredMessages(session)
        self.outbox = StoredOutbox(session)
        self.held = StoredHeld(session)
        self.timers = StoredTimers(session)
        self.dialogs = StoredDialogs(session)
        self.erased = Erased()
        self.erasure = StoredErasure(session, self.erased)
        self.budgets = StoredBudgets(session)
        self.health = StoredHealth(session)
        self.changes = StoredChanges(session)
        self.people = StoredPeople(session)
        self.api_keys = StoredApiKeys(session)
        self.attempts = StoredAttempts(session)
        self.composing = StoredComposing(session)
        self.remarks = StoredRemarks(session)
        self.tags = StoredTags(session)
        self.memories = StoredMemories(session)
        self.erasing = StoredErasing(session, self.erased)
        self.requests = StoredRequests(session)
        self.rejections = StoredRejections(session)
        self.indexing = Indexing(session)
        self.registry = Registry(session)
        self.turns = StoredTurns(session)
        self.tokens = StoredTokens(session)
        self.uploads = StoredUploads(session)
        self.x_objects = StoredXObjects(session)


def run_without_waiting(work: Awaitable[T]) -> T:
    """Run an awaitable to its end at once, outside any event loop.

    Raises:
        RuntimeError: It waits for something. It is closed, so what it did has to be undone.
    """
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    steps.close()
    raise RuntimeError("a unit must not wait: it may only use its transaction")
