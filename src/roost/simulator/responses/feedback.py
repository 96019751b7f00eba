"""Feedback cards: X gives them to apps and users on a list of its own, on which nobody here is.

Source: https://github.com/twitterdev/preview-docs_feedback-api (archived); the code is assumed.
"""

from __future__ import annotations

from roost.simulator.calls import Answer
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation


@responds("feedback.create")
@responds("feedback.show")
@responds("feedback.events")
async def refuse(simulation: Simulation, asked: ApiCall) -> Answer:
    """Refuse an app that is not on the list, which is every app."""
    name = simulation.world.apps[asked.caller.app_id].name
    raise refusal(87, reason=f"{name} is not allowed to send feedback cards")
