"""Who may call: right signatures are taken, all others refused with X's code for it."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from oauthlib.oauth1 import Client as Signer

from roost.simulator.authentication import Authenticator
from roost.simulator.calls import FORM, Call
from roost.simulator.clock import SimulatorClock
from roost.simulator.entries import AppEntry, TokenEntry, UserEntry, WorldFile
from roost.simulator.refusals import Refusal
from roost.simulator.world import World
from roost.xapi.oauth1 import Credentials
from roost.xapi.routes import ROUTES
from roost.xapi.transport import Request

LIST = "/1.1/direct_messages/events/list.json"
COUNT_AT = 1_318_622_958


def published_world() -> World:
    """The app and user of X's published example, at its time."""
    app = AppEntry(
        app_id="1",
        consumer_key="xvz1evFS4wEEPTGEFPHBog",
        consumer_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    )
    token = TokenEntry(
        app_id="1",
        access_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        access_token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    user = UserEntry(user_id="370773112", screen_name="x", tokens=(token,))
    clock = SimulatorClock(datetime.fromtimestamp(COUNT_AT, UTC), is_frozen=True)
    return World(clock, WorldFile(format=1, apps=(app,), users=(user,)))


def published_call(host: str, signature: str) -> Call:
    oauth = {
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature": signature,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(COUNT_AT),
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    quoted = ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in oauth.items())
    return Call(
        method="POST",
        url=f"https://{host}/1.1/statuses/update.json",
        path="/1.1/statuses/update.json",
        query="include_entities=true",
        headers={"authorization": f"OAuth {quoted}", "content-type": FORM},
        body=b"status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21",
    )


@pytest.mark.parametrize(
    ("host", "signature"),
    [
        ("api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="),
        ("api.twitter.com", "hCtSmYh+iHYCEqBWrE7C7hYmtUk="),
    ],
)
def test_the_signature_x_publishes_is_right_for_its_host_alone(host: str, signature: str):
    world = published_world()
    authenticator = Authenticator(world, [world.clock])
    route = ROUTES["dm.events.new"]

    caller = authenticator.authenticate(published_call(host, signature), route)
    with pytest.raises(Refusal) as refused:
        authenticator.authenticate(published_call("ads-api.x.com", signature), route)

    assert caller.user_id == "370773112"
    assert refused.value.code == 32


def oauth_header(x, *, uri: str, method: str = "GET", secret: str = "", **settings) -> str:
    who = x.signed()
    signer = Signer(
        who.consumer_key,
        client_secret=who.consumer_secret,
        resource_owner_key=who.token,
        resource_owner_secret=secret or who.token_secret,
        **settings,
    )
    return signer.sign(uri, method)[1]["Authorization"]


async def call_with(x, header: str, path: str = LIST) -> tuple[int, int, str]:
    return (await x.call("GET", path, who=header)).fault


async def test_awkward_characters_in_keys_tokens_and_nonces(stage):
    odd = "k%2B+/= ü&%"
    app = AppEntry(app_id="5", consumer_key=odd, consumer_secret=f"s{odd}")
    token = TokenEntry(app_id="5", access_token=f"7-{odd}", access_token_secret=f"t{odd}")
    user = UserEntry(user_id="7", tokens=(token,))
    x = await stage.simulator(WorldFile(format=1, apps=(app,), users=(user,)))
    signer = Signer(odd, f"s{odd}", f"7-{odd}", f"t{odd}", nonce="n%25+%")

    header = signer.sign(x.address + LIST, "GET")[1]["Authorization"]

    assert (await x.call("GET", LIST, who=header)).status == 200


async def test_no_credentials_are_215(x):
    assert await call_with(x, "") == (400, 215, "Bad Authentication data.")
    assert (await call_with(x, "OAuth realm"))[:2] == (400, 215)
    assert (await call_with(x, 'OAuth oauth_consumer_key="ck"'))[:2] == (400, 215)
    assert (await call_with(x, "Basic YTpi"))[:2] == (400, 215)


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "wrong"},
        {"method": "POST"},
        {"path": "/1.1/direct_messages/events/show.json"},
        {"query": "?count=7"},
        {"host": "http://localhost"},
    ],
)
async def test_a_signature_of_anything_else_is_32(x, change: dict[str, str]):
    host = change.get("host", x.address)
    uri = host + change.get("path", LIST) + change.get("query", "")
    header = oauth_header(
        x, uri=uri, method=change.get("method", "GET"), secret=change.get("secret", "")
    )

    assert await call_with(x, header) == (401, 32, "Could not authenticate you.")


async def test_every_character_of_a_signature_counts(x):
    header = oauth_header(x, uri=x.address + LIST)
    start = header.index('oauth_signature="') + len('oauth_signature="')
    swapped = "B" if header[start] == "A" else "A"

    status = await call_with(x, header[:start] + swapped + header[start + 1 :])

    assert status[:2] == (401, 32)


