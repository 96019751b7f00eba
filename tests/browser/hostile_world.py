"""The simulator's text fields, as it describes itself, and a world with payloads in all of them."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.browser.conftest import WITHIN_MS
from tests.browser.described import Filler, reached
from tests.browser.desk_demo import ACCOUNT, ADA, ALAN
from tests.browser.payloads import PAYLOADS
from tests.browser.simulator_fields import description, ref

from roost.demo import world

OTHER_APP = "77"
WORLD = "World.WorldFile"
IN_PYTHON = '"""\n\'\'\'\n\\"); __hit = 1  # \\'
"""Would end a text that a test is written with, and go on as a statement."""

_ELSEWHERE = {
    "World.AppEntry.consumer_key": "a secret",
    "World.AppEntry.consumer_secret": "a secret",
    "World.AppEntry.bearer_token": "a secret",
    "World.AppEntry.client_id": "a secret",
    "World.AppEntry.client_secret": "a secret",
    "World.TokenEntry.access_token": "a secret",
    "World.TokenEntry.access_token_secret": "a secret",
    "World.OAuth2TokenEntry.access_token": "a secret",
    "World.OAuth2TokenEntry.refresh_token": "a secret",
    "World.Rules.webhook_ca_file": "names a file",
    "World.Rules.resolve": "names of hosts",
    "World.Rules.media_origin": "where media are",
    "World.QuickReply.type": "a word of X's",
    "World.QuickReplyResponse.type": "a word of X's",
    "World.Cta.type": "a word of X's",
    "World.InitiatedVia.tweet_id": "an id",
    "World.InitiatedVia.welcome_message_id": "an id",
}
"""Fields of a world that are no words, each with what it is instead."""

_AS_X_HAS_IT = ("World.MessageData.attachment.", "World.Entities.")
_WORDS_OF_X = re.compile(r".*\.(type|id_str)$")
"""In what X puts on a message: how it is read, and by what it is found."""


_TAG = {"text": "x", "indices": [0, 1]}
_ENTITIES = {
    "urls": [{"url": "x", "expanded_url": "x", "display_url": "x", "indices": [0, 1]}],
    "hashtags": [_TAG],
    "symbols": [_TAG],
    "user_mentions": [
        {"name": "x", "screen_name": "x", "id": 1, "id_str": "1", "indices": [0, 1]},
    ],
}
_ASKS = {
    "text": "x",
    "entities": _ENTITIES,
    "quick_reply": {
        "type": "options",
        "options": [{"label": "x", "description": "x", "metadata": "x"}],
    },
    "ctas": [{"type": "web_url", "label": "x", "url": "x", "tco_url": "x"}],
}
_CHOSEN = {"text": "x", "quick_reply_response": {"type": "options", "metadata": "x"}}
_PLACE = {"type": "shared_place", "shared_place": {"place": {"id": "x", "name": "x"}}}
_IS_THERE = {"text": "x", "attachment": {"type": "location", "location": _PLACE}}
_TOKEN = {"app_id": OTHER_APP, "access_token": "x", "scopes": ["dm.read"]}


def is_kept(field: str) -> bool:
    """Tell whether a field of a world is left as it is."""
    is_read = _WORDS_OF_X.fullmatch(field) is not None
    return field in _ELSEWHERE or (field.startswith(_AS_X_HAS_IT) and is_read)


def ask(method: str, url: str, body: object = None) -> Any:
    """Use one of the simulator's controls; gives what it answers."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=content, headers={"content-type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=WITHIN_MS / 1_000) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class HostileWorld:
    """A running simulator's world, with payloads put into it.

    Args:
        x: Where the simulator is.

    Attributes:
        filled: Every field that has been filled, as `Schema.field`.
    """

    def __init__(self, x: str) -> None:
        self._x = x
        self._schemas = description()["components"]["schemas"]
        self._filler = Filler(self._schemas, is_kept)
        self._before = _furnished(ask("GET", f"{x}/_sim/state"))

    @property
    def filled(self) -> set[str]:
        """Every field that has been filled, as `Schema.field`."""
        return self._filler.filled

    def wanted(self) -> set[str]:
        """Give every text field that a world can have."""
        every = reached([ref(WORLD)], self._schemas)
        return {one for one in every if one not in _ELSEWHERE}

    def put(self, payload: str) -> None:
        """Let the simulator have this world, with a payload in every text."""
        self._filler.payload = payload
        state = self._filler.fill(self._before, ref(WORLD))
        ask("PUT", f"{self._x}/_sim/state", _still_served(state, self._before, payload))


def _furnished(state: dict[str, Any]) -> dict[str, Any]:
    """Put in whatever else a world can hold."""
    sent = {"created_timestamp": state["clock"]["now"], "app_id": world.APP_ID}
    ada = {"sender_id": ADA, "recipient_id": ACCOUNT, **sent}
    us = {"sender_id": ACCOUNT, "recipient_id": ADA, "custom_profile_id": "5001", **sent}
    post = {**sent, "user_id": ACCOUNT, "entities": _ENTITIES, "shown": [0, 9]}
    more: dict[str, list[dict[str, Any]]] = {
        "apps": [{"app_id": OTHER_APP, "env_names": ["x"], "callback_urls": ["x"]}],
        "users": [{"user_id": "3001", "oauth2_tokens": [_TOKEN]}],
        "messages": [
            {**ada, "message_id": "101", "data": _CHOSEN},
            {**ada, "message_id": "102", "data": _IS_THERE},
            {**us, "message_id": "103", "data": _ASKS},
        ],
        "posts": [{**post, "post_id": "201"}, {**post, "post_id": "202"}],
        "openings": [{"user_id": ALAN, "with_id": ACCOUNT, "text": "x"}],
        "welcome_messages": [
            {**state["welcome_messages"][0], "welcome_message_id": "7003", "data": _ASKS}
        ],
        "webhooks": [{"webhook_id": "78", "app_id": OTHER_APP, "env_name": "x", "url": "x"}],
        "subscriptions": [{"app_id": OTHER_APP, "env_name": "x", "user_id": ACCOUNT}],
    }
    return {**state, **{name: [*state[name], *rows] for name, rows in more.items()}}


def _still_served(state: dict[str, Any], before: Mapping[str, Any], payload: str) -> dict[str, Any]:
    """Leave the application what it is found by, and a Post its button."""
    for rows in ("webhooks", "subscriptions"):
        state[rows][0] = before[rows][0]
    for name in ("env_names", "callback_urls"):
        state["apps"][0][name] = before["apps"][0][name]
    state["webhooks"][-1]["url"] = "https://x.example/" + re.sub(r"[\s#]", "+", payload)
    said = urllib.parse.urlencode({"recipient_id": ACCOUNT, "text": payload})
    state["posts"][-1]["link"] = f"https://x.com/messages/compose?{said}"
    state["messages"][-1]["data"]["text"] += IN_PYTHON
    return state


HTTP = "https://x.example/?"
STARTS = ("", *(PAYLOADS[name] for name in ("address", "data address")), HTTP)
"""What a text must begin with to be run as an address, or to be followed as one."""
