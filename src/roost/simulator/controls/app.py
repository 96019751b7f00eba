"""The Litestar application behind `/_sim`."""

from __future__ import annotations

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import ClientException, NotFoundException
from litestar.openapi.config import OpenAPIConfig

from roost import __version__
from roost.errors import SettingsError
from roost.simulator.actions import InvalidAction
from roost.simulator.controls import problems
from roost.simulator.controls.applications import ApplicationController
from roost.simulator.controls.budgets import BudgetController
from roost.simulator.controls.built_pages import PhoneController, StageController
from roost.simulator.controls.clocks import ClockController
from roost.simulator.controls.description import PATH, Description
from roost.simulator.controls.faults import FaultController
from roost.simulator.controls.media import MediaController
from roost.simulator.controls.posts import PostController
from roost.simulator.controls.traffic import TrafficController
from roost.simulator.controls.worlds import WorldController
from roost.simulator.playing import apps, conversations, openings, people, posts, standing
from roost.simulator.simulation import Simulation

PLAYED = (conversations, openings, people, posts, apps, standing)
"""The modules whose import registers what a user can do."""

NOT_OF_A_PAGE = r"^/_sim/(?!phone|stage)"
"""Paths whose answers are not compressed: those that are listened to, and what programs ask for."""


def controls(simulation: Simulation) -> Litestar:
    """Build the application."""

    def parts() -> Simulation:
        return simulation

    return Litestar(
        [
            WorldController,
            PostController,
            TrafficController,
            BudgetController,
            ClockController,
            FaultController,
            ApplicationController,
            PhoneController,
            StageController,
            MediaController,
        ],
        dependencies={"parts": Provide(parts, sync_to_thread=False)},
        exception_handlers={
            InvalidAction: problems.invalid_action,
            SettingsError: problems.invalid_world,
            NotFoundException: problems.not_found,
            ClientException: problems.invalid_request,
        },
        logging_config=None,
        compression_config=CompressionConfig("gzip", exclude=NOT_OF_A_PAGE),
        openapi_config=OpenAPIConfig(
            title="Roost simulator",
            version=__version__,
            path=PATH,
            render_plugins=[Description(path="/")],
            use_handler_docstrings=True,
        ),
    )
