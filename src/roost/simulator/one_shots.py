"""Faults that happen once, when they are put."""

from __future__ import annotations

from collections.abc import Iterator

from roost.simulator import changes, granting
from roost.simulator.entries import WebhookEntry
from roost.simulator.fault_rules import CrcNowRule, CrcWrongTokenRule, OneShot, RevokeTokenRule
from roost.simulator.faults import Subject, is_meant
from roost.simulator.simulation import Simulation


def perform(simulation: Simulation, rule: OneShot) -> None:
    """Let it happen to everything the rule matches."""
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
