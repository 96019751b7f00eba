"""Environment and TOML into one frozen `Settings`; secrets never in `repr`."""

from __future__ import annotations

from roost.settings.checks import check_accounts, check_servable, check_startable
from roost.settings.loading import load
from roost.settings.redaction import Row, redacted, rows
from roost.settings.roles import Role
from roost.settings.values import Account, App, DatabaseUrl, Secret, Settings

__all__ = [
    "Account",
    "App",
    "DatabaseUrl",
    "Role",
    "Row",
    "Secret",
    "Settings",
    "check_accounts",
    "check_servable",
    "check_startable",
    "load",
    "redacted",
    "rows",
]
