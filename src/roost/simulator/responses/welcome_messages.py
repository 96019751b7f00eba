"""Welcome messages: keeping them, showing them, replacing what they say."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from roost.simulator import media_use, messaging, paging, profiles, welcome_checks, welcome_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.json_path import Node
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.welcome_entries import WelcomeMessageEntry
from roost.simulator.world import World
from roost.xapi.wire_dm import MessageData
from roost.xapi.wire_welcome import WelcomeMessageList


@responds("welcome_messages.new")
async def new(simulation: Simulation, asked: ApiCall) -> Answer:
    """Keep a new welcome message."""
    wanted = welcome_checks.read(Node.of(asked.call))
    world, user_id = simulation.world, asked.caller.user_id
    welcome_checks.check_owner(world.users[user_id])
    profiles.check(world, user_id, wanted.custom_profile_id, "welcome_message.custom_profile_id")
    entry = WelcomeMessageEntry(
        welcome_message_id=world.ids.next(),
        user_id=user_id,
        created_timestamp=world.timestamp(),
        app_id=asked.caller.app_id,
        name=wanted.name,
        custom_profile_id=wanted.custom_profile_id,
        data=wanted.data,
    )
    return _keep(world, entry, wanted.data, wanted.media_id)


@responds("welcome_messages.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one; to others than its user it does not exist."""
    entry = own(simulation.world, asked.caller.user_id, Node(asked.call.parameter("id"), "id"))
    return json_answer(welcome_views.one(simulation.world, entry))


@responds("welcome_messages.list")
async def list_messages(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's welcome messages, newest first."""
    own_ones = [
        entry
        for entry in simulation.world.welcome_messages.values()
        if entry.user_id == asked.caller.user_id
    ]
    newest_first = paging.below(asked.call, own_ones, _id_of)
    page, next_cursor = paging.page(asked.call, newest_first, _id_of)
    shown = [welcome_views.welcome_message(entry) for entry in page]
    apps = welcome_views.apps(simulation.world, page)
    return json_answer(WelcomeMessageList(shown or UNSET, next_cursor, apps))


@responds("welcome_messages.update")
async def update(simulation: Simulation, asked: ApiCall) -> Answer:
    """Put other content in place of what a welcome message says; nothing of the old stays."""
    data, media_id = welcome_checks.content(Node.of(asked.call).need("message_data"))
    world = simulation.world
    entry = own(world, asked.caller.user_id, Node(asked.call.parameter("id"), "id"))
    return _keep(world, entry, data, media_id)


@responds("welcome_messages.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """Forget one, and the rules that made it the default."""
    world = simulation.world
    entry = own(world, asked.caller.user_id, Node(asked.call.parameter("id"), "id"))
    del world.welcome_messages[entry.welcome_message_id]
    for rule in list(world.welcome_rules.values()):
        if rule.welcome_message_id == entry.welcome_message_id:
            del world.welcome_rules[rule.rule_id]
    return Answer(204)


def own(world: World, user_id: str, id_node: Node) -> WelcomeMessageEntry:
    """Give a user's welcome message by its id.

    Raises:
        Refusal: 214 where that is no id, 34 where the user has no such message.
    """
    entry = world.welcome_messages.get(id_node.long())
    if entry is None or entry.user_id != user_id:
        raise refusal(34, reason=f"this user has no welcome message {id_node.value}")
    return entry


def _keep(world: World, entry: WelcomeMessageEntry, data: MessageData, media_id: str) -> Answer:
    if media_id:
        media_use.claim(world, media_id, entry.user_id, must_be_shared=True)
    message_id = entry.welcome_message_id
    stored = messaging.as_stored(world, data, owner_id=message_id, media_id=media_id)
    kept = replace(entry, data=stored, media_id=media_id)
    world.welcome_messages[message_id] = kept
    return json_answer(welcome_views.one(world, kept))


def _id_of(entry: WelcomeMessageEntry) -> str:
    return entry.welcome_message_id
