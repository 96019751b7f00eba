"""Rules: which welcome message is a user's default."""

from __future__ import annotations

from msgspec import UNSET

from roost.simulator import paging, welcome_checks, welcome_views
from roost.simulator.calls import Answer, json_answer
from roost.simulator.json_path import Node
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.responses import welcome_messages
from roost.simulator.simulation import Simulation
from roost.simulator.welcome_entries import WelcomeRuleEntry
from roost.xapi.wire_welcome import OneWelcomeMessageRule, WelcomeMessageRuleList


@responds("welcome_messages.rules.new")
async def new(simulation: Simulation, asked: ApiCall) -> Answer:
    """Make a welcome message the default, before any other that is."""
    wanted = Node.of(asked.call).need("welcome_message_rule").need("welcome_message_id")
    world, user_id = simulation.world, asked.caller.user_id
    wanted.long()
    welcome_checks.check_owner(world.users[user_id])
    entry = WelcomeRuleEntry(
        rule_id=world.ids.next(),
        user_id=user_id,
        created_timestamp=world.timestamp(),
        welcome_message_id=welcome_messages.own(world, user_id, wanted).welcome_message_id,
    )
    world.welcome_rules[entry.rule_id] = entry
    return json_answer(OneWelcomeMessageRule(welcome_views.rule(entry)))


@responds("welcome_messages.rules.show")
async def show(simulation: Simulation, asked: ApiCall) -> Answer:
    """Show one; to others than its user it does not exist."""
    return json_answer(OneWelcomeMessageRule(welcome_views.rule(_own(simulation, asked))))


@responds("welcome_messages.rules.list")
async def list_rules(simulation: Simulation, asked: ApiCall) -> Answer:
    """List a user's rules, newest first; the first is the one that counts."""
    own_ones = [
        entry
        for entry in simulation.world.welcome_rules.values()
        if entry.user_id == asked.caller.user_id
    ]
    newest_first = paging.below(asked.call, own_ones, _id_of)
    page, next_cursor = paging.page(asked.call, newest_first, _id_of)
    shown = [welcome_views.rule(entry) for entry in page]
    return json_answer(WelcomeMessageRuleList(shown or UNSET, next_cursor))


@responds("welcome_messages.rules.destroy")
async def destroy(simulation: Simulation, asked: ApiCall) -> Answer:
    """Forget one; the welcome message stays."""
    del simulation.world.welcome_rules[_own(simulation, asked).rule_id]
    return Answer(204)


def _own(simulation: Simulation, asked: ApiCall) -> WelcomeRuleEntry:
    rule_id = Node(asked.call.parameter("id"), "id").long()
    entry = simulation.world.welcome_rules.get(rule_id)
    if entry is None or entry.user_id != asked.caller.user_id:
        raise refusal(34, reason=f"this user has no rule {rule_id}")
    return entry


def _id_of(entry: WelcomeRuleEntry) -> str:
    return entry.rule_id
