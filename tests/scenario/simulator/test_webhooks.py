"""Registering webhooks, challenging them, and subscriptions."""

from __future__ import annotations

import asyncio
import gzip
from datetime import datetime

import pytest
from aiohttp import web

from roost.simulator.app import Options
from roost.simulator.entries import Rules
from roost.xapi import signing

ALL = "/1.1/account_activity/all"
HOOKS = f"{ALL}/prod/webhooks.json"
SUBSCRIPTIONS = f"{ALL}/prod/subscriptions.json"
URL_REFUSED = "Webhook URL does not meet the requirements."
WRONG = f"{URL_REFUSED} Invalid CRC token or json response format."
NOT_200 = "Non-200 response code during CRC GET request (i.e. 404, 500, etc)."
SLOW = "High latency on CRC GET request. Your webhook should respond in less than 3 seconds."
QUICK = Rules(limits="off", webhook_timeout_s=2.0)


async def register(x, url: str, **more):
    return await x.call("POST", HOOKS, query={"url": url}, **more)


async def test_the_published_challenges_are_signed_as_x_signs_them():
    secret = "test-consumer-secret"

    token = signing.signature_of(b"challenge-0001", secret)
    query = signing.signature_of(b"crc_token=challenge-0001&nonce=bm9uY2U", secret)

    assert token == b"sha256=E6mhkaNkuNtISfbIBFlzaA1SmlAKXC8lbvnArZtys8E="
    assert query == b"sha256=H7vXqGtFvMt683RVL8QeiTcw8iZfdNZdaNC66d0wqvk="


async def test_a_webhook_that_passes_is_registered_and_listed(stage, x):
    hook = await stage.webhook()

    created = await register(x, hook.url)
    listed = await x.get(HOOKS)

    assert created.status == 200
    assert created.json["url"] == hook.url
    assert created.json["valid"] is True
    datetime.strptime(created.json["created_timestamp"], "%Y-%m-%d %H:%M:%S %z")
    assert listed.json == [created.json]
    (asked,) = hook.challenges  # whose own signature the webhook has verified
    assert list(dict(part.split("=", 1) for part in asked.split("&"))) == ["crc_token", "nonce"]


async def test_a_query_of_the_webhooks_own_is_kept_and_signed_along(stage, x):
    hook = await stage.webhook()

    created = await register(x, f"{hook.url}?tenant=a%20b")

    assert created.status == 200
    assert hook.challenges[0].startswith("tenant=a%20b&crc_token=")


@pytest.mark.parametrize(
    "url",
    [
        "hook",
        "ftp://bot.example.test/hook",
        "https://",
        "http://user:pw@bot.example.test/",
        "https://bot.example.test/#a",
        "https://böt.example.test/",
        "https://bot.example.test:99999/",
        "https://bot example.test/",
        "https://bot\\example.test/",
    ],
)
async def test_what_is_no_url_is_refused_without_a_challenge(x, url: str):
    assert (await register(x, url)).fault == (403, 214, URL_REFUSED)
    assert (await x.control("GET", "/deliveries")).json == {"deliveries": []}


async def test_a_webhook_without_a_url_is_195(x):
    assert (await register(x, "")).fault == (403, 195, "Missing or invalid url parameter")
    assert (await x.control("GET", "/deliveries")).json == {"deliveries": []}


@pytest.mark.parametrize("url", ["http://bot.example.test/", "https://bot.example.test:8443/"])
async def test_strictly_a_url_is_https_and_has_no_port(stage, url: str):
    x = await stage.simulator(options=Options(is_strict=True))

    assert (await register(x, url)).fault == (403, 214, URL_REFUSED)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "192.168.1.1", "169.254.169.254", "127.1"],
)
async def test_strictly_a_webhook_can_be_reached_from_anywhere(stage, host: str):
    x = await stage.simulator(options=Options(is_strict=True))

    for tier in (HOOKS, "/1.1/account_activity/webhooks.json"):
        answer = await x.call("POST", tier, query={"url": f"https://{host}/hook"})
        assert answer.fault == (403, 214, URL_REFUSED)
    assert (await x.control("GET", "/deliveries")).json == {"deliveries": []}


