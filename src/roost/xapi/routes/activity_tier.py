"""What both tiers of the v1.1 Account Activity API have in common: ten routes, told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roost.xapi import wire_webhooks
from roost.xapi.routes.route import QUARTER_HOUR, Auth, Route, Window

FEW = (Window(15, QUARTER_HOUR),)
_MANY = (Window(500, QUARTER_HOUR),)
_FIFTY = (Window(50, QUARTER_HOUR),)
_ERRORS = (32, 88, 89)
_USER = frozenset({Auth.OAUTH1_USER})
_APP = frozenset({Auth.APP})
_ABOUT_ONESELF = (34, 200, 348)


@dataclass(frozen=True, slots=True)
class Tier:
    """What the tiers differ in.

    Attributes:
        prefix: Begins its routes' names: `""`, or `enterprise.`.
        source: Where X documents it.
        webhooks: Path of all webhooks, without `.json`.
        own: Path of the subscription of whoever signs, likewise.
        listing: Path of all subscriptions, likewise.
        other: Path of a user's subscription, likewise.
        count: Path of their number, likewise.
        subscriptions: Type of the list of subscriptions.
        counted: Type of their number.
        aliases: Other paths of that.
        auth: Who may sign, by route, where it is not as in the table below.
        further: Error codes, by route, beside those in the table below.
    """

    prefix: str
    source: str
    webhooks: str
    own: str
    listing: str
    other: str
    count: str
    subscriptions: type
    counted: type
    aliases: tuple[str, ...] = ()
    auth: Mapping[str, frozenset[Auth]] = field(default_factory=dict[str, frozenset[Auth]])
    further: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    method: str
    path: str
    auth: frozenset[Auth]
    windows: tuple[Window, ...]
    errors: tuple[int, ...]
    response: object | None = None


def routes(tier: Tier) -> tuple[Route, ...]:
    """Give a tier's routes: its webhooks, and whose activity is delivered there."""
    one = f"{tier.webhooks}/{{webhook_id}}"
    hook, hooks = wire_webhooks.Webhook, list[wire_webhooks.Webhook]
    rows = (
        _Row("webhooks.create", "POST", tier.webhooks, _USER, FEW, (200, 214, 261), hook),
        _Row("webhooks.list", "GET", tier.webhooks, _APP, FEW, (200,), hooks),
        _Row("webhooks.validate", "PUT", one, _USER, FEW, (34, 200, 214)),
        _Row("webhooks.delete", "DELETE", one, _USER, FEW, (34, 200)),
        _Row("subscriptions.add", "POST", tier.own, _USER, _MANY, (200, 348, 355)),
        _Row("subscriptions.check", "GET", tier.own, _USER, _MANY, _ABOUT_ONESELF),
        _Row("subscriptions.remove_own", "DELETE", tier.own, _USER, _MANY, _ABOUT_ONESELF),
        _Row("subscriptions.list", "GET", tier.listing, _APP, _FIFTY, (200,), tier.subscriptions),
        _Row("subscriptions.remove", "DELETE", tier.other, _APP, _MANY, (34, 200)),
        _Row("subscriptions.count", "GET", tier.count, _APP, FEW, (), tier.counted),
    )
    return tuple(_route(tier, row) for row in rows)


def _route(tier: Tier, row: _Row) -> Route:
    errors = {*_ERRORS, *row.errors, *tier.further.get(row.name, ())}
    return Route(
        name=f"{tier.prefix}{row.name}",
        method=row.method,
        path=f"{row.path}.json",
        source=tier.source,
        success=200 if row.response is not None else 204,
        auth=tier.auth.get(row.name, row.auth),
        response=row.response,
        windows=row.windows,
        errors=tuple(sorted(errors)),
        aliases=tier.aliases if row.path == tier.count else (),
    )
