"""Faults are put: some stand, others happen once, at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from roost.simulator import changes, faults, granting
from roost.simulator.actions import InvalidAction
from roost.simulator.entries import WebhookEntry
from roost.simulator.fault_rules import (
    CrcNowRule,
    CrcWrongTokenRule,
    FaultRule,
    OneShot,
    RevokeTokenRule,
)
from roost.simulator.faults import Subject, is_meant
from roost.simulator.simulation import Simulation

MOST_RULES = 1_000


def put(simulation: Simulation, rules: Sequence[FaultRule]) -> None:
    """Let these rules stand instead of those before; those that happen at once do so.

    Raises:
        InvalidAction: There are more than 1,000, or one asks for what it cannot be matched by.
            Nothing happened.
    """
    if len(rules) > MOST_RULES:
        raise InvalidAction("faults", "too many rules", limit=MOST_RULES, value=len(rules))
    for n, rule in enumerate(rules):
        useless = faults.misdirected(rule)
        if useless:
            text = f"{rule.effect} cannot be matched by it"
            raise InvalidAction(f"faults[{n}].match.{useless}", text)
    for rule in simulation.faults.put(rules):
        _perform(simulation, rule)


def _perform(simulation: Simulation, rule: OneShot) -> None:
    match rule:
        case RevokeTokenRule():
            with changes.noting(simulation.world, simulation.records, cause=rule.effect):
                _revoke(simulation, rule)
        case CrcNowRule():
            for webhook in _webhooks(simulation, rule):
                simulation.background.spawn(_challenge(simulation, webhook, None))
        case CrcWrongTokenRule():
            for webhook in _webhooks(simulation, rule):
                simulation.background.spawn(_challenge(simulation, webhook, rule.effect))


def _revoke(simulation: Simulation, rule: RevokeTokenRule) -> None:
    world = simulation.world
    for user in list(world.users.values()):
        for token in user.tokens:
            if is_meant(rule.match, Subject(user=user.user_id, app=token.app_id)):
                granting.revoke(simulation, world.users[user.user_id], world.apps[token.app_id])


def _webhooks(
    simulation: Simulation, rule: CrcNowRule | CrcWrongTokenRule
) -> Iterator[WebhookEntry]:
    for webhook in simulation.world.webhooks.values():
        if is_meant(rule.match, Subject(app=webhook.app_id, webhook=webhook.webhook_id)):
            yield webhook


async def _challenge(simulation: Simulation, webhook: WebhookEntry, fault: str | None) -> None:
    await simulation.webhooks.examine_unasked(webhook, fault=fault)
