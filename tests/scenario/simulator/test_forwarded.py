"""Fronts before the simulator: which of them says what the client signed."""

from __future__ import annotations

import pytest

from roost.simulator import asgi
from roost.simulator.clock import SystemClock
from roost.xapi import oauth1
from roost.xapi.transport import Request

ME = "/1.1/account/verify_credentials.json"


async def signed_for(x, origin: str, headers: dict[str, str]) -> int:
    """Sign for an origin, call as fronts would pass it on, and give the status."""
    authorization = oauth1.authorization(
        "GET", origin + ME, x.signed(), parameters_signed=[], now=SystemClock().now()
    )
    request = Request("GET", x.address + ME, {"authorization": authorization, **headers}, b"")
    return (await x.raw(request)).status


@pytest.mark.parametrize(
    ("proto", "host"),
    [
        ("https", "api.x.com"),
        ("https, http", "api.x.com, front.internal"),
        ("https,http,http", "api.x.com,one.internal:8443,two.internal"),
        (" https , http ", " api.x.com , front.internal "),
        (", https", ",api.x.com"),
        ("https", "api.x.com, front.internal"),
    ],
)
async def test_of_several_fronts_the_first_counts(x, proto: str, host: str):
    headers = {"x-forwarded-proto": proto, "x-forwarded-host": host}

    assert await signed_for(x, "https://api.x.com", headers) == 200
    assert await signed_for(x, "http://front.internal", headers) == 401


@pytest.mark.parametrize("nothing", ["", " ", ",", " , "])
async def test_fronts_that_say_nothing_leave_what_the_connection_says(x, nothing: str):
    headers = {"x-forwarded-proto": nothing, "x-forwarded-host": nothing}

    assert await signed_for(x, x.address, headers) == 200


def test_lines_of_their_own_count_like_one_list():
    scope = {
        "type": "http",
        "scheme": "http",
        "client": ("127.0.0.1", 5),
        "headers": [
            (b"x-forwarded-host", b"api.x.com"),
            (b"host", b"127.0.0.1:8090"),
            (b"x-forwarded-host", b"front.internal"),
        ],
    }

    assert asgi.origin(scope) == "http://api.x.com"
    assert asgi.origin({**scope, "client": ("198.51.100.7", 5)}) == "http://127.0.0.1:8090"
