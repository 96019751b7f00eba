"""Every exception of Roost, in one tree.

```
RoostError
├── SettingsError             a setting is missing or wrong; names it and how to set it
├── SecretsUnreadable         stored tokens cannot be read: their key is missing or another's
├── InvalidMessage            a message breaks a limit of its transport; names field, limit, value
├── InvalidCall               an argument of a call of X is wrong; names it; nothing was sent
├── MediaNotReady             X could not process an upload, or did not in time
├── MediaUnusable             a file that was to go on a message is gone, changed or of no use
├── InvalidTimer              a timer breaks a limit; names field, limit, value
├── FrameTooLarge             what a turn brings to its bot is too much
├── WrongKind                 a verb of a bot is given a value of a kind it does not take
├── BotError                  a bot file cannot be loaded or a handler is registered wrongly
├── NotSetAside               a message does not wait for a person, or not for what is asked
├── HandlerFailed             a bot's handler raised; names file, line and what it raised
├── DeciderLost               a decider's process died or overran its deadline; the turn is redone
│   └── DeciderAway           it was not there to be asked; the attempt does not count
├── NotPossible               a person asked for what cannot be done; nothing was changed
│   ├── NoConversation        there is no such conversation
│   ├── NewerMessages         somebody has written since the person last looked
│   ├── NoBot                 only people answer for the account
│   ├── NoDialog              there is no such dialog, or it has ended
│   └── LoginTaken            somebody else logs in like that
├── DialogError
│   ├── DialogChanged         a dialog's code no longer fits what it has passed before
│   ├── JournalFull           a dialog has more points than a journal holds
│   ├── JournalTooLarge       a dialog's steps have given more than a journal holds
│   └── Unanswered            a question was not answered in time, or not in a way it understands
├── StoreError
│   ├── StoreUnavailable      the database did not take a commit; nothing was stored
│   │   └── DiskTrouble           because its disk is full, read-only or failing
│   ├── NotUnique             what may be stored once was stored already; nothing was
│   ├── StoreLocked           another process owns the database; carries its pid
│   ├── DatabaseMissing       a database file is gone; none was begun in its place
│   ├── NewerSchema           the database was written by a newer Roost
│   ├── NotABackup            a file cannot be put in the database's place
│   └── StaleClaim            the claim was lost; the work is somebody else's now
├── DeliveryError
│   ├── InvalidSignature      a delivery's signature is missing or wrong
│   ├── InvalidChallenge      a CRC's token or signature is not X's
│   └── MalformedDelivery     a signed body is not an object X would send
├── TransportError
│   ├── NotSent               the request never left; repeating is safe
│   ├── AnswerLost            the request left, its answer did not arrive
│   └── AnswerTooLarge        the answer is larger than was asked for
└── SendError
    ├── RateLimited           X's window is used up; nothing happened
    ├── RejectedByX           X refused; nothing happened; carries status and code
    │   ├── InvalidRequest        X found a fault in what was asked
    │   │   └── WebhookRefused    the webhook's address or its answer to the challenge
    │   ├── TextTooLong           of a message or Post
    │   ├── DuplicatePost         the same text was posted before
    │   ├── MediaRefused          the media cannot be used for this
    │   ├── NotFound              what was named is not there, or not for this user
    │   ├── ProfileGone           the custom profile a message was to be said under
    │   ├── AlreadyDone           it is as was asked already
    │   ├── ReplayRunning         the webhook's last replay job has not ended
    │   ├── QuotaUsedUp           a quota that X tells by 403, not 429
    │   ├── CannotMessageUser     the other user takes no messages from this one
    │   ├── NotOpenToMessages     this user takes no messages from everybody, and has to
    │   ├── CredentialsRefused    keys or token
    │   │   ├── TokenRefused      the user took it back, or it never was one
    │   │   └── ClockWrong        this machine's clock is far from X's
    │   ├── PermissionMissing     the app or token may not do this
    │   ├── AccountStopped        X has suspended or locked the account, or takes it for a robot
    │   └── EndpointRetired       X no longer has this
    ├── SendUncertain         X may have acted; reconcile before repeating
    └── XApiUnavailable       nothing happened at X; repeating is safe
```
"""

from __future__ import annotations

from roost.errors.dialogs import (
    DialogChanged,
    DialogError,
    JournalFull,
    JournalTooLarge,
    Unanswered,
)
from roost.errors.limits import InvalidCall, InvalidMessage
from roost.errors.misuse import FrameTooLarge, WrongKind
from roost.errors.roots import RoostError
from roost.errors.secrets import SecretsUnreadable
from roost.errors.sending import (
    AccountStopped,
    AlreadyDone,
    AnswerLost,
    AnswerTooLarge,
    CannotMessageUser,
    ClockWrong,
    CredentialsRefused,
    DuplicatePost,
    EndpointRetired,
    InvalidRequest,
    MediaRefused,
    NotFound,
    NotOpenToMessages,
    NotSent,
    PermissionMissing,
    ProfileGone,
    QuotaUsedUp,
    RateLimited,
    RejectedByX,
    ReplayRunning,
    SendError,
    SendUncertain,
    TextTooLong,
    TokenRefused,
    TransportError,
    Unsendable,
    WebhookRefused,
    XApiUnavailable,
)
from roost.errors.storing import (
    DatabaseMissing,
    DiskTrouble,
    NewerSchema,
    NotABackup,
    NotUnique,
    StaleClaim,
    StoreError,
    StoreLocked,
    StoreUnavailable,
)

