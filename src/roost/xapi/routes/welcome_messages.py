"""Welcome messages of the v1.1 API, and the rules that make one of them the default."""

from __future__ import annotations

from roost.xapi import wire_welcome
from roost.xapi.routes.route import QUARTER_HOUR, Encoding, Route, Window

_SOURCE = "https://developer.x.com/en/docs/x-api/v1/direct-messages/welcome-messages"
_PATH = "/1.1/direct_messages/welcome_messages"
_ERRORS = (32, 88, 89, 93, 135, 215)
# For reading X names this number; for writing it says that there is one, and not which.
_WINDOWS = (Window(15, QUARTER_HOUR),)

ROUTES = (
    Route(
        name="welcome_messages.new",
        method="POST",
        path=f"{_PATH}/new.json",
        source=f"{_SOURCE}/api-reference/new-welcome-message (archived)",
        encoding=Encoding.JSON,
        request=wire_welcome.OneWelcomeMessage,
        response=wire_welcome.OneWelcomeMessage,
        windows=_WINDOWS,
        errors=(*_ERRORS, 214, 324, 325, 354),
    ),
    Route(
        name="welcome_messages.show",
        method="GET",
        path=f"{_PATH}/show.json",
        source=f"{_SOURCE}/api-reference/get-welcome-message (archived)",
        response=wire_welcome.OneWelcomeMessage,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214),
    ),
    Route(
        name="welcome_messages.list",
        method="GET",
        path=f"{_PATH}/list.json",
        source=f"{_SOURCE}/api-reference/list-welcome-messages (archived)",
        response=wire_welcome.WelcomeMessageList,
        windows=_WINDOWS,
        errors=(*_ERRORS, 214),
    ),
    Route(
        name="welcome_messages.update",
        method="PUT",
        path=f"{_PATH}/update.json",
        source=f"{_SOURCE}/api-reference/update-welcome-message (archived)",
        encoding=Encoding.JSON,
        request=wire_welcome.NewMessageData,
        response=wire_welcome.OneWelcomeMessage,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214, 324, 325, 354),
    ),
    Route(
        name="welcome_messages.destroy",
        method="DELETE",
        path=f"{_PATH}/destroy.json",
        source=f"{_SOURCE}/api-reference/delete-welcome-message (archived)",
        success=204,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214),
    ),
    Route(
        name="welcome_messages.rules.new",
        method="POST",
        path=f"{_PATH}/rules/new.json",
        source=f"{_SOURCE}/api-reference/new-welcome-message-rule (archived)",
        encoding=Encoding.JSON,
        request=wire_welcome.OneWelcomeMessageRule,
        response=wire_welcome.OneWelcomeMessageRule,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214),
    ),
    Route(
        name="welcome_messages.rules.show",
        method="GET",
        path=f"{_PATH}/rules/show.json",
        source=f"{_SOURCE}/api-reference/get-welcome-message-rule (archived)",
        response=wire_welcome.OneWelcomeMessageRule,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214),
    ),
    Route(
        name="welcome_messages.rules.list",
        method="GET",
        path=f"{_PATH}/rules/list.json",
        source=f"{_SOURCE}/api-reference/list-welcome-message-rules (archived)",
        response=wire_welcome.WelcomeMessageRuleList,
        windows=_WINDOWS,
        errors=(*_ERRORS, 214),
    ),
    Route(
        name="welcome_messages.rules.destroy",
        method="DELETE",
        path=f"{_PATH}/rules/destroy.json",
        source=f"{_SOURCE}/api-reference/delete-welcome-message-rule (archived)",
        success=204,
        windows=_WINDOWS,
        errors=(*_ERRORS, 34, 214),
    ),
)
