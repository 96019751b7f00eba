"""What to do about what X refuses, for people."""

from __future__ import annotations

from roost.errors import (
    AccountStopped,
    CannotMessageUser,
    ClockWrong,
    CredentialsRefused,
    EndpointRetired,
    InvalidRequest,
    MediaRefused,
    NotFound,
    NotOpenToMessages,
    PermissionMissing,
    RateLimited,
    RejectedByX,
    SendError,
    SendUncertain,
    TextTooLong,
    TokenRefused,
    WebhookRefused,
)

_PROFILES, _NOT_OF_ITS_LEVEL = "custom_profiles.", 453

_BY_CLASS: tuple[tuple[type[SendError], str], ...] = (
    (
        NotOpenToMessages,
        "In X's settings of this account, let everybody send it messages; then try again.",
    ),
    (MediaRefused, "Choose the file again: X keeps an upload for 24 hours, and for one message."),
    (TextTooLong, "Shorten the text."),
    (
        CannotMessageUser,
        "The customer takes no messages from this account: wait until they write again.",
    ),
    (NotFound, "It is gone at X: load the list again."),
    (TokenRefused, "Connect the account again under Activity, Connections."),
    (ClockWrong, "Set this machine's clock."),
    (CredentialsRefused, "Compare the app's keys with X's portal."),
    (AccountStopped, "Log in to X as this account and do what X asks for there."),
    (EndpointRetired, "X no longer has this; look for a newer Roost."),
    (WebhookRefused, "Look at the webhook under Activity, Connections."),
    (InvalidRequest, "Change what X names, then try again."),
    (RateLimited, "Try again once X allows it; what waits in the outbox goes by itself."),
    (SendUncertain, "X may have done it: load the list again before you repeat it."),
)


def of(error: SendError) -> str:
    """Give what somebody can do about a refusal; `""` where trying again is all there is."""
    if isinstance(error, PermissionMissing):
        return _permission(error)
    return next((remedy for known, remedy in _BY_CLASS if isinstance(error, known)), "")


def _permission(error: RejectedByX) -> str:
    if error.route.startswith(_PROFILES):
        return (
            "X lets only verified accounts have custom profiles that it has listed: ask X to list "
            "this one. Until then people sign what they write."
        )
    if error.code == _NOT_OF_ITS_LEVEL:
        return (
            "The app's access level at X does not have this: choose another one in X's portal. New "
            "tokens change nothing."
        )
    return (
        "Let the app use Direct Messages in X's portal, then connect the account again: tokens "
        "keep the permissions they were made with."
    )
