"""Whether X delivers: environment, webhook and subscriptions, as X has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from roost.errors import NotFound, RejectedByX, SendError
from roost.service.doctor.findings import Finding, Level, fine, skipped
from roost.xapi import activity, registration
from roost.xapi.activity import Activity
from roost.xapi.client import XClient
from roost.xapi.wire_webhooks import Webhook

_QUIET, _NAMED = timedelta(hours=6), 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where X should deliver.

    Attributes:
        app: Key of the app.
        env_name: The environment's name; `""` for an app of the enterprise tier.
        url: The webhook's address.
        owner: Signs for the app.
    """

    app: str
    env_name: str
    url: str
    owner: XClient

    @property
    def activity(self) -> Activity:
        """How X is asked about it."""
        return activity.of(self.env_name)

    @property
    def shown(self) -> str:
        """What people are told of the environment."""
        return activity.shown(self.env_name)


@dataclass(frozen=True, slots=True)
class Registered:
    """What X has registered.

    Attributes:
        findings: Of the environment, and then of the webhook.
        webhook_id: Of our webhook; `""` where X has none.
    """

    findings: Sequence[Finding]
    webhook_id: str = ""


async def webhook(place: Place) -> Registered:
    """Ask X what it has registered. Where the environment is wrong, nothing else is said."""
    try:
        there = await place.activity.webhooks(place.owner)
    except RejectedByX as error:
        refused = _tier(place, error) if not place.env_name else await _environment(place, error)
        return Registered([refused])
    except SendError as error:
        return Registered([skipped("environment", place.shown, f"X cannot be asked: {error}")])
    known = "X knows it by this name" if place.env_name else "X has the app in this tier"
    ours = [one for one in there if one.url == place.url]
    return Registered(
        [fine("environment", place.shown, known), *_registered(place, ours, there)],
        ours[0].id if ours else "",
    )


def _tier(place: Place, error: RejectedByX) -> Finding:
    return Finding(
        "environment",
        place.shown,
        Level.PROBLEM,
        f"X does not show the app's webhooks in the enterprise tier (code {error.code})",
        "the app is not of that tier, or the account that signs may not act for the app",
        f'Set activity_tier = "premium" under [apps.{place.app}], or have X give the app the tier',
    )


async def _environment(place: Place, error: RejectedByX) -> Finding:
    try:
        known = [one.environment_name for one in await place.owner.webhooks.list_all()]
    except SendError:
        known = []
    if isinstance(error, NotFound) or (known and place.env_name not in known):
        return Finding(
            "environment",
            place.env_name,
            Level.PROBLEM,
            f"X knows no environment {place.env_name!r}"
            + (f"; there are: {', '.join(known)}" if known else ""),
            "it is the label instead of the name, another app's, or written with other capitals",
            f"Set env_name under [apps.{place.app}] to the name in 'Dev environments' of X's"
            " portal",
        )
    if await _is_of_enterprise(place):
        return Finding(
            "environment",
            place.env_name,
            Level.PROBLEM,
            f"X does not show its webhooks (code {error.code}): the app is of the enterprise tier",
            "that tier has no environments, but webhooks that stand by themselves",
            f'Set activity_tier = "enterprise" under [apps.{place.app}]',
        )
    return Finding(
        "environment",
        place.env_name,
        Level.PROBLEM,
        f"X does not show its webhooks (code {error.code})",
        "the app's access level has no Account Activity API, or the account that signs may not"
        " act for the app",
        "See 'Dev environments' and the access level in X's portal, and connect the account that"
        " owns the app",
    )


async def _is_of_enterprise(place: Place) -> bool:
    try:
        await activity.of(activity.ENTERPRISE).webhooks(place.owner)
    except SendError:
        return False  # which X does not tell apart from other reasons
    return True


