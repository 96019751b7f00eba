"""World files: what they hold, and how their mistakes are named."""

from __future__ import annotations

import itertools
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.errors import SettingsError
from roost.simulator import posting, replacing, world_file
from roost.simulator.clock import SimulatorClock, SystemClock
from roost.simulator.entries import WorldFile
from roost.simulator.world import World

WHOLE = b"""{
  "format": 1,
  "apps": [{
    "app_id": "13090192", "name": "Acme Desk", "url": "https://acme.example",
    "consumer_key": "ck", "consumer_secret": "cs", "bearer_token": "bt",
    "client_id": "ci", "client_secret": "cis", "owner_id": "1001",
    "env_names": ["prod"], "access_level": "read-write-directmessages",
    "callback_urls": ["http://127.0.0.1:8080/accounts/callback"]
  }],
  "users": [{
    "user_id": "1001", "screen_name": "acme", "name": "Acme", "verified": true, "protected": false,
    "dms_from_anyone": true, "custom_profiles_allowed": true, "follows": ["2002"], "blocks": [],
    "tokens": [{"app_id": "13090192", "access_token": "1001-a", "access_token_secret": "ats"}],
    "oauth2_tokens": [{"app_id": "13090192", "access_token": "a", "refresh_token": "r",
                       "scopes": ["dm.read", "offline.access"]}]
  }, {"user_id": "2002"}],
  "rules": {
    "webhook_timeout_s": 3, "retry_after_s": [3, 27, 242], "crc_every_s": 3600,
    "limits": "on", "user_dm_per_24h": 1000, "app_dm_per_24h": 15000,
    "consent": "page", "webhook_ca_file": null, "resolve": {"bot.example.test": "127.0.0.1:5005"}
  }
}"""


WEBHOOK = '{"webhook_id": "1", "app_id": "13090192", "env_name": "prod", "url": "x"}'


def test_every_documented_field_is_read_and_the_rest_has_defaults():
    world = world_file.read(WHOLE, source="world.json")

    assert world.apps[0].client_secret == "cis"
    assert world.users[0].oauth2_tokens[0].scopes == ("dm.read", "offline.access")
    assert world.users[1].screen_name == "u2002"
    assert world.users[1].name == "u2002"
    assert world.rules.resolve == {"bot.example.test": "127.0.0.1:5005"}


EXAMPLE = """
{
  "apps": [{
    "app_id": "13090192", "name": "Acme Desk", "url": "https://acme.example",
    "consumer_key": "…", "consumer_secret": "…", "bearer_token": "…",
    "client_id": "…", "client_secret": "…", "owner_id": "1001",
    "env_names": ["prod"], "access_level": "read-write-directmessages",
    "callback_urls": ["http://127.0.0.1:8080/accounts/callback"]
  }],
  "users": [{
    "user_id": "1001", "screen_name": "acme", "name": "Acme", "verified": true, "protected": false,
    "dms_from_anyone": true, "custom_profiles_allowed": true, "follows": ["2002"], "blocks": [],
    "tokens": [{"app_id": "13090192", "access_token": "1001-…", "access_token_secret": "…"}],
    "oauth2_tokens": [{"app_id": "13090192", "access_token": "…", "refresh_token": "…",
      "scopes": ["dm.read", "dm.write", "tweet.read", "users.read", "offline.access"]}]
  }],
  "rules": {
    "webhook_timeout_s": 3, "retry_after_s": [3, 27, 242], "crc_every_s": 3600,
    "limits": "on", "user_dm_per_24h": 1000, "app_dm_per_24h": 15000,
    "consent": "page", "webhook_ca_file": null, "resolve": {"bot.example.test": "127.0.0.1:5005"}
  }
}
"""
"""A world as people write it: no format, and whoever is followed is not listed."""


def test_a_world_as_people_write_it_is_a_world():
    numbers = itertools.count(1)
    text = re.sub("…", lambda _: f"secret-{next(numbers)}", EXAMPLE)

    world = world_file.read(text.encode(), source="world.json")

    assert world.format == 1
    assert [(user.user_id, user.screen_name) for user in world.users] == [
        ("1001", "acme"),
        ("2002", "u2002"),
    ]
    assert world.users[0].tokens[0].access_token == "1001-secret-6"
    assert msgspec.json.decode(msgspec.json.encode(world))["format"] == 1


def test_who_is_followed_by_several_is_there_once():
    users = [{"user_id": "1", "follows": ["3", "2"]}, {"user_id": "2", "follows": ["3"]}]

    world = world_file.read(msgspec.json.encode({"users": users}), source="w")

    assert [user.user_id for user in world.users] == ["1", "2", "3"]


def test_ids_are_enough():
    text = (
        b'{"format":1,"apps":[{"app_id":"1"}],"users":[{"user_id":"2","tokens":[{"app_id":"1"}]}]}'
    )
    world = world_file.read(text, source="w")

    assert world.apps[0].env_names == ("prod",)
    assert world.users[0].tokens[0].access_token == "2-token-1"
    assert world.rules.retry_after_s == (3, 27, 242)


def test_the_built_in_world_is_the_documented_one():
    world = world_file.built_in()

    assert [(app.app_id, app.name) for app in world.apps] == [("13090192", "Acme Desk")]
    assert [user.screen_name for user in world.users] == ["acme", "ada", "bob", "cy"]
    assert world.users[0].verified
    assert world_file.read(msgspec.json.encode(world), source="again") == world


