"""Every route of X has a response here, and no response is without a route."""

from __future__ import annotations

from roost.simulator import actions, api
from roost.simulator.controls import app
from roost.simulator.registry import RESPONDERS
from roost.simulator.served_routes import SERVED
from roost.xapi.routes import ROUTES


def test_every_route_is_answered_and_nothing_else():
    assert api.FAMILIES
    assert RESPONDERS.keys() == SERVED.keys()
    assert SERVED.keys() > ROUTES.keys()


def test_everything_a_person_can_do_is_in_one_table():
    assert app.PLAYED
    assert actions.ACTIONS.keys() >= {
        *("send_dm", "typing", "read", "follow", "unfollow", "like", "unlike", "post"),
        *("delete_post", "block", "unblock", "mute", "unmute", "authorize_app", "revoke_app"),
    }