def _registered(place: Place, ours: Sequence[Webhook], there: Sequence[Webhook]) -> list[Finding]:
    others = [one.url for one in there if place.activity.is_in_the_way(one, place.url)]

    async def register() -> str:
        done = await registration.ensure_webhook(place.owner, place.env_name, place.url)
        return "; ".join(done.steps) or "nothing to do"

    if not ours:
        return [
            Finding(
                "webhook.registered",
                place.url,
                Level.PROBLEM,
                f"X delivers to {', '.join(others)}" if others else "X has no webhook",
                "public_url was changed, or another program uses the environment"
                if others
                else "it was never registered, or somebody deleted it",
                "Run: roost webhook connect, which puts ours in its place and subscribes everybody",
                # Another program may need the one that is there: that is for a person to say.
                None if others else register,
            )
        ]
    registered = fine("webhook.registered", place.url, f"registered as {ours[0].id}")
    if ours[0].valid:
        return [registered, fine("webhook.valid", place.url, "X calls it valid, and delivers")]
    invalid = Finding(
        "webhook.valid",
        place.url,
        Level.PROBLEM,
        "X calls it invalid, and delivers nothing",
        "a challenge (CRC) was not answered rightly or in time, or a firewall keeps X out; X tells"
        " nobody",
        "Run: roost webhook check",
        register,
    )
    return [registered, invalid]


async def subscription(place: Place, x: XClient, name: str, webhook_id: str) -> Finding:
    """Ask X whether it delivers an account's activity.

    Args:
        place: Where to.
        x: Speaks for the account.
        name: The account's.
        webhook_id: Of our webhook; `""` where X has none.
    """
    where = place.activity

    async def subscribe() -> str:
        # The webhook may have been registered since, by the finding before this one.
        found = activity.ours(where, await where.webhooks(place.owner), place.url)
        is_new = await registration.subscribe(where, x, found.id if found else webhook_id)
        return f"subscribed {name}" if is_new else f"{name} is subscribed already"

    try:
        is_there = bool(webhook_id or not where.is_by_webhook) and await where.is_subscribed(
            x, webhook_id
        )
    except SendError as error:
        return skipped("subscription", name, f"X cannot be asked: {error}")
    if is_there:
        return fine("subscription", name, f"X delivers its activity to {place.shown}")
    elsewhere = await _elsewhere(place, x)
    if elsewhere:
        return Finding(
            "subscription",
            name,
            Level.PROBLEM,
            f"not subscribed to {place.shown}, but to {elsewhere}: its activity goes there",
            "it was subscribed in another environment than the settings name",
            f"Run: roost subscriptions add --account {name}; or give the account the other"
            " environment: roost accounts add --env",
            subscribe,
        )
    others = await _subscribers(place, webhook_id)
    instead = f", and X delivers that of {others} there" if others else ""
    return Finding(
        "subscription",
        name,
        Level.PROBLEM,
        f"not subscribed to {place.shown}{instead}",
        "it was never subscribed, its webhook was deleted, or another account's token was used:"
        " each has to be subscribed by its own",
        f"Run: roost subscriptions add --account {name}",
        subscribe,
    )


async def _elsewhere(place: Place, x: XClient) -> str:
    """Name the app's other environments in which an account is subscribed; `""` for none."""
    if place.activity.is_by_webhook:
        return ""
    try:
        there = await place.activity.environments(place.owner)
        names = [one.environment_name for one in there if one.environment_name != place.env_name]
        return ", ".join([one for one in names if await activity.of(one).is_subscribed(x, "")])
    except SendError:
        return ""  # that it is not where it should be is known without this


async def _subscribers(place: Place, webhook_id: str) -> str:
    """Name a few of those whose activity X delivers; `""` where it does not say."""
    if place.activity.is_by_webhook and not webhook_id:
        return ""
    try:
        found = await place.activity.subscribers(place.owner, webhook_id)
    except SendError:
        return ""  # as above
    ids = [one.user_id for one in found.subscriptions]
    more = f" and {len(ids) - _NAMED} others" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more


def last_event(app: str, at: str | None, *, now: datetime) -> Finding:
    """Say how long ago X delivered last, as the application remembers since its start."""
    if at is None:
        return Finding(
            "last_event",
            app,
            Level.WARNING,
            "none since the application was started",
            "nobody has written since, or X does not deliver",
            "Write a message to the account from another one, and look at `roost status`",
        )
    age = now - datetime.fromisoformat(at)
    says = f"{age.total_seconds() / 60:.0f} minutes ago"
    if age < _QUIET:
        return fine("last_event", app, says)
    return Finding(
        "last_event",
        app,
        Level.WARNING,
        says,
        "nobody has written since, or X does not deliver",
        "Write a message to the account from another one, and look at `roost status`",
    )
