"""What only the enterprise tier of the v1.1 Account Activity API writes: lists, counts, replay.

Source: https://github.com/xdevplatform/docs, x-api/enterprise-gnip-2.0/fundamentals
/account-activity.mdx at 321ec888.
"""

from __future__ import annotations

import msgspec


class Subscriber(msgspec.Struct, frozen=True):
    """A subscribed user."""

    user_id: str


class SubscriptionList(msgspec.Struct, frozen=True):
    """Who is subscribed to a webhook."""

    webhook_id: str
    webhook_url: str
    application_id: str
    subscriptions: list[Subscriber]


class SubscriptionsCount(msgspec.Struct, frozen=True):
    """How many subscriptions an app has; every count is a string of digits."""

    account_name: str
    subscriptions_count_all: str
    subscriptions_count_direct_messages: str
    provisioned_count: str


class ReplayJob(msgspec.Struct, frozen=True):
    """A replay job that has been taken; `created_at` is written `2016-06-02T23:54:02Z`."""

    job_id: str
    created_at: str


class ReplayJobStatus(msgspec.Struct, frozen=True):
    """How a replay job ended."""

    webhook_id: str
    job_state: str
    job_state_description: str
    job_id: str


class ReplayJobEnded(msgspec.Struct, frozen=True):
    """What is posted to the webhook when a job has ended; it has no `for_user_id`."""

    replay_job_status: ReplayJobStatus
