"""The three-legged flow and its pages: every wrong turn is refused."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from tests.scenario.simulator.legs import ACCESS, CALLBACK, ME, REQUEST, Legs, world

from roost.simulator.clock import SystemClock
from roost.xapi import oauth1
from roost.xapi.transport import Request


@pytest.fixture
async def flow(stage):
    """A simulator with an app that may be called back, and pages for people."""
    return await stage.simulator(world(stage))


@pytest.fixture
def legs(flow) -> Legs:
    return Legs(flow, flow.app)


@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:8081/accounts/callback",
        "http://localhost:8080/accounts/callback",
        "https://127.0.0.1:8080/accounts/callback",
        "http://127.0.0.1:8080/accounts/callback/more",
        "http://127.0.0.1:8080/",
        f"{CALLBACK}?a=%0d%0aset-cookie:b".replace("%0d%0a", "\r\n"),
        "javascript:alert(1)",
        "//127.0.0.1:8080/accounts/callback",
        "http://[",
        "nothing",
    ],
)
async def test_an_address_that_is_not_registered_is_415(legs, callback: str):
    answer = await legs.post(REQUEST, oauth_callback=callback)

    assert answer.fault == (403, 415, "Callback URL not approved for this client application.")


async def test_tokens_are_asked_for_with_get_as_well(flow):
    legs = Legs(flow, flow.app, method="GET")

    who = await legs.whole("1002")

    assert (await flow.call("GET", ME, who=who)).json["id_str"] == "1002"
    wrong = await legs.post(REQUEST, oauth_callback="https://else.example/")
    assert wrong.fault[:2] == (403, 415)


async def test_what_get_carries_in_the_query_is_signed(flow):
    who = oauth1.Credentials(flow.app.consumer_key, flow.app.consumer_secret, "", "")
    signed = oauth1.authorization(
        "GET",
        flow.address + REQUEST,
        who,
        parameters_signed=[("oauth_callback", "oob")],
        now=SystemClock().now(),
    )

    said = await flow.call("GET", REQUEST, query={"oauth_callback": CALLBACK}, who=signed)

    assert said.fault[:2] == (401, 32)


async def test_an_app_without_addresses_gets_pins_alone(stage):
    x = await stage.simulator(world(stage, callback_urls=()))
    legs = Legs(x, x.app)

    assert (await legs.post(REQUEST, oauth_callback=CALLBACK)).fault[:2] == (401, 417)
    assert (await legs.begin("oob"))["oauth_callback_confirmed"] == "true"


async def test_a_scheme_of_its_own_covers_every_address_in_it(stage):
    x = await stage.simulator(world(stage, callback_urls=("acme://",)))
    legs = Legs(x, x.app)
    begun = await legs.begin("acme://anything/at/all")

    page = await legs.page(oauth_token=begun["oauth_token"])
    back = await legs.decide(oauth_token=begun["oauth_token"], user_id="1002", decision="allow")

    assert "form-action 'self' acme:;" in page.headers["content-security-policy"]
    assert back.headers["location"].startswith("acme://anything/at/all?oauth_token=")


async def test_a_request_token_is_asked_for_with_a_right_signature(flow):
    app = flow.app
    wrong = oauth1.Credentials(app.consumer_key, "wrong", "", "")
    query = {"oauth_callback": CALLBACK}

    assert (await flow.call("POST", REQUEST, query=query, who=wrong)).fault[:2] == (401, 32)
    assert (await flow.call("POST", REQUEST, query=query, who="")).fault[:2] == (400, 215)
    unknown = oauth1.Credentials("nobody", "x", "", "")
    assert (await flow.call("POST", REQUEST, query=query, who=unknown)).fault[:2] == (401, 32)
    users = await flow.call("POST", REQUEST, query=query)
    assert users.fault[:2] == (401, 32)  # signed with a user's token


async def test_a_signature_without_a_token_is_good_for_nothing_else(legs):
    assert (await legs.post("/1.1/statuses/update.json", status="Hi")).fault[:2] == (401, 89)


async def test_refusing_says_which_token_was_denied_and_ends_it(legs):
    begun = await legs.begin()
    token = begun["oauth_token"]

    back = await legs.decide(oauth_token=token, user_id="1002", decision="deny")

    assert (back.status, back.headers["location"]) == (302, f"{CALLBACK}?denied={token}")
    assert (await legs.page(oauth_token=token)).status == 401
    exchanged = await legs.post(ACCESS, token, begun["oauth_token_secret"], oauth_verifier="1")
    assert exchanged.fault[:2] == (401, 89)


async def test_refusing_without_a_callback_shows_a_page(legs):
    begun = await legs.begin("oob")

    page = await legs.decide(oauth_token=begun["oauth_token"], user_id="1002", decision="deny")

    assert page.status == 200
    assert b"You have not authorized" in page.body


async def test_a_verifier_is_good_once_and_only_the_right_one(legs):
    begun = await legs.begin("oob")
    token, secret = begun["oauth_token"], begun["oauth_token_secret"]
    early = await legs.post(ACCESS, token, secret, oauth_verifier="")
    page = await legs.decide(oauth_token=token, user_id="1002", decision="allow")
    (pin,) = re.findall(rb"<code>([0-9]{7})</code>", page.body)
    right = pin.decode()
    wrong = f"{(int(right) + 1) % 10**7:07}"

    answers = [
        await legs.post(ACCESS, token, secret, oauth_verifier=wrong),
        await legs.post(ACCESS, token, "wrong secret", oauth_verifier=right),
        await legs.post(ACCESS, token, secret, oauth_verifier=right),
        await legs.post(ACCESS, token, secret, oauth_verifier=right),
    ]

    assert early.fault[:2] == (401, 32)
    assert [answer.status for answer in answers] == [401, 401, 200, 401]
    assert answers[3].fault[:2] == (401, 89)
    assert answers[2].headers["content-type"].startswith("application/x-www-form-urlencoded")


async def test_a_page_is_good_for_one_decision_and_one_hour(legs):
    begun = await legs.begin()
    token = begun["oauth_token"]
    old = (await legs.begin())["oauth_token"]

    await legs.decide(oauth_token=token, user_id="1002", decision="allow")
    again = await legs.decide(oauth_token=token, user_id="1001", decision="allow")
    legs.x.advance(hours=1, seconds=1)
    late = await legs.page(oauth_token=old)

    for page in (again, late, await legs.page(oauth_token="nothing"), await legs.page()):
        assert page.status == 401
        assert b"Whoa there!" in page.body
        assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "allow"},
        {"decision": "allow", "user_id": "4711"},
        {"decision": "allow", "user_id": "1002", "screen_name": "nobody"},
        {"user_id": "1002"},
        {"user_id": "1002", "decision": "perhaps"},
    ],
)
async def test_a_decision_that_is_none_asks_again(legs, fields: dict[str, str]):
    begun = await legs.begin()

    page = await legs.decide(oauth_token=begun["oauth_token"], **fields)

    assert page.status == 422
    assert b'role="alert"' in page.body
    assert (await legs.page(oauth_token=begun["oauth_token"])).status == 200


async def test_a_handle_that_is_typed_counts(legs):
    begun = await legs.begin()

    back = await legs.decide(
        oauth_token=begun["oauth_token"], user_id="1001", screen_name="@Twin", decision="allow"
    )

    assert "roost_person=1002" in back.headers["set-cookie"]


async def test_signing_in_is_silent_for_who_has_agreed_before(legs):
    await legs.whole("2002")
    cookie = "other=1; roost_person=2002"

    async def visit(path: str, cookie: str, **query: str):
        token = (await legs.begin())["oauth_token"]
        return await legs.page(path, cookie, oauth_token=token, **query)

    silent = await visit("/oauth/authenticate", cookie)
    assert silent.status == 302
    assert "oauth_verifier=" in silent.headers["location"]
    named = await visit("/oauth/authenticate", "", screen_name="ada")
    assert named.status == 302
    for path, remembered, query in [
        ("/oauth/authorize", cookie, {}),
        ("/oauth/authenticate", "", {}),
        ("/oauth/authenticate", cookie, {"force_login": "true"}),
        ("/oauth/authenticate", "roost_person=2004", {}),
        ("/oauth/authenticate", 'roost_person="', {}),
    ]:
        assert (await visit(path, remembered, **query)).status == 200


async def test_the_page_names_the_app_and_lists_people_the_likely_first(stage):
    x = await stage.simulator(
        world(stage, name="<b>Acme</b> & co", url="https://acme.example/?a=1&b=<i>")
    )
    legs = Legs(x, x.app)
    begun = await legs.begin()

    page = await legs.page(oauth_token=begun["oauth_token"], screen_name="ada")

    text = page.body.decode()
    assert "&lt;b&gt;Acme&lt;/b&gt; &amp; co" in text
    assert "<b>" not in text
    assert "<i>" not in text
    handles = re.findall(r'class="handle">@(\w+)<', text)
    assert handles == ["ada", "acme", "twin", "bob", "cy"]
    assert text.count(" checked") == 1
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self' http://127.0.0.1:8080;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in text


async def test_where_there_are_many_people_one_may_be_named(stage):
    before = world(stage)
    crowd = tuple(
        stage.replace(before.users[2], user_id=str(n), screen_name=f"u{n}")
        for n in range(5000, 5060)
    )
    x = await stage.simulator(stage.replace(before, users=(*before.users, *crowd)))
    legs = Legs(x, x.app)

    page = (await legs.page(oauth_token=(await legs.begin())["oauth_token"])).body.decode()

    assert page.count('type="radio"') == 50
    assert 'name="screen_name"' in page


async def agreed(legs: Legs) -> tuple[dict[str, str], str]:
    begun = await legs.begin()
    fields = {"oauth_token": begun["oauth_token"], "user_id": "1002", "decision": "allow"}
    back = await legs.decide(**fields)
    return begun, parse_qs(urlsplit(back.headers["location"]).query)["oauth_verifier"][0]


async def test_a_verifier_is_exchanged_without_a_signature_as_on_the_page_of_x(flow, legs):
    begun, verifier = await agreed(legs)
    query = {"oauth_token": begun["oauth_token"], "oauth_verifier": verifier}
    url = f"{flow.address}{ACCESS}?{urlencode(query)}"

    got = await flow.raw(Request("POST", url, {}, b""))

    assert dict(parse_qsl(got.body.decode()))["screen_name"] == "twin"
    assert (await flow.raw(Request("POST", url, {}, b""))).fault[:2] == (401, 89)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"oauth_verifier": "x"}, (401, 32)),
        ({"oauth_verifier": ""}, (401, 32)),
        ({"oauth_token": "x"}, (401, 89)),
        ({"oauth_token": ""}, (400, 215)),
        ({"oauth_consumer_key": "consumer-key-13090193"}, (401, 89)),
        ({"oauth_signature": "x"}, (400, 215)),
    ],
)
async def test_without_a_signature_everything_else_has_to_be_right(flow, legs, changed, fault):
    begun, verifier = await agreed(legs)
    query = {"oauth_token": begun["oauth_token"], "oauth_verifier": verifier, **changed}
    sent = urlencode({name: value for name, value in query.items() if value})

    answer = await flow.raw(Request("POST", f"{flow.address}{ACCESS}?{sent}", {}, b""))

    assert answer.fault[:2] == fault


async def test_a_signature_by_the_app_alone_will_do_and_a_wrong_one_will_not(legs):
    begun, verifier = await agreed(legs)
    token = begun["oauth_token"]

    wrong = await legs.post(ACCESS, token, "another secret", oauth_verifier=verifier)
    right = await legs.post(ACCESS, token, "", oauth_verifier=verifier)

    assert wrong.fault[:2] == (401, 32)
    assert right.status == 200