__all__ = [
    "AccountStopped",
    "AlreadyDone",
    "AnswerLost",
    "AnswerTooLarge",
    "CannotMessageUser",
    "ClockWrong",
    "CredentialsRefused",
    "DatabaseMissing",
    "DialogChanged",
    "DialogError",
    "DiskTrouble",
    "DuplicatePost",
    "EndpointRetired",
    "FrameTooLarge",
    "InvalidCall",
    "InvalidMessage",
    "InvalidRequest",
    "JournalFull",
    "JournalTooLarge",
    "MediaRefused",
    "MediaUnusable",
    "NewerSchema",
    "NotABackup",
    "NotFound",
    "NotOpenToMessages",
    "NotSent",
    "NotUnique",
    "PermissionMissing",
    "ProfileGone",
    "QuotaUsedUp",
    "RateLimited",
    "RejectedByX",
    "ReplayRunning",
    "RoostError",
    "SecretsUnreadable",
    "SendError",
    "SendUncertain",
    "StaleClaim",
    "StoreError",
    "StoreLocked",
    "StoreUnavailable",
    "TextTooLong",
    "TokenRefused",
    "TransportError",
    "Unanswered",
    "Unsendable",
    "WebhookRefused",
    "WrongKind",
    "XApiUnavailable",
]


class SettingsError(RoostError):
    """A setting is missing or wrong. Raised at start; nothing was opened or sent.

    Attributes:
        name: The setting, as written in the settings file, for example `apps.main.consumer_key`.
        remedy: How to set it, in one sentence.
    """

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}")
        self.name = name
        self.remedy = remedy


class MediaNotReady(RoostError):
    """X could not process an upload, or had not when the time was up. It cannot be attached.

    Attributes:
        media_id: X's id of the upload.
        reason: X's name for what is wrong, for example `InvalidMedia`; `""` where it is time.
    """

    def __init__(self, media_id: str, problem: str, *, reason: str = "") -> None:
        super().__init__(f"media {media_id}: {problem}")
        self.media_id = media_id
        self.reason = reason


class MediaUnusable(RoostError):
    """A file cannot be put on a message: it is gone or changed, or X could not process it.

    Raised while it is uploaded; nothing was sent to a customer.

    Attributes:
        path: The file.
        problem: What is wrong with it.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path
        self.problem = problem


class InvalidTimer(RoostError):
    """A timer's name, time or data breaks a limit. Raised where it is made; nothing was set.

    Attributes:
        field: The offending part, for example `after`.
        limit: What is allowed, in words.
        value: What was found: a size, a time or a name, never a timer's data.
    """

    remedy = "Say when by one of `after=` and `due_at=`, and keep what the timer carries short"
    """What to do about it, for the bot's author."""

    def __init__(self, field: str, *, limit: str, value: object) -> None:
        super().__init__(f"timer's {field}: must be {limit}; found {value}")
        self.field = field
        self.limit = limit
        self.value = value


class BotError(RoostError):
    """A bot cannot be loaded, or a handler is registered wrongly. Raised at import.

    Attributes:
        place: `file:line` of the mistake, or the bot's reference where no line is known.
        remedy: What to write instead.
    """

    def __init__(self, problem: str, *, place: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}")
        self.problem = problem
        self.place = place
        self.remedy = remedy


class NotSetAside(RoostError):
    """A message of the outbox cannot be checked, sent again or dropped. Nothing was changed.

    Attributes:
        account_id: The account asked about.
        outbox_id: The message's number in its outbox.
    """

    def __init__(self, account_id: str, outbox_id: int, problem: str) -> None:
        super().__init__(f"message {outbox_id} of account {account_id}: {problem}")
        self.account_id = account_id
        self.outbox_id = outbox_id


class HandlerFailed(RoostError):
    """A bot's handler raised. What it had not handed over is dropped; its events are set aside.

    Attributes:
        place: `file:line` of the innermost line in the bot's own code.
        problem: Type and text of what was raised, or which handler has not done what in time.
        remedy: What to write instead; `""` where that is not known.
    """

    def __init__(self, problem: str, *, place: str, remedy: str = "") -> None:
        super().__init__(f"{place}: {problem}" + (f". {remedy}" if remedy else ""))
        self.problem = problem
        self.place = place
        self.remedy = remedy


class DeciderLost(RoostError):
    """A decider's process died or overran its deadline. What it had not handed over is redone."""


class DeciderAway(DeciderLost):
    """A decider was not there to be asked, so no handler has seen the turn.

    The turn is put off, and the attempt does not count: nothing has been found out about its
    events.
    """


class NotPossible(RoostError):
    """A person asked for something that cannot be done. Nothing was changed."""


class NoConversation(NotPossible):
    """There is no such conversation."""

    def __init__(self, account_id: str, conversation_id: str) -> None:
        super().__init__(f"account {account_id} has no conversation {conversation_id}")


class NewerMessages(NotPossible):
    """A reply is not sent: somebody has written since its writer last looked."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"there are newer messages in {conversation_id}")


class NoBot(NotPossible):
    """A conversation cannot be handed back: only people answer for its account."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"account {account_id} has no bot to hand a conversation back to")


class NoDialog(NotPossible):
    """There is no such dialog, or it has ended."""

    def __init__(self, dialog_id: str) -> None:
        super().__init__(f"no dialog {dialog_id} is open")


class LoginTaken(NotPossible):
    """Somebody else logs in like that."""

    def __init__(self, login: str) -> None:
        super().__init__(f"somebody logs in as {login} already")


class DeliveryError(RoostError):
    """Something that came in by webhook is not acceptable."""


class InvalidSignature(DeliveryError):
    """A delivery's signature is missing or wrong. Answer 401; store nothing."""


class InvalidChallenge(DeliveryError):
    """A CRC's token does not look like X's, or its own signature is wrong. Answer 400."""


class MalformedDelivery(DeliveryError):
    """A body with a right signature is not an object X would send."""
