"""Account Activity API of v1.1: webhooks and subscriptions of one environment."""

from __future__ import annotations

from roost.xapi import wire_webhooks
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Route, Window

_SOURCE = (
    "https://developer.x.com/en/docs/x-api/premium/account-activity-api/api-reference (archived)"
)
_PATH = "/1.1/account_activity/all"
_FEW = (Window(15, QUARTER_HOUR),)
_MANY = (Window(500, QUARTER_HOUR),)
_ANY_AUTH = frozenset({Auth.APP, Auth.OAUTH1_USER})

ROUTES = (
    Route(
        name="webhooks.create",
        method="POST",
        path=f"{_PATH}/{{env_name}}/webhooks.json",
        source=_SOURCE,
        response=wire_webhooks.Webhook,
        windows=_FEW,
        errors=(32, 88, 89, 200, 214, 261),
    ),
    Route(
        name="webhooks.list",
        method="GET",
        path=f"{_PATH}/{{env_name}}/webhooks.json",
        source=_SOURCE,
        auth=_ANY_AUTH,
        response=list[wire_webhooks.Webhook],
        windows=_FEW,
        errors=(32, 88, 89, 99, 200),
    ),
    Route(
        name="webhooks.list_all",
        method="GET",
        path=f"{_PATH}/webhooks.json",
        source=_SOURCE,
        auth=_ANY_AUTH,
        response=wire_webhooks.Environments,
        windows=_FEW,
        errors=(32, 88, 89, 99),
    ),
    Route(
        name="webhooks.validate",
        method="PUT",
        path=f"{_PATH}/{{env_name}}/webhooks/{{webhook_id}}.json",
        source=_SOURCE,
        success=204,
        auth=_ANY_AUTH,
        windows=_FEW,
        errors=(32, 34, 88, 89, 200, 214),
    ),
    Route(
        name="webhooks.delete",
        method="DELETE",
        path=f"{_PATH}/{{env_name}}/webhooks/{{webhook_id}}.json",
        source=_SOURCE,
        success=204,
        windows=_FEW,
        errors=(32, 34, 88, 89, 200),
    ),
    Route(
        name="subscriptions.add",
        method="POST",
        path=f"{_PATH}/{{env_name}}/subscriptions.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 88, 89, 200, 348, 355),
    ),
    Route(
        name="subscriptions.check",
        method="GET",
        path=f"{_PATH}/{{env_name}}/subscriptions.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200, 348),
    ),
    Route(
        name="subscriptions.remove_own",
        method="DELETE",
        path=f"{_PATH}/{{env_name}}/subscriptions.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200, 348),
    ),
    Route(
        name="subscriptions.remove",
        method="DELETE",
        path=f"{_PATH}/{{env_name}}/subscriptions/{{user_id}}.json",
        source=_SOURCE,
        success=204,
        auth=frozenset({Auth.APP}),
        windows=_MANY,
        errors=(32, 34, 88, 89, 200),
    ),
    Route(
        name="subscriptions.list",
        method="GET",
        path=f"{_PATH}/{{env_name}}/subscriptions/list.json",
        source=_SOURCE,
        auth=frozenset({Auth.APP}),
        response=wire_webhooks.SubscriptionList,
        windows=(Window(50, QUARTER_HOUR),),
        errors=(32, 88, 89, 200),
    ),
    Route(
        name="subscriptions.count",
        method="GET",
        path=f"{_PATH}/subscriptions/count.json",
        source=_SOURCE,
        auth=frozenset({Auth.APP}),
        response=wire_webhooks.SubscriptionCount,
        windows=_FEW,
        errors=(32, 88, 89),
        aliases=(f"{_PATH}/count.json",),
    ),
)