@pytest.mark.parametrize(
    ("change", "place", "problem"),
    [
        (("screen_name", "screen_nam"), "users[0]", "screen_nam"),
        (('"user_id": "2002"', '"user_id": 2002'), "users[1].user_id", "str"),
        (('"user_id": "2002"', '"user_id": "1001"'), "users", "'1001' is there 2 times"),
        (('"follows": ["2002"]', '"follows": [""]'), "users[0].follows[0]", "regex"),
        (('"follows": ["2002"]', '"follows": [7]'), "users[0].follows[0]", "str"),
        (('[{"app_id": "13090192", "access', '[{"app_id": "5", "access'), "tokens", "no app '5'"),
        (('"blocks": []', '"mutes": ["7"]'), "users[0].mutes", "no user '7'"),
        (('"blocks": []', '"follow_requests": ["7"]'), "follow_requests", "no user '7'"),
        (("127.0.0.1:5005", "10.0.0.1:5005"), "rules.resolve", "not a loopback address"),
        (("127.0.0.1:5005", "999"), "rules.resolve", "not a loopback address"),
        (('"limits": "on"', '"limits": "maybe"'), "rules.limits", "maybe"),
        (('"crc_every_s": 3600', '"crc_every_s": 0'), "rules.crc_every_s", "> 0"),
        (("{\n", f'{{"webhooks": [{WEBHOOK}],'), "webhooks[0].url", "'x' is not an address"),
        (('"format": 1', '"format": 2'), "format", "2"),
        (('"format": 1', '"format": "1"'), "format", "str"),
        (('"format": 1', '"format": null'), "format", "null"),
        (('"format": 1,', '"format": 1'), "the whole", "not well-formed JSON"),
    ],
)
def test_a_mistake_is_named_with_its_place(change: tuple[str, str], place: str, problem: str):
    text = WHOLE.decode().replace(*change, 1).encode()

    with pytest.raises(SettingsError) as caught:
        world_file.read(text, source="world.json")

    assert caught.value.name.startswith("world.json: ")
    assert place in caught.value.name
    assert problem in str(caught.value)


POST = {"post_id": "5", "user_id": "2002", "created_timestamp": "1", "app_id": "1"}
READ = {"reader_id": "1001", "writer_id": "2002", "message_id": "5"}
MENTION = {"indices": [0, 4], "id_str": "1001"}


@pytest.mark.parametrize(
    ("more", "place", "problem"),
    [
        ({"posts": [POST, POST]}, "posts", "'5' is there 2 times"),
        ({"posts": [{**POST, "user_id": "7"}]}, "posts[0].user_id", "no user '7'"),
        ({"posts": [{**POST, "reposts": "6"}]}, "posts[0].reposts", "no Post '6'"),
        ({"posts": [{**POST, "reposts": "5"}]}, "posts[0].reposts", "no Post '5'"),
        ({"posts": [{**POST, "entities": {"hashtags": [{}]}}]}, "posts[0].entities", "indices"),
        (
            {"posts": [{**POST, "entities": {"user_mentions": [{**MENTION, "id_str": 1}]}}]},
            "posts[0].entities",
            "id_str",
        ),
        ({"likes": [{"user_id": "2002", "post_id": "5"}]}, "likes[0].post_id", "no Post '5'"),
        (
            {"posts": [POST], "likes": [{"user_id": "7", "post_id": "5"}]},
            "likes[0].user_id",
            "no user '7'",
        ),
        ({"reads": [{**READ, "reader_id": "7"}]}, "reads[0].reader_id", "no user '7'"),
        ({"reads": [{**READ, "writer_id": "7"}]}, "reads[0].writer_id", "no user '7'"),
    ],
)
def test_a_mistake_in_a_state_is_named_with_its_place(more, place: str, problem: str):
    text = msgspec.json.encode({**msgspec.json.decode(WHOLE), **more})

    with pytest.raises(SettingsError) as caught:
        world_file.read(text, source="state")

    assert place in caught.value.name
    assert problem in str(caught.value)


def test_posts_of_a_state_may_mention_who_is_gone():
    post = {**POST, "entities": {"user_mentions": [MENTION, {**MENTION, "id_str": "7"}]}}
    text = msgspec.json.encode({**msgspec.json.decode(WHOLE), "posts": [post]})

    world = World(SimulatorClock(SystemClock().now()), world_file.read(text, source="state"))

    (entry,) = world.posts.by("2002")
    assert posting.mentioned_in(world, entry) == ["1001"]


@given(st.integers(0, len(WHOLE) - 1))
def test_a_truncated_file_is_an_error_and_nothing_worse(length: int):
    with pytest.raises(SettingsError):
        world_file.read(WHOLE[:length], source="world.json")


def test_a_world_that_is_exported_and_read_again_is_the_same():
    clock = SimulatorClock(SystemClock().now(), is_frozen=True)
    world = World(clock, world_file.read(WHOLE, source="w"))
    world.add_user("zed", "Zed")
    exported = world.export()

    again = World(clock, world_file.read(msgspec.json.encode(exported), source="state"))

    assert again.export() == exported
    assert int(again.ids.next()) > max(int(user_id) for user_id in again.users)


def test_a_world_in_anothers_place_is_compared_in_every_field_that_has_rows():
    without_rows = {"format", "rules", "clock"}
    assert {*replacing.KEYS} == {*WorldFile.__struct_fields__} - without_rows
