"""Enterprise tier of the v1.1 Account Activity API: webhooks by their id, and replay."""

from __future__ import annotations

from roost.xapi import wire_enterprise, wire_webhooks
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Route, Window

_SOURCE = (
    "https://github.com/xdevplatform/docs"
    " x-api/enterprise-gnip-2.0/fundamentals/account-activity.mdx at 321ec888"
)
_PATH = "/1.1/account_activity"
_WEBHOOK = f"{_PATH}/webhooks/{{webhook_id}}"
_FEW = (Window(15, QUARTER_HOUR),)
_MANY = (Window(500, QUARTER_HOUR),)
_APP = frozenset({Auth.APP})

ROUTES = (
    Route(
        name="enterprise.webhooks.create",
        method="POST",
        path=f"{_PATH}/webhooks.json",
        source=_SOURCE,
        response=wire_webhooks.Webhook,
        windows=_FEW,
        errors=(32, 88, 89, 200, 214, 261),
    ),
    Route(
        name="enterprise.webhooks.list",
        method="GET",
        path=f"{_PATH}/webhooks.json",
        source=_SOURCE,
        auth=_APP,
        response=list[wire_webhooks.Webhook],
        windows=_FEW,
        errors=(32, 88, 89, 200),
    ),
    Route(
        name="enterprise.webhooks.validate",
        method="PUT",
        path=f"{_WEBHOOK}.json",
        source=_SOURCE,
        success=204,
        windows=_FEW,
        errors=(32, 34, 88, 89, 200, 214),
    ),
    Route(
        name="enterprise.webhooks.delete",
        method="DELETE",
        path=f"{_WEBHOOK}.json",
        source=_SOURCE,
        success=204,
        windows=_FEW,
        errors=(32, 34, 88, 89, 200),
    ),
    Route(
        name="enterprise.subscriptions.add",
        method="POST",
        path=f"{_WEBHOOK}/subscriptions/all.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200, 214, 348, 355),
    ),
    Route(
        name="enterprise.subscriptions.check",
        method="GET",
        path=f"{_WEBHOOK}/subscriptions/all.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200, 348),
    ),
    Route(
        name="enterprise.subscriptions.remove_own",
        method="DELETE",
        path=f"{_WEBHOOK}/subscriptions/all.json",
        source=_SOURCE,
        success=204,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200, 348),
    ),
    Route(
        name="enterprise.subscriptions.list",
        method="GET",
        path=f"{_WEBHOOK}/subscriptions/all/list.json",
        source=_SOURCE,
        auth=_APP,
        response=wire_enterprise.SubscriptionList,
        windows=(Window(50, QUARTER_HOUR),),
        errors=(32, 34, 88, 89, 200),
    ),
    Route(
        name="enterprise.subscriptions.remove",
        method="DELETE",
        path=f"{_WEBHOOK}/subscriptions/{{user_id}}/all.json",
        source=_SOURCE,
        success=204,
        auth=_APP,
        windows=_MANY,
        errors=(32, 34, 88, 89, 200),
    ),
    Route(
        name="enterprise.subscriptions.count",
        method="GET",
        path=f"{_PATH}/subscriptions/count.json",
        source=_SOURCE,
        auth=_APP,
        response=wire_enterprise.SubscriptionsCount,
        windows=_FEW,
        errors=(32, 88, 89, 200),
    ),
    Route(
        name="enterprise.replay",
        method="POST",
        path=f"{_PATH}/replay/webhooks/{{webhook_id}}/subscriptions/all.json",
        source=_SOURCE,
        success=202,
        auth=_APP,
        response=wire_enterprise.ReplayJob,
        windows=(Window(5, QUARTER_HOUR),),
        errors=(0, 32, 34, 61, 67, 88, 89, 200, 214, 355, 356, 357, 358, 360, 368),
    ),
)
