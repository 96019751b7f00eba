"""Every exception of Roost, in one tree.

```
RoostError
├── SettingsError             a setting is missing or wrong; names it and how to set it
├── InvalidMessage            a message breaks a limit of its transport; names field, limit, value
├── InvalidTimer              a timer breaks a limit; names field, limit, value
├── BotError                  a bot file cannot be loaded or a handler is registered wrongly
├── HandlerFailed             a bot's handler raised; names file, line and what it raised
├── DeciderLost               a decider's process died or overran its deadline; the turn is redone
├── NotPossible               a person asked for what cannot be done; nothing was changed
│   ├── NoConversation        there is no such conversation
│   ├── NewerMessages         somebody has written since the person last looked
│   ├── NoBot                 only people answer for the account
│   └── LoginTaken            somebody else logs in like that
├── DialogError
│   ├── DialogChanged         a dialog's code no longer fits what it has passed before
│   ├── JournalFull           a dialog has more points than a journal holds
│   └── Unanswered            a question was not answered in time, or not in a way it understands
├── StoreError
│   ├── StoreUnavailable      the database did not take a commit; nothing was stored
│   ├── StoreLocked           another process owns the database; carries its pid
│   ├── NewerSchema           the database was written by a newer Roost
│   └── StaleClaim            the claim was lost; the work is somebody else's now
├── DeliveryError
│   ├── InvalidSignature      a delivery's signature is missing or wrong
│   ├── InvalidChallenge      a CRC's token or signature is not X's
│   └── MalformedDelivery     a signed body is not an object X would send
├── TransportError
│   ├── NotSent               the request never left; repeating is safe
│   └── AnswerLost            the request left, its answer did not arrive
└── SendError
    ├── RateLimited           X's window is used up; nothing happened
    ├── RejectedByX           X refused; nothing happened; carries status and code
    ├── SendUncertain         X may have acted; reconcile before repeating
    └── XApiUnavailable       nothing happened at X; repeating is safe
```
"""

from __future__ import annotations

from datetime import datetime


class RoostError(Exception):
    """Anything Roost raises on purpose."""


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


class InvalidMessage(RoostError):
    """A message breaks a limit of its transport. Raised where it is written; nothing was sent.

    Attributes:
        field: The offending part, for example `quick_replies[3].label`.
        limit: The largest value allowed, in the unit of `problem`.
        value: The value found, in the same unit.
    """

    def __init__(self, field: str, problem: str, *, limit: int, value: int) -> None:
        super().__init__(f"{field}: {problem} (limit {limit}, found {value})")
        self.field = field
        self.limit = limit
        self.value = value


class InvalidTimer(RoostError):
    """A timer's name, time or data breaks a limit. Raised where it is made; nothing was set.

    Attributes:
        field: The offending part, for example `after`.
        limit: What is allowed, in words.
        value: What was found: a size, a time or a name, never a timer's data.
    """

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


class HandlerFailed(RoostError):
    """A bot's handler raised. What it had not handed over is dropped; its events are set aside.

    Attributes:
        place: `file:line` of the innermost line in the bot's own code.
        problem: Type and text of what was raised.
    """

    def __init__(self, problem: str, *, place: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.problem = problem
        self.place = place


class DeciderLost(RoostError):
    """A decider's process died or overran its deadline. What it had not handed over is redone."""


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


class LoginTaken(NotPossible):
    """Somebody else logs in like that."""

    def __init__(self, login: str) -> None:
        super().__init__(f"somebody logs in as {login} already")


class DialogError(RoostError):
    """A durable dialog cannot go on."""


class DialogChanged(DialogError):
    """A dialog, run again, came to another point than the one it had passed. Nothing was sent.

    Either its code was changed while it waited, or it does not do the same twice: it reads a clock,
    a random number or another system without `chat.now`, `chat.random` or `chat.step`.

    Attributes:
        name: Of the dialog.
        n: Which point, 0 for the first.
    """

    def __init__(self, name: str, n: int, *, was: str, found: str) -> None:
        super().__init__(f"dialog {name}, point {n}: it was {was}, now it is {found}")
        self.name = name
        self.n = n


class JournalFull(DialogError):
    """A dialog has passed more points than a journal holds.

    Attributes:
        name: Of the dialog.
        limit: Most points.
    """

    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(f"dialog {name} has passed {limit} points (limit {limit})")
        self.name = name
        self.limit = limit


class Unanswered(DialogError):
    """A question got no answer in time, or none it understands.

    A handler may catch it. Where it does not, a dialog without an answer ends quietly, and one that
    does not understand is handed to people.

    Attributes:
        question: What was asked.
        is_late: Whether time ran out; else no answer was understood.
    """

    def __init__(self, question: str, *, is_late: bool) -> None:
        super().__init__(f"{'no answer in time' if is_late else 'not understood'}: {question}")
        self.question = question
        self.is_late = is_late


class StoreError(RoostError):
    """The database refused something."""


class StoreUnavailable(StoreError):
    """The database did not take a commit. Nothing of it was stored; repeating is safe."""


class StoreLocked(StoreError):
    """Another process owns the database file.

    Attributes:
        pid: The owner's process id, or 0 where it could not be read.
    """

    def __init__(self, path: str, pid: int) -> None:
        super().__init__(
            f"{path} is in use by process {pid}. Stop that process, or choose another data folder"
        )
        self.pid = pid


class NewerSchema(StoreError):
    """The database was written by a newer Roost, which this one must not touch."""


class StaleClaim(StoreError):
    """A claim's fence is old: the work was taken over. Whatever was decided under it is dropped."""


class DeliveryError(RoostError):
    """Something that came in by webhook is not acceptable."""


class InvalidSignature(DeliveryError):
    """A delivery's signature is missing or wrong. Answer 401; store nothing."""


class InvalidChallenge(DeliveryError):
    """A CRC's token does not look like X's, or its own signature is wrong. Answer 400."""


class MalformedDelivery(DeliveryError):
    """A body with a right signature is not an object X would send."""


class TransportError(RoostError):
    """An HTTP request did not end with an answer."""


class NotSent(TransportError):
    """Not one byte of the request was written. Repeating is safe."""


class AnswerLost(TransportError):
    """The request was written, at least in part, and no whole answer came back."""


class SendError(RoostError):
    """X did not take a message, or may not have."""


class RateLimited(SendError):
    """X's window for this route is used up. Nothing was sent.

    Attributes:
        route: The route's name, for example `dm.events.new`.
        resets_at: When the window opens again; `None` where X did not say.
    """

    def __init__(self, route: str, resets_at: datetime | None) -> None:
        super().__init__(f"{route}: rate limit used up, opens again at {resets_at or 'unknown'}")
        self.route = route
        self.resets_at = resets_at


class RejectedByX(SendError):
    """X refused the request. Nothing was sent; repeating it unchanged is pointless.

    Attributes:
        route: The route's name.
        status: HTTP status.
        code: X's error code, 0 where the body had none.
    """

    def __init__(self, route: str, *, status: int, code: int, message: str) -> None:
        super().__init__(f"{route}: X answered {status}, code {code}: {message}")
        self.route = route
        self.status = status
        self.code = code
        self.message = message


class SendUncertain(SendError):
    """X may or may not have acted. Reconcile before sending again."""

    def __init__(self, route: str, reason: str) -> None:
        super().__init__(f"{route}: outcome unknown: {reason}")
        self.route = route
        self.reason = reason


class XApiUnavailable(SendError):
    """X could not be reached or is refusing work. Nothing was sent; repeating is safe."""
