"""A message on its way out: its row in the outbox, and how an attempt ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from roost.model.budgets import POST, SEND
from roost.model.health import Hold, Scope
from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import OutboundMessage
from roost.model.posts import PublicReply


class Lane(IntEnum):
    """Who goes first when not everything can go at once: the lower number.

    A person answers, before a bot says that it hands over to people, before a bot says anything
    else. Within a conversation the order in which messages were decided stays.
    """

    AGENT = 0
    NOTICE = 1
    BOT = 2


class Withdrawal(IntEnum):
    """What a message that X does not have becomes where a person has the conversation.

    What people write, and what a bot says as it hands over, goes in any case. Whatever else a bot
    says stops once somebody takes over. `STOPPED` is one of which X was not known to be without it
    at that time: it is looked for, and not sent again. `CHECKED` is one that was set aside, and
    that a person has had X asked about: it is sent only if a person says so.
    """

    NEVER = 0
    AT_TAKE_OVER = 1
    STOPPED = 2
    CHECKED = 3


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a message is to go.

    Attributes:
        account_id: Who sends.
        conversation_id: Where to.
        customer_id: The customer's user id.
    """

    account_id: UserId
    conversation_id: ConversationId
    customer_id: UserId


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One message in the outbox, claimed for sending or for reconciling.

    Attributes:
        outbox_id: Ours, unique per account; rises in the order messages were decided.
        account_id: Who sends.
        conversation_id: Where to.
        recipient_id: The customer's user id.
        message: What to send: into the conversation, or under a Post of the customer's.
        attempt: 1 on the first try.
        baseline: Highest message position known in the conversation when the attempt began; our
            message, if X took it, has a higher one.
        attempted_at: When the attempt began, by the service's clock.
        lane: How urgent it is; what is not known to have arrived is sent again only for bots.
        is_free: Whether it is one of the replies that X does not count; a Post never is.
        app_id: X's id of the app it is sent with; `""` where that is not known.
        ended_at: When the last attempt ended, where it is in doubt; when it began, where its
            process died.
        doubts: How many attempts have ended in doubt; of the others X surely knows nothing.
        begun_by: Until when its first byte may leave, by `roost.model.uptime`; `None` for ever.
        trial: Whose trial it is, where X has lately held back the account or the app: the trial
            ends when it arrives.
        is_withdrawn: Whether it is a bot's, and a person has taken the conversation over: it is
            not sent. Only known of what is due.
        is_checked: Whether a person has had X asked about it: where X does not show it, it waits
            for a person again.
        is_unlisted: Whether the settings no longer name its account. Only known of what X cannot
            be asked about.
    """

    outbox_id: int
    account_id: UserId
    conversation_id: ConversationId
    recipient_id: UserId
    message: OutboundMessage | PublicReply
    attempt: int
    baseline: int
    attempted_at: datetime
    lane: Lane = Lane.BOT
    is_free: bool = False
    app_id: str = ""
    ended_at: datetime | None = None
    doubts: int = 0
    begun_by: float | None = None
    trial: Scope | None = None
    is_withdrawn: bool = False
    is_checked: bool = False
    is_unlisted: bool = False

    @property
    def route(self) -> str:
        """The route it takes, by the name X's tables have for it."""
        return POST if isinstance(self.message, PublicReply) else SEND


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message that waits for a person to say what becomes of it.

    Attributes:
        outbox_id: Unique with the account.
        to: Where it was to go.
        state: `parked`, X may have it; or `dead`, X has refused it.
        reason: Why.
        text: Its text.
        lane: How urgent it was.
        attempts: How often it was tried.
        created_at: When it was decided.
    """

    outbox_id: int
    to: Addressee
    state: str
    reason: str
    text: str
    lane: Lane
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """X has the message, under this id."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Nothing was sent; try again then."""

    when: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Limited:
    """Nothing was sent: X's window is used up until then.

    Attributes:
        when: When the window opens, or, where X does not say, when to ask again.
        most: How many calls the window allows; `None` where X does not say.
    """

    when: datetime
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was sent, and nothing will be for a whole account or app: the message is kept."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Uncertain:
    """X may have the message; reconcile before anything else."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """X will not take the message; a person must look.

    Attributes:
        reason: What X answered.
        is_of_customer: Whether X takes no message for this customer from anybody here.
    """

    reason: str
    is_of_customer: bool = False


@dataclass(frozen=True, slots=True)
class Voiceless:
    """Nothing was sent: the custom profile it was to be said under is gone.

    Attributes:
        reason: What X answered.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was sent: X does not take the upload of the file it carries any more.

    Attributes:
        media_id: X's id of the upload.
        reason: What X answered.
    """

    media_id: str
    reason: str


Outcome = Sent | RetryAt | Limited | Held | Uncertain | Dead | Voiceless | Stale
"""How one attempt ended."""
