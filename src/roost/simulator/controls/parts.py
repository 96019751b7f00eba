"""How a handler gets at the simulator."""

from __future__ import annotations

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from roost.simulator.simulation import Simulation

Parts = NamedDependency[SkipValidation[Simulation]]
"""The type of a handler's parameter called `parts`."""