async def test_strictly_a_name_the_world_resolves_to_this_machine_is_taken(stage, certificate):
    hook = await stage.webhook(tls=certificate.server_context())
    port = hook.url.removeprefix("http://127.0.0.1:").removesuffix("/hook")
    rules = Rules(
        resolve={"bot.example.test": f"127.0.0.1:{port}"}, webhook_ca_file=str(certificate.path)
    )
    x = await stage.simulator(stage.world(rules), Options(is_strict=True))

    assert (await register(x, "https://bot.example.test/hook")).status == 200
    assert (await register(x, f"https://127.0.0.1:{port}/hook")).fault[:2] == (403, 214)


def says(**settings):
    return lambda _: web.Response(**settings)


def right_answer(request: web.Request, **settings) -> web.Response:
    token = request.query["crc_token"]
    answer = signing.signature_of(token.encode(), "test-consumer-secret").decode()
    return web.Response(text=f'{{"response_token":"{answer}"}}', **settings)


def undeclared_gzip(request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(right_answer(request).body))


def declared_gzip(request: web.Request) -> web.Response:
    return right_answer(request, headers={"content-encoding": "gzip"})


def honest_gzip(request: web.Request) -> web.Response:
    body = gzip.compress(right_answer(request).body)
    return web.Response(body=body, headers={"content-encoding": "gzip"})


FAILURES = {
    "wrong token": (says(text='{"response_token":"sha256=AAAA"}'), WRONG, True),
    "no JSON": (says(text="ok"), WRONG, True),
    "another JSON": (says(text="{}"), WRONG, True),
    "gzip not declared": (undeclared_gzip, WRONG, True),
    "gzip declared and not used": (declared_gzip, WRONG, True),
    "redirect": (says(status=302, headers={"location": "/hook"}), NOT_200, True),
    "400": (says(status=400), NOT_200, False),
    "500": (says(status=500), NOT_200, False),
    "201": (says(status=201), NOT_200, False),
}


@pytest.mark.parametrize("kind", FAILURES)
async def test_a_webhook_that_fails_is_not_registered(stage, x, kind: str):
    answer, text, _ = FAILURES[kind]
    hook = await stage.webhook(challenge_answer=answer)

    assert (await register(x, hook.url)).fault == (403, 214, text)
    assert (await x.get(HOOKS)).json == []


async def test_a_compressed_answer_that_says_so_is_right(stage, x):
    hook = await stage.webhook(challenge_answer=honest_gzip)

    assert (await register(x, hook.url)).status == 200


async def test_a_webhook_that_is_too_slow_or_not_there_is_not_registered(stage):
    x = await stage.simulator(stage.world(QUICK))
    slow = await stage.webhook(never_answers=True)
    gone = await stage.webhook()
    await gone.stop()

    assert (await register(x, slow.url)).fault == (403, 214, SLOW)
    assert (await register(x, gone.url)).fault == (403, 214, NOT_200)


@pytest.mark.parametrize("host", ["a..b", "a" * 300, "%zz", "256.256.256.256", "[v1.a]"])
async def test_a_host_that_cannot_be_is_no_fault_of_x(x, host: str):
    assert (await register(x, f"http://{host}/")).fault == (403, 214, NOT_200)


async def test_a_certificate_nobody_vouches_for_is_refused_and_one_of_the_worlds_is_taken(
    stage, certificate
):
    resolve = {"bot.example.test": "127.0.0.1"}
    distrusting = await stage.simulator(stage.world(Rules(resolve=resolve)))
    trusting = await stage.simulator(
        stage.world(Rules(resolve=resolve, webhook_ca_file=str(certificate.path)))
    )
    hook = await stage.webhook(tls=certificate.server_context())
    url = hook.url.replace("http://127.0.0.1", "https://bot.example.test")

    assert (await register(distrusting, url)).fault == (403, 214, URL_REFUSED)
    assert (await register(trusting, url)).status == 200


async def test_an_environment_has_one_webhook(stage, x):
    first, second = await stage.webhook(), await stage.webhook()
    await register(x, first.url)

    assert (await register(x, second.url)).fault == (
        403,
        214,
        "Too many resources already created.",
    )
    assert second.challenges == []


async def test_of_two_registrations_at_once_one_wins(stage, x):
    hooks = [await stage.webhook(), await stage.webhook()]

    answers = await asyncio.gather(*(register(x, hook.url) for hook in hooks))

    assert sorted(answer.status for answer in answers) == [200, 403]
    assert len((await x.get(HOOKS)).json) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_environment_that_is_not_there_is_200(x, method: str):
    answer = await x.call(method, f"{ALL}/Prod/webhooks.json")

    assert answer.fault == (403, 200, "Forbidden.")


