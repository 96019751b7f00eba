"""X's error codes as data: number, usual HTTP status, text.

Source: https://developer.x.com/en/support/x-api/error-troubleshooting (archived), and the answers
recorded in client libraries' test suites where the page is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class XErrorCode:
    """One code.

    Attributes:
        code: X's number. The route decides what it means where X uses it for several things.
        status: HTTP status it usually comes with.
        message: X's text; texts change, codes do not.
    """

    code: int
    status: int
    message: str


_TABLE = (
    XErrorCode(3, 400, "Invalid coordinates."),
    XErrorCode(13, 404, "No location associated with the specified IP address."),
    XErrorCode(68, 410, "The X REST API v1 is no longer active. Please migrate to API v1.1."),
    XErrorCode(87, 403, "Client is not permitted to perform this action."),
    XErrorCode(92, 403, "SSL is required"),
    XErrorCode(195, 403, "Missing or invalid url parameter"),
    XErrorCode(251, 410, "This endpoint has been retired and should not be used."),
    XErrorCode(323, 400, "Only one animated GIF may be attached to a single Tweet."),
    XErrorCode(327, 403, "You have already retweeted this Tweet."),
    XErrorCode(407, 400, "The given URL is invalid."),
    XErrorCode(421, 404, "This Tweet is no longer available."),
    XErrorCode(422, 404, "This Tweet is no longer available because it violated the X Rules."),
    XErrorCode(425, 403, "Some actions on this Tweet have been disabled by X."),
    XErrorCode(433, 403, "The original Tweet author restricted who can reply to this Tweet."),
    XErrorCode(17, 404, "No user matches for specified terms."),
    XErrorCode(0, 500, "Internal error."),
    XErrorCode(32, 401, "Could not authenticate you."),
    XErrorCode(34, 404, "Sorry, that page does not exist."),
    XErrorCode(38, 403, "{name} parameter is missing."),
    XErrorCode(44, 400, "{name} parameter is invalid."),
    XErrorCode(50, 404, "User not found."),
    XErrorCode(63, 403, "User has been suspended."),
    XErrorCode(61, 401, "Client is not permitted to perform this action."),
    XErrorCode(64, 403, "Your account is suspended and is not permitted to access this feature."),
    XErrorCode(67, 503, "Over capacity: a service this depends on is unavailable."),
    XErrorCode(88, 429, "Rate limit exceeded"),
    XErrorCode(89, 401, "Invalid or expired token."),
    XErrorCode(
        93, 403, "This application is not allowed to access or delete your direct messages."
    ),
    XErrorCode(99, 403, "Unable to verify your credentials."),
    XErrorCode(130, 503, "Over capacity"),
    XErrorCode(131, 500, "Internal error"),
    XErrorCode(135, 401, "Timestamp out of bounds."),
    XErrorCode(139, 403, "You have already favorited this status."),
    XErrorCode(144, 404, "No status found with that ID."),
    XErrorCode(150, 403, "You cannot send messages to users who are not following you."),
    XErrorCode(151, 403, "There was an error sending your message: {reason}"),
    XErrorCode(158, 403, "You can't follow yourself!"),
    XErrorCode(160, 403, "You've already requested to follow this user."),
    XErrorCode(161, 403, "You are unable to follow more people at this time."),
    XErrorCode(162, 403, "You have been blocked from following this account."),
    XErrorCode(179, 403, "Sorry, you are not authorized to see this status."),
    XErrorCode(185, 403, "User is over daily status update limit."),
    XErrorCode(186, 403, "Tweet needs to be a bit shorter."),
    XErrorCode(187, 403, "Status is a duplicate."),
    XErrorCode(200, 403, "Forbidden."),
    XErrorCode(214, 403, "{reason}"),
    XErrorCode(215, 400, "Bad Authentication data."),
    XErrorCode(220, 403, "Your credentials do not allow access to this resource."),
    XErrorCode(226, 403, "This request looks like it might be automated."),
    XErrorCode(261, 403, "Application cannot perform write actions."),
    XErrorCode(271, 403, "You can't mute yourself."),
    XErrorCode(272, 403, "You are not muting the specified user."),
    XErrorCode(324, 400, "The validation of media ids failed."),
    XErrorCode(325, 400, "A media id was not found."),
    XErrorCode(326, 403, "To protect our users from spam, this account is temporarily locked."),
    XErrorCode(
        348, 401, "Client application is not permitted to access this user's webhook subscriptions."
    ),
    XErrorCode(349, 403, "You cannot send messages to this user."),
    XErrorCode(354, 403, "The text of your direct message is over the max character limit."),
    XErrorCode(355, 409, "Subscription already exists."),
    XErrorCode(
        385, 403, "You attempted to reply to a Tweet that is deleted or not visible to you."
    ),
    XErrorCode(386, 403, "The Tweet exceeds the number of allowed attachment types."),
    XErrorCode(415, 403, "Callback URL not approved for this client application."),
    XErrorCode(417, 401, "Desktop applications only support the oauth_callback value 'oob'."),
    XErrorCode(356, 400, "Invalid date range: {reason}"),
    XErrorCode(357, 400, "{name} parameter is missing."),
    XErrorCode(358, 400, "{name} parameter is malformed."),
    XErrorCode(360, 400, "{name} must not be negative."),
    XErrorCode(368, 400, "{name} must be in the past."),
    XErrorCode(416, 401, "Invalid / suspended application"),
    XErrorCode(
        453,
        403,
        "You currently have access to a subset of X API endpoints only. If you need access to this"
        " endpoint, you may need a different access level.",
    ),
    XErrorCode(476, 403, "Sender is not verified to send message requests"),
)

ERROR_CODES: Mapping[int, XErrorCode] = MappingProxyType({row.code: row for row in _TABLE})
"""Every code, by its number."""

NOT_SENT_CODES = frozenset({50, 63, 64, 87, 89, 93, 150, 226, 261, 326, 349, 354, 416, 453, 476})
"""Codes with which `dm.events.new` answers 403 before it does anything. With 151, or a 403 that is
not listed, the message was sometimes delivered all the same."""
