"""Account Activity API of v1.1: webhooks and subscriptions of one environment."""

from __future__ import annotations

from roost.xapi import wire_webhooks
from roost.xapi.routes import activity_tier
from roost.xapi.routes.activity_tier import Tier
from roost.xapi.routes.route import Auth, Route

_SOURCE = (
    "https://developer.x.com/en/docs/x-api/premium/account-activity-api/api-reference (archived)"
)
_PATH = "/1.1/account_activity/all"
_IN = f"{_PATH}/{{env_name}}"
# X's own sample signs these, although the reference has them with the app's token alone.
_ANY_AUTH = frozenset({Auth.APP, Auth.OAUTH1_USER})

_TIER = Tier(
    prefix="",
    source=_SOURCE,
    webhooks=f"{_IN}/webhooks",
    own=f"{_IN}/subscriptions",
    listing=f"{_IN}/subscriptions/list",
    other=f"{_IN}/subscriptions/{{user_id}}",
    count=f"{_PATH}/subscriptions/count",
    subscriptions=wire_webhooks.SubscriptionList,
    counted=wire_webhooks.SubscriptionCount,
    aliases=(f"{_PATH}/count.json",),
    auth={"webhooks.list": _ANY_AUTH, "webhooks.validate": _ANY_AUTH},
    further={"webhooks.list": (99,)},
)

ROUTES = (
    *activity_tier.routes(_TIER),
    Route(
        name="webhooks.list_all",
        method="GET",
        path=f"{_PATH}/webhooks.json",
        source=_SOURCE,
        auth=_ANY_AUTH,
        response=wire_webhooks.Environments,
        windows=activity_tier.FEW,
        errors=(32, 88, 89, 99),
    ),
)
