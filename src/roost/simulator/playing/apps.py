"""Letting an app act for a user, and no longer letting it."""

from __future__ import annotations

from roost.simulator import actions, granting
from roost.simulator.actions import Action, Done, InvalidAction, plays
from roost.simulator.entries import UserEntry
from roost.simulator.playing import targets
from roost.simulator.simulation import Simulation


@plays("authorize_app")
def authorize_app(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Give an app a token, which is what comes back as `id`.

    Raises:
        InvalidAction: There is no such app.
    """
    app = targets.app(simulation, action)
    token = granting.grant(simulation, user, app, app.access_level)
    return Done(token.access_token, (), ())


@plays("revoke_app")
def revoke_app(simulation: Simulation, user: UserEntry, action: Action) -> Done:
    """Take an app's authorization back.

    Raises:
        InvalidAction: There is no such app, or it has none.
    """
    app = targets.app(simulation, action)
    has_oauth2 = any(token.app_id == app.app_id for token in user.oauth2_tokens)
    if granting.token_for(user, app) is None and not has_oauth2:
        raise InvalidAction("app_id", "this user has not authorized it")
    return actions.done(granting.revoke(simulation, user, app))