async def test_only_the_apps_owner_registers(stage, x):
    hook = await stage.webhook()

    assert (await register(x, hook.url, who=x.signed("1002"))).fault[:2] == (403, 200)


async def test_a_webhook_is_removed_with_its_subscriptions(stage, x):
    hook = await stage.webhook()
    webhook_id = (await register(x, hook.url)).json["id"]
    await x.call("POST", SUBSCRIPTIONS)
    path = f"{ALL}/prod/webhooks/{webhook_id}.json"

    assert (await x.call("DELETE", path)).status == 204
    assert (await x.call("DELETE", path)).fault == (
        404,
        34,
        "Webhook does not exist or is associated with a different X application.",
    )
    assert (await x.call("GET", SUBSCRIPTIONS)).fault[:2] == (404, 34)
    assert (await register(x, hook.url)).status == 200


async def test_a_challenge_on_request_makes_valid_and_invalid(stage, x):
    hook = await stage.webhook()
    webhook_id = (await register(x, hook.url)).json["id"]
    path = f"{ALL}/prod/webhooks/{webhook_id}.json"

    hook.challenge_answer = says(text="{}")
    assert (await x.call("PUT", path)).fault == (403, 214, WRONG)
    assert (await x.get(HOOKS)).json[0]["valid"] is False

    hook.challenge_answer = None
    assert (await x.call("PUT", path, who=x.signed("1002"))).fault[:2] == (403, 200)
    assert (await x.get(HOOKS)).json[0]["valid"] is False
    assert (await x.call("PUT", path, who=f"Bearer {x.app.bearer_token}")).status == 204
    assert (await x.get(HOOKS)).json[0]["valid"] is True
    assert (await x.call("PUT", path)).status == 204


@pytest.mark.parametrize("kind", FAILURES)
async def test_periodic_challenges_invalidate_at_once_or_after_28_hours(stage, x, kind: str):
    answer, _, is_final = FAILURES[kind]
    hook = await stage.webhook()
    await register(x, hook.url)
    hook.challenge_answer = answer

    x.advance(hours=1)
    await x.deliveries(2, kind="crc")
    assert (await x.get(HOOKS)).json[0]["valid"] is not is_final

    x.advance(hours=27)
    await x.deliveries(29, kind="crc")
    assert (await x.get(HOOKS)).json[0]["valid"] is False

    hook.challenge_answer = None
    x.advance(hours=1)
    await x.deliveries(30, kind="crc")
    assert (await x.get(HOOKS)).json[0]["valid"] is True


async def test_a_webhook_that_is_gone_is_challenged_no_more(stage, x):
    first, second = await stage.webhook(), await stage.webhook()
    webhook_id = (await register(x, first.url)).json["id"]
    await x.call("DELETE", f"{ALL}/prod/webhooks/{webhook_id}.json")
    await register(x, second.url)

    x.advance(hours=1)
    await x.deliveries(3, kind="crc")

    assert (len(first.challenges), len(second.challenges)) == (1, 2)


async def test_subscribing_asking_and_unsubscribing(stage, x):
    hook = await stage.webhook()
    await register(x, hook.url)
    bearer = f"Bearer {x.app.bearer_token}"
    ours = f"{ALL}/prod/subscriptions/1001.json"

    assert (await x.call("GET", SUBSCRIPTIONS)).fault[:2] == (404, 34)
    assert (await x.call("POST", SUBSCRIPTIONS)).status == 204
    assert (await x.call("POST", SUBSCRIPTIONS)).fault == (409, 355, "Subscription already exists.")
    assert (await x.call("GET", SUBSCRIPTIONS)).status == 204
    assert (await x.call("GET", SUBSCRIPTIONS, who=x.signed("1002"))).status == 404
    assert (await x.call("DELETE", ours, who=bearer)).status == 204
    assert (await x.call("DELETE", ours, who=bearer)).fault[:2] == (404, 34)
    assert (await x.call("GET", SUBSCRIPTIONS)).status == 404


async def test_subscribing_needs_a_webhook_and_permission(x):
    assert (await x.call("POST", SUBSCRIPTIONS)).fault[:2] == (403, 200)

    status, code, _ = (await x.call("POST", SUBSCRIPTIONS, who=x.signed("1001", x.other))).fault

    assert (status, code) == (401, 348)
