"""The simulator within a test's own event loop, without a network."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from requests_oauthlib import OAuth1

from roost.errors import AnswerLost, NotSent, SendUncertain
from roost.model.messages import OutboundMessage
from roost.simulator import world_file
from roost.simulator.actions import InvalidAction
from roost.simulator.fault_rules import (
    ErrorStatusRule,
    FaultRule,
    Match,
    ResetRule,
    RevokeTokenRule,
    SlowRule,
    TimeoutRule,
)
from roost.testing import x_simulator as fixtures
from roost.testing.in_process import InProcess
from roost.testing.x_simulator import NotInWorld
from roost.xapi import oauth1
from roost.xapi.transport import Request

x_world = fixtures.x_world
x_simulator = fixtures.x_simulator
x_server = fixtures.x_server

NEW = Match(route="dm.events.new")
LIST = Match(route="dm.events.list")


async def test_nothing_is_sent_where_nothing_is_mounted():
    with pytest.raises(NotSent, match="nothing is mounted there"):
        await InProcess().send(Request("GET", "http://nobody.test/"))


@pytest.mark.parametrize(
    "rule",
    [
        ResetRule(match=NEW, when="before"),
        ResetRule(match=NEW, when="after"),
        ResetRule(match=NEW, when="during"),
    ],
)
async def test_a_broken_connection_is_a_lost_answer(x_simulator, rule: FaultRule):
    x_simulator.simulation.faults.put([rule])

    with pytest.raises(SendUncertain):
        await x_simulator.client("acme").send_message("2002", OutboundMessage("Hello"))

    assert x_simulator.messages() == ([] if rule.when == "before" else ["Hello"])


@pytest.mark.parametrize("rule", [TimeoutRule(match=LIST), SlowRule(match=LIST, seconds=60)])
async def test_an_answer_that_does_not_come_is_lost(x_simulator, rule: FaultRule):
    x_simulator.simulation.faults.put([rule])
    url = f"{x_simulator.url}/1.1/direct_messages/events/list.json"
    who = x_simulator.credentials("acme")
    signed = oauth1.authorization("GET", url, who, now=x_simulator.clock.now())
    request = Request("GET", url, {"authorization": signed})

    with pytest.raises(AnswerLost):
        await x_simulator.transport.send(request, answer_within=timedelta(milliseconds=20))


async def test_an_application_that_ends_without_an_answer_is_noticed():
    async def silent(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with pytest.raises(AnswerLost, match="no whole answer"):
        await InProcess({"http://bot.test": silent}).send(Request("GET", "http://bot.test/"))


async def test_an_application_that_hangs_is_given_up(x_simulator):
    async def hanging(scope, receive, send):
        await receive()
        await receive()

    x_simulator.mount("http://bot.test", hanging)
    with pytest.raises(AnswerLost):
        await x_simulator.transport.send(
            Request("GET", "http://bot.test/"), answer_within=timedelta(milliseconds=10)
        )


async def test_people_are_found_by_name_or_id(x_simulator):
    x_simulator.act("ada", "send_dm", to="acme", text="one")
    x_simulator.act("2002", "send_dm", to="1001", text="two")

    assert x_simulator.messages() == ["one", "two"]
    with pytest.raises(KeyError):
        x_simulator.user("nobody")
    with pytest.raises(InvalidAction):
        x_simulator.act("ada", "fly")


async def test_whoever_is_not_there_is_named_with_those_who_are(x_simulator):
    with pytest.raises(NotInWorld, match="no user 'zed', only @acme, @ada, @bob, @cy"):
        x_simulator.act("zed", "send_dm", to="acme", text="Hello")
    with pytest.raises(NotInWorld, match=r"'ada' has given app '13090192' .* no token"):
        x_simulator.client("ada")
    with pytest.raises(NotInWorld, match="no app '5', only 13090192"):
        x_simulator.credentials("acme", "5")


async def test_the_ledger_tells_what_there_is(x_simulator):
    x_simulator.act("ada", "send_dm", to="acme", text="Hello")

    assert [line["text"] for line in x_simulator.ledger()] == ["Hello"]


async def test_the_clock_stands_still_until_it_is_moved(x_simulator):
    before = x_simulator.clock.now()
    x_simulator.clock.advance(timedelta(days=1))

    assert x_simulator.clock.now() - before == timedelta(days=1)


def test_a_served_one_is_of_the_same_kind(x_server):
    x_server.act("ada", "send_dm", to="acme", text="Hello")
    x_server.advance(timedelta(days=31))
    x_server.act("ada", "send_dm", to="acme", text="again")

    assert x_server.messages() == ["again"]
    assert x_server.url.startswith("http://127.0.0.1:")
    assert x_server.app().name == "Acme Desk"


def test_a_served_one_misbehaves_and_tells_the_truth(x_server):
    who = x_server.credentials("acme")
    oauth = OAuth1(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    url = f"{x_server.url}/1.1/account/verify_credentials.json"
    x_server.act("ada", "send_dm", to="acme", text="Hello")

    x_server.faults(ErrorStatusRule(status=503, match=Match(route="account.verify_credentials")))
    struck = requests.get(url, auth=oauth, timeout=30)
    x_server.faults()
    spared = requests.get(url, auth=oauth, timeout=30)

    assert (struck.status_code, spared.status_code) == (503, 200)
    assert x_server.ledger()[0]["text"] == "Hello"


async def test_a_fault_that_happens_at_once_does(x_simulator):
    x_simulator.client("acme")

    x_simulator.faults(RevokeTokenRule(match=Match(user="1001")))

    with pytest.raises(NotInWorld, match="no token"):
        x_simulator.client("acme")
    with pytest.raises(InvalidAction, match="webhook"):
        x_simulator.faults(ErrorStatusRule(match=Match(webhook="7")))


def test_a_server_that_cannot_be_says_so():
    world = world_file.read(
        b'{"format": 1, "rules": {"webhook_ca_file": "/nowhere.pem"}}', source="this test"
    )

    with pytest.raises(Exception, match="webhook_ca_file"):
        fixtures.ServedX(world).start()
