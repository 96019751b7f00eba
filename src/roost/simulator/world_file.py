"""The world file: apps, users, tokens and rules to start from, and a whole state when exported.

One JSON object. Every field but the ids may be left out, `"format": 1` too; a field that is not
known is an error that names it and says where it stands. Users who are followed and not listed are
there all the same, with defaults.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from roost.errors import SettingsError
from roost.simulator import addresses
from roost.simulator.entries import AppEntry, TokenEntry, UserEntry, WorldFile, XId


class _Mark(msgspec.Struct, frozen=True):
    indices: tuple[int, int]


class _Mention(_Mark, frozen=True):
    id_str: XId


_mark = msgspec.json.Decoder(_Mark)
_mention = msgspec.json.Decoder(_Mention)


def read(text: bytes, *, source: str) -> WorldFile:
    """Read a world file.

    Args:
        text: Its bytes.
        source: What to call it in an error, for example its path.

    Raises:
        SettingsError: It is not JSON, has a field that is unknown or of a wrong type, or refers to
            something it does not hold. Names the field and where it stands.
    """
    try:
        world = msgspec.json.decode(text, type=WorldFile)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise _wrong(source, place.strip("`$.") or "the whole", problem) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(source, "the whole", f"not well-formed JSON: {error}") from error
    world = _with_followed(world)
    for place, problem in _contradictions(world):
        raise _wrong(source, place, problem)
    return world


def built_in() -> WorldFile:
    """Give the small world that stands in where no file is named.

    One app, *Acme Desk*, its account `@acme`, and three customers.
    """
    app = AppEntry(
        app_id="13090192",
        name="Acme Desk",
        url="https://acme.example",
        owner_id="1001",
        callback_urls=("http://127.0.0.1:8080/accounts/callback",),
    )
    acme = UserEntry(
        user_id="1001",
        screen_name="acme",
        name="Acme",
        verified=True,
        custom_profiles_allowed=True,
        tokens=(TokenEntry(app_id=app.app_id),),
    )
    ada = UserEntry(user_id="2002", screen_name="ada", name="Ada Lovelace")
    bob = UserEntry(user_id="2003", screen_name="bob", name="Bob")
    cy = UserEntry(user_id="2004", screen_name="cy", name="Cy")
    return WorldFile(format=1, apps=(app,), users=(acme, ada, bob, cy))


def _with_followed(world: WorldFile) -> WorldFile:
    followed = dict.fromkeys(other for user in world.users for other in user.follows)
    listed = {user.user_id for user in world.users}
    more = tuple(UserEntry(user_id=one) for one in followed if one not in listed)
    return replace(world, users=(*world.users, *more)) if more else world


def _wrong(source: str, place: str, problem: str) -> SettingsError:
    return SettingsError(f"{source}: {place}", problem, "Correct the world file.")


def _contradictions(world: WorldFile) -> Iterator[tuple[str, str]]:
    yield from _repetitions("apps", "app_id", (app.app_id for app in world.apps))
    yield from _repetitions("apps", "consumer_key", (app.consumer_key for app in world.apps))
    yield from _repetitions("users", "user_id", (user.user_id for user in world.users))
    names = (user.screen_name.lower() for user in world.users)
    yield from _repetitions("users", "screen_name", names)
    tokens = (token.access_token for user in world.users for token in user.tokens)
    yield from _repetitions("users", "access_token", tokens)
    yield from _repetitions("posts", "post_id", (post.post_id for post in world.posts))
    yield from _strangers(world)
    yield from _lost_posts(world)
    yield from _torn_posts(world)
    yield from _addresses(world.rules.resolve)
    for n, webhook in enumerate(world.webhooks):
        if not addresses.is_web_address(webhook.url):
            yield f"webhooks[{n}].url", f"{webhook.url!r} is not an address"


def _repetitions(place: str, field: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    for value, count in Counter(values).items():
        if count > 1:
            yield place, f"{field} {value!r} is there {count} times"


def _strangers(world: WorldFile) -> Iterator[tuple[str, str]]:
    known = {app.app_id for app in world.apps}
    for place, app_id in _apps_named(world):
        if app_id not in known:
            yield place, f"there is no app {app_id!r}"
    known = {user.user_id for user in world.users}
    for place, user_id in _users_named(world):
        if user_id not in known:
            yield place, f"there is no user {user_id!r}"
    known = {webhook.webhook_id for webhook in world.webhooks} | {""}
    for n, one in enumerate(world.subscriptions):
        if one.webhook_id not in known:
            yield f"subscriptions[{n}]", f"there is no webhook {one.webhook_id!r}"


def _apps_named(world: WorldFile) -> Iterator[tuple[str, str]]:
    for n, user in enumerate(world.users):
        yield from ((f"users[{n}].tokens", token.app_id) for token in user.tokens)
    yield from ((f"webhooks[{n}]", one.app_id) for n, one in enumerate(world.webhooks))
    yield from ((f"subscriptions[{n}]", one.app_id) for n, one in enumerate(world.subscriptions))


def _users_named(world: WorldFile) -> Iterator[tuple[str, str]]:
    for n, user in enumerate(world.users):
        yield from ((f"users[{n}].blocks", other) for other in user.blocks)
        yield from ((f"users[{n}].mutes", other) for other in user.mutes)
        yield from ((f"users[{n}].follow_requests", other) for other in user.follow_requests)
    for n, one in enumerate(world.messages):
        yield f"messages[{n}].sender_id", one.sender_id
        yield f"messages[{n}].recipient_id", one.recipient_id
    yield from _owners_named(world)
    yield from ((f"subscriptions[{n}]", one.user_id) for n, one in enumerate(world.subscriptions))
    for n, read in enumerate(world.reads):
        yield f"reads[{n}].reader_id", read.reader_id
        yield f"reads[{n}].writer_id", read.writer_id
    yield from ((f"posts[{n}].user_id", post.user_id) for n, post in enumerate(world.posts))
    yield from ((f"likes[{n}].user_id", like.user_id) for n, like in enumerate(world.likes))


def _lost_posts(world: WorldFile) -> Iterator[tuple[str, str]]:
    known = {post.post_id: post for post in world.posts}
    for n, like in enumerate(world.likes):
        if like.post_id not in known:
            yield f"likes[{n}].post_id", f"there is no Post {like.post_id!r}"
    for n, post in enumerate(world.posts):
        original = known.get(post.reposts)
        if post.reposts and (original is None or original.reposts):
            yield f"posts[{n}].reposts", f"there is no Post {post.reposts!r} to repost"


def _torn_posts(world: WorldFile) -> Iterator[tuple[str, str]]:
    for n, post in enumerate(world.posts):
        entities = post.entities
        try:
            for item in (*entities.hashtags, *entities.symbols):
                _mark.decode(item)
            for item in entities.user_mentions:
                _mention.decode(item)
        except msgspec.DecodeError as error:
            yield f"posts[{n}].entities", str(error)


def _owners_named(world: WorldFile) -> Iterator[tuple[str, str]]:
    for n, one in enumerate(world.media):
        owners = (one.owner_id, *one.additional_owners)
        yield from ((f"media[{n}]", owner_id) for owner_id in owners if owner_id)
    for n, one in enumerate(world.openings):
        yield f"openings[{n}].user_id", one.user_id
        yield f"openings[{n}].with_id", one.with_id
    for place, rows in (
        ("custom_profiles", world.custom_profiles),
        ("welcome_messages", world.welcome_messages),
        ("welcome_rules", world.welcome_rules),
    ):
        yield from ((f"{place}[{n}].user_id", one.user_id) for n, one in enumerate(rows))


def _addresses(resolve: dict[str, str]) -> Iterator[tuple[str, str]]:
    for host, address in resolve.items():
        found = re.fullmatch(r"([0-9.]+)(?::([0-9]{1,5}))?", address)
        try:
            is_loopback = found is not None and ipaddress.ip_address(found[1]).is_loopback
        except ValueError:
            is_loopback = False
        if not is_loopback:
            yield f"rules.resolve[{host}]", f"{address!r} is not a loopback address"
