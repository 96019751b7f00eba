"""How requests end that do not end well: on the way to X, and at X."""

from __future__ import annotations

from datetime import datetime

from roost.errors.roots import RoostError


class TransportError(RoostError):
    """An HTTP request did not end with an answer."""


class NotSent(TransportError):
    """Not one byte of the request was written. Repeating is safe."""


class AnswerLost(TransportError):
    """The request was written, at least in part, and no whole answer came back."""


class AnswerTooLarge(TransportError):
    """An answer is larger than it may be; the rest of it was not read.

    Attributes:
        limit: Bytes allowed.
    """

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what}: the answer has more than {limit} bytes")
        self.limit = limit


class SendError(RoostError):
    """X did not take a message, or may not have."""


class RateLimited(SendError):
    """X's window for this route is used up. Nothing was sent.

    Attributes:
        route: The route's name, for example `dm.events.new`.
        resets_at: When the window opens again; `None` where X did not say.
        most: How many calls the window allows; `None` where X did not say.
    """

    def __init__(self, route: str, resets_at: datetime | None, most: int | None = None) -> None:
        super().__init__(f"{route}: rate limit used up, opens again at {resets_at or 'unknown'}")
        self.route = route
        self.resets_at = resets_at
        self.most = most


class RejectedByX(SendError):
    """X refused the request. Nothing was sent; repeating it unchanged is pointless.

    Route and code decide which of the classes below is raised; where they say no more, it is this.

    Attributes:
        route: The route's name.
        status: HTTP status.
        code: X's error code, 0 where the body had none.
        message: X's text, for people; it may change at any time.
        access_level: What X says the token may do, such as `read-write`; `""` where it does not.
        x_time: X's clock when it answered; `None` where it does not say.
    """

    access_level: str = ""
    x_time: datetime | None = None

    def __init__(self, route: str, *, status: int, code: int, message: str) -> None:
        super().__init__(f"{route}: X answered {status}, code {code}: {message}")
        self.route = route
        self.status = status
        self.code = code
        self.message = message


class InvalidRequest(RejectedByX):
    """X found a fault in what was asked; `message` names it where X does. Mend the call."""


class WebhookRefused(InvalidRequest):
    """X does not take a webhook: its address, its answer to the challenge, or one too many."""


class TextTooLong(RejectedByX):
    """The text of a message or Post is longer than X takes."""


class DuplicatePost(RejectedByX):
    """The account has posted the same text before."""


class MediaRefused(RejectedByX):
    """The media is unknown, expired, used up, another user's, or of a wrong kind."""


class NotFound(RejectedByX):
    """What was named is not there, or not for this user to see."""


class ProfileGone(RejectedByX):
    """X no longer lets the account speak under the custom profile a message names.

    It was deleted, or the right to have one was withdrawn. Nothing was sent; the message without
    the profile may be.
    """


class AlreadyDone(RejectedByX):
    """It is as was asked already: subscribed, liked, or a follow requested."""


class ReplayRunning(RejectedByX):
    """The webhook's last replay job has not ended; ask again later."""


class QuotaUsedUp(RejectedByX):
    """A quota is used up that X tells of by 403: Posts, or follows. X does not say until when."""


class CannotMessageUser(RejectedByX):
    """The other user takes no messages from this one. Do not try again."""


class NotOpenToMessages(RejectedByX):
    """Only an account that takes messages from everybody may greet people; see X's settings."""


class CredentialsRefused(RejectedByX):
    """Keys, token or signature are wrong. Nothing is sent until they are right."""


class TokenRefused(CredentialsRefused):
    """The access token was taken back or never was one: the user has to authorize again."""


class ClockWrong(CredentialsRefused):
    """This machine's clock is too far from X's, see `x_time`. Set the clock."""


class PermissionMissing(RejectedByX):
    """The app or token may not do this, see `access_level`.

    After a change of the app's permissions, every token has to be made anew.
    """


class AccountStopped(RejectedByX):
    """X has suspended or locked the account, or takes it for a robot. Its owner must act."""


class EndpointRetired(RejectedByX):
    """X no longer has this endpoint."""


class Unsendable(SendError):
    """No request could be made of a message as it is. Nothing was sent; repeating is pointless."""


class SendUncertain(SendError):
    """X may or may not have acted. Reconcile before sending again."""

    def __init__(self, route: str, reason: str) -> None:
        super().__init__(f"{route}: outcome unknown: {reason}")
        self.route = route
        self.reason = reason


class XApiUnavailable(SendError):
    """X could not be reached or is refusing work. Nothing was sent; repeating is safe."""
