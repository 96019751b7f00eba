"""Giving an app a token, and taking it back, whether on a page, by an app or by hand."""

from __future__ import annotations

import secrets
from datetime import UTC

from msgspec.structs import replace

from roost.simulator.clock import from_milliseconds
from roost.simulator.courier import News
from roost.simulator.entries import (
    AccessLevel,
    AppEntry,
    TokenEntry,
    UserEntry,
)
from roost.simulator.happenings import Happening
from roost.simulator.simulation import Simulation
from roost.simulator.subscriptions import subscription_to
from roost.xapi.wire_events import (
    Revocation,
    RevokedApp,
    RevokingUser,
    UserActivity,
    UserEvent,
)


def token_for(user: UserEntry, app: AppEntry) -> TokenEntry | None:
    """Give the token a user has given to an app."""
    return next((token for token in user.tokens if token.app_id == app.app_id), None)


def grant(
    simulation: Simulation, user: UserEntry, app: AppEntry, access_level: AccessLevel
) -> TokenEntry:
    """Give an app a user's token, good for a level for as long as it lives.

    The same token is given again while its level is the one asked for (assumed); one of another
    level is replaced, and stops working.
    """
    known = token_for(user, app)
    if known is not None and (known.access_level or app.access_level) == access_level:
        return known
    token = TokenEntry(
        app_id=app.app_id,
        access_token=f"{user.user_id}-{secrets.token_hex(20)}",
        access_token_secret=secrets.token_hex(22),
        access_level=access_level,
    )
    others = tuple(one for one in user.tokens if one.app_id != app.app_id)
    simulation.world.put_user(replace(user, tokens=(*others, token)))
    change = {"user_id": user.user_id, "app_id": app.app_id}
    simulation.records.ledger.append("authorized", **change)
    simulation.live.publish("authorized", change)
    return token


def revoke(simulation: Simulation, user: UserEntry, app: AppEntry) -> Happening:
    """Take an app's authorization back: its tokens stop working and its subscriptions are gone.

    Told to each of the app's webhooks that was told of the user, and to nobody by name.
    """
    world = simulation.world
    told = [
        webhook
        for webhook in world.webhooks.values()
        if webhook.app_id == app.app_id
        and subscription_to(webhook, user.user_id) in world.subscriptions
    ]
    world.put_user(
        replace(
            user,
            tokens=tuple(token for token in user.tokens if token.app_id != app.app_id),
            oauth2_tokens=tuple(one for one in user.oauth2_tokens if one.app_id != app.app_id),
        )
    )
    world.subscriptions.forget(user.user_id, app.app_id)
    event = UserEvent(
        Revocation(
            date_time=from_milliseconds(world.timestamp())
            .astimezone(UTC)
            .isoformat(timespec="seconds"),
            target=RevokedApp(app.app_id),
            source=RevokingUser(user.user_id),
        )
    )
    news = News("user_event", user.user_id, (), lambda _: UserActivity(event))
    parcels = simulation.courier.tell(told, news)
    change = {"user_id": user.user_id, "app_id": app.app_id}
    simulation.records.ledger.append(
        "revoked", **change, deliveries=[parcel.delivery_id for parcel in parcels]
    )
    simulation.live.publish("revoked", change)
    return Happening(app.app_id, [event], parcels)