async def test_a_nonce_is_good_once(x):
    header = oauth_header(x, uri=x.address + LIST)

    first = await x.call("GET", LIST, who=header)

    assert first.status == 200
    assert (await call_with(x, header))[:2] == (401, 32)


async def test_a_nonce_of_a_wrong_signature_is_not_used_up(x):
    settings = {"nonce": "n0nce"}
    wrong = oauth_header(x, uri=x.address + LIST, secret="wrong", **settings)
    right = oauth_header(x, uri=x.address + LIST, **settings)

    assert (await call_with(x, wrong))[:2] == (401, 32)
    assert (await x.call("GET", LIST, who=right)).status == 200


async def test_a_nonce_is_ascii(x):
    header = oauth_header(x, uri=x.address + LIST, nonce="é漢")

    assert (await call_with(x, header))[:2] == (401, 32)


@pytest.mark.parametrize("timestamp", ["1318622958", "99999999999", "x", "9" * 5_000])
async def test_a_time_far_off_is_135(x, timestamp: str):
    header = oauth_header(x, uri=x.address + LIST, timestamp=timestamp)

    assert (await call_with(x, header))[:2] == (401, 135)


async def test_a_client_may_go_by_the_machine_or_by_the_simulator(x):
    x.advance(days=40)
    ahead = str(int((x.clock.now() + timedelta(seconds=299)).timestamp()))

    by_the_machine = await x.get(LIST)
    by_the_simulator = await x.call(
        "GET", LIST, who=oauth_header(x, uri=x.address + LIST, timestamp=ahead)
    )

    assert by_the_machine.status == by_the_simulator.status == 200


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Credentials("nobody", "s", "1001-token-13090192", "t"), 32),
        (Credentials("consumer-key-13090192", "test-consumer-secret", "1001-nothing", "t"), 89),
        (Credentials("consumer-key-13090192", "test-consumer-secret"), 89),
        (Credentials("consumer-key-13090193", "s", "1002-token-13090192", "t"), 89),
        ("Bearer nothing", 89),
    ],
)
async def test_unknown_apps_and_tokens_are_32_and_89(x, who: Credentials | str, code: int):
    assert (await x.call("GET", LIST, who=who)).fault[:2] == (401, code)


async def test_a_bearer_token_is_for_what_an_app_may_do_alone(x):
    bearer = f"Bearer {x.app.bearer_token}"
    hooks = "/1.1/account_activity/all/prod/webhooks.json"

    assert (await x.call("GET", LIST, who=bearer)).fault[:2] == (403, 220)
    assert (await x.call("POST", hooks, who=bearer)).fault[:2] == (403, 261)
    assert (await x.call("GET", hooks, who=bearer)).json == []


async def test_a_users_token_is_not_the_apps(x):
    path = "/1.1/account_activity/all/prod/subscriptions/1001.json"

    assert (await x.call("DELETE", path)).fault[:2] == (401, 32)


async def test_an_app_without_permission_for_messages_is_93(x):
    who = x.signed("1001", x.other)

    assert (await x.send(who=who)).fault[:2] == (403, 93)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [("", 200), ("oauth_version", 401), ("oauth_signature_method", 401), ("twice", 401)],
)
async def test_odd_protocol_parameters(x, changed: str, expected: int):
    header = oauth_header(x, uri=x.address + LIST)
    header = {
        "": header,
        "oauth_version": header.replace('version="1.0"', 'version="2.0"'),
        "oauth_signature_method": header.replace("HMAC-SHA1", "PLAINTEXT"),
        "twice": header + ', oauth_version="1.0"',
    }[changed]

    assert (await x.call("GET", LIST, who=header)).status == expected


async def test_a_parameter_twice_is_32(x):
    uri = f"{x.address}{LIST}?count=2&count=2"
    request = Request("GET", uri, {"authorization": oauth_header(x, uri=uri)})

    assert (await x.raw(request)).fault[:2] == (401, 32)


@pytest.mark.parametrize(("said", "expected"), [("oob", 200), ("other", 401)])
async def test_what_is_in_header_and_query_may_be_signed_once(x, said: str, expected: int):
    uri = f"{x.address}{LIST}?oauth_callback=oob"
    header = f'{oauth_header(x, uri=uri)}, oauth_callback="{said}"'

    assert (await x.raw(Request("GET", uri, {"authorization": header}))).status == expected


