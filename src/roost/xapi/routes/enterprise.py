"""Enterprise tier of the v1.1 Account Activity API: webhooks by their id, and replay."""

from __future__ import annotations

from roost.xapi import wire_enterprise
from roost.xapi.routes import activity_tier
from roost.xapi.routes.activity_tier import Tier
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Route, Window

_SOURCE = (
    "https://github.com/xdevplatform/docs"
    " x-api/enterprise-gnip-2.0/fundamentals/account-activity.mdx at 321ec888"
)
_PATH = "/1.1/account_activity"
_OF = f"{_PATH}/webhooks/{{webhook_id}}/subscriptions"

_TIER = Tier(
    prefix="enterprise.",
    source=_SOURCE,
    webhooks=f"{_PATH}/webhooks",
    own=f"{_OF}/all",
    listing=f"{_OF}/all/list",
    other=f"{_OF}/{{user_id}}/all",
    count=f"{_PATH}/subscriptions/count",
    subscriptions=wire_enterprise.SubscriptionList,
    counted=wire_enterprise.SubscriptionsCount,
    further={
        "subscriptions.add": (34, 214),
        "subscriptions.list": (34,),
        "subscriptions.count": (200,),
    },
)

ROUTES = (
    *activity_tier.routes(_TIER),
    Route(
        name="enterprise.replay",
        method="POST",
        path=f"{_PATH}/replay/webhooks/{{webhook_id}}/subscriptions/all.json",
        source=_SOURCE,
        success=202,
        auth=frozenset({Auth.APP}),
        response=wire_enterprise.ReplayJob,
        windows=(Window(5, QUARTER_HOUR),),
        errors=(0, 32, 34, 61, 67, 88, 89, 200, 214, 355, 356, 357, 358, 360, 368),
    ),
)
