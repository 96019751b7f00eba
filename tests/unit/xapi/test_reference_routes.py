"""Every route that X's v1.1 documents list has a route here and a method of the client."""

from __future__ import annotations

import re

import pytest

from roost.simulator.served_routes import SERVED
from roost.xapi.routes import ROUTES

DM, ALL = "/1.1/direct_messages", "/1.1/account_activity/all"
HOOK = "/1.1/account_activity/webhooks"

DOCUMENTED = f"""
POST {DM}/events/new.json
GET {DM}/events/show.json
GET {DM}/events/list.json
DELETE {DM}/events/destroy.json
POST {DM}/indicate_typing.json
POST {DM}/mark_read.json
POST {DM}/welcome_messages/new.json
GET {DM}/welcome_messages/show.json
GET {DM}/welcome_messages/list.json
PUT {DM}/welcome_messages/update.json
DELETE {DM}/welcome_messages/destroy.json
POST {DM}/welcome_messages/rules/new.json
GET {DM}/welcome_messages/rules/show.json
GET {DM}/welcome_messages/rules/list.json
DELETE {DM}/welcome_messages/rules/destroy.json
POST /1.1/custom_profiles/new.json
GET /1.1/custom_profiles/:id.json
GET /1.1/custom_profiles/list.json
DELETE /1.1/custom_profiles/destroy.json
POST /1.1/feedback/create.json
GET /1.1/feedback/show/:id.json
GET /1.1/feedback/events.json
POST /1.1/media/upload.json
POST /1.1/media/upload.json INIT
POST /1.1/media/upload.json APPEND
POST /1.1/media/upload.json FINALIZE
GET /1.1/media/upload.json
POST /1.1/media/metadata/create.json
GET /1.1/ton/data/dm/:event_id/:media_id/:file
POST {ALL}/:env_name/webhooks.json
GET {ALL}/webhooks.json
GET {ALL}/:env_name/webhooks.json
PUT {ALL}/:env_name/webhooks/:webhook_id.json
DELETE {ALL}/:env_name/webhooks/:webhook_id.json
POST {ALL}/:env_name/subscriptions.json
GET {ALL}/:env_name/subscriptions.json
DELETE {ALL}/:env_name/subscriptions.json
DELETE {ALL}/:env_name/subscriptions/:user_id.json
GET {ALL}/:env_name/subscriptions/list.json
GET {ALL}/subscriptions/count.json
GET {ALL}/count.json
POST {HOOK}.json
GET {HOOK}.json
PUT {HOOK}/:webhook_id.json
DELETE {HOOK}/:webhook_id.json
POST {HOOK}/:webhook_id/subscriptions/all.json
GET {HOOK}/:webhook_id/subscriptions/all.json
GET {HOOK}/:webhook_id/subscriptions/all/list.json
DELETE {HOOK}/:webhook_id/subscriptions/:user_id/all.json
DELETE {HOOK}/:webhook_id/subscriptions/all.json
GET /1.1/account_activity/subscriptions/count.json
POST /1.1/account_activity/replay/webhooks/:webhook_id/subscriptions/all.json
POST /oauth/request_token
GET /oauth/authorize
GET /oauth/authenticate
POST /oauth/access_token
POST /1.1/oauth/invalidate_token.json
POST /oauth2/token
POST /oauth2/invalidate_token
GET /1.1/account/verify_credentials.json
GET /1.1/users/show.json
GET /1.1/users/lookup.json
POST /1.1/users/lookup.json
GET /1.1/friendships/show.json
POST /1.1/friendships/create.json
POST /1.1/friendships/destroy.json
GET /1.1/followers/ids.json
GET /1.1/followers/list.json
GET /1.1/application/rate_limit_status.json
POST /1.1/statuses/update.json
"""


def routes(line: str) -> list[str]:
    """Give the names of our routes for a line of the table."""
    method, path, *command = line.split()
    wanted = re.sub(r":\w+", "{}", path)
    return [
        route.name
        for route in ROUTES.values()
        if route.method == method
        and wanted in {re.sub(r"\{\w+\}", "{}", one) for one in (route.path, *route.aliases)}
        and route.command == "".join(command)
    ]


@pytest.mark.parametrize("line", DOCUMENTED.strip().splitlines())
def test_each_documented_route_is_one_of_ours(line: str) -> None:
    (name,) = routes(line)

    print(f"| {line} | {name} |")
    # `test_every_route.py` calls a typed method for every one of `ROUTES`.
    assert name in SERVED