@pytest.mark.parametrize(("said", "expected"), [("2002", 200), ("2003", 401)])
async def test_what_is_in_query_and_form_may_be_signed_twice(x, said: str, expected: int):
    uri = f"{x.address}/1.1/friendships/create.json?user_id=2002"
    form = {"body": f"user_id={said}", "headers": {"content-type": FORM}}
    who = x.signed()
    signer = Signer(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    headers = {name.lower(): str(one) for name, one in signer.sign(uri, "POST", **form)[1].items()}

    answer = await x.raw(Request("POST", uri, headers, form["body"].encode()))

    assert answer.status == expected


@pytest.mark.parametrize("version", ["1.0A", "1.0a"])
async def test_the_revision_of_oauth_may_be_named(x, version: str):
    who = x.signed()
    signer = Signer(who.consumer_key, who.consumer_secret, who.token, who.token_secret)
    plain = signer.get_oauth_params
    signer.get_oauth_params = lambda request: [
        (name, version if name == "oauth_version" else value) for name, value in plain(request)
    ]
    header = signer.sign(x.address + LIST, "GET")[1]["Authorization"]

    assert f'oauth_version="{version}"' in header
    assert (await x.call("GET", LIST, who=header)).status == 200


@pytest.mark.parametrize(("hashed", "expected"), [(b"{}", 400), (b"other", 401)])
async def test_a_body_hash_must_be_the_bodys(x, hashed: bytes, expected: int):
    digest = quote(base64.b64encode(hashlib.sha1(hashed).digest()).decode(), safe="")
    path = "/1.1/direct_messages/events/new.json"
    signing_uri = f"{x.address}{path}?oauth_body_hash={digest}"
    header = oauth_header(x, uri=signing_uri, method="POST")
    header += f', oauth_body_hash="{digest}"'

    answer = await x.call("POST", path, who=header, body=b"{}", content_type="application/json")

    assert answer.status == expected  # 400: authenticated, and then found empty


async def test_only_a_front_on_this_machine_is_believed():
    world = published_world()
    call = published_call("api.x.com:443", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=")

    caller = Authenticator(world, [world.clock]).authenticate(call, ROUTES["dm.events.new"])

    assert caller.user_id == "370773112"


TOKEN = "/oauth2/token"


def basic(*parts: str) -> str:
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode()


async def get_token(x, who: str, *, query: str = "", body: bytes = b""):
    headers = {"authorization": who, "content-type": FORM}
    return await x.raw(Request("POST", f"{x.address}{TOKEN}{query}", headers, body))


async def test_an_app_gets_its_bearer_token_always_the_same(stage):
    odd = AppEntry(app_id="5", consumer_key="k/1", consumer_secret="s+2%41", bearer_token="AAAA%2F")
    x = await stage.simulator(WorldFile(format=1, apps=(odd,)))
    grant = b"grant_type=client_credentials"

    raw = await get_token(x, basic("k/1", "s+2%41"), body=grant)
    encoded = await get_token(
        x, basic("k%2F1", "s%2B2%2541"), query="?grant_type=client_credentials"
    )

    assert raw.json == encoded.json == {"token_type": "bearer", "access_token": "AAAA%2F"}


@pytest.mark.parametrize("query", ["", "?grant_type=client_credentials"])
async def test_a_body_of_json_gets_no_bearer_token(x, query: str):
    headers = {
        "authorization": basic("consumer-key-13090192", "test-consumer-secret"),
        "content-type": "application/json",
    }
    body = b'{"grant_type": "client_credentials"}'

    said = await x.raw(Request("POST", f"{x.address}{TOKEN}{query}", headers, body))

    assert said.fault == (403, 99, "Unable to verify your credentials")
    assert said.json["errors"][0]["label"] == "authenticity_token_error"


@pytest.mark.parametrize(
    ("who", "body"),
    [
        (basic("consumer-key-13090192", "wrong"), b"grant_type=client_credentials"),
        (basic("nobody", "x"), b"grant_type=client_credentials"),
        (basic("consumer-key-13090192", "test-consumer-secret"), b"grant_type=password"),
        (basic("consumer-key-13090192", "test-consumer-secret"), b""),
        ("Basic ?", b"grant_type=client_credentials"),
        ("", b"grant_type=client_credentials"),
        (basic("nocolon"), b"grant_type=client_credentials"),
    ],
)
async def test_bad_credentials_for_a_bearer_token_are_99_with_a_label(x, who: str, body: bytes):
    answer = await get_token(x, who, body=body)

    assert answer.fault == (403, 99, "Unable to verify your credentials")
    assert answer.json["errors"][0]["label"] == "authenticity_token_error"


async def test_the_log_tells_what_x_does_not(x):
    await x.call("GET", LIST, who=oauth_header(x, uri=x.address + LIST, secret="wrong"))
    await x.get(LIST)

    newest, oldest = (await x.control("GET", "/requests")).json["requests"]

    assert newest["auth"] == "oauth1 ok (@acme)"
    assert (newest["route"], newest["status"], newest["user_id"]) == ("dm.events.list", 200, "1001")
    assert oldest["auth"].startswith("rejected: wrong signature for GET http://127.0.0.1:")
    assert (oldest["error_code"], oldest["user_id"]) == (32, None)
