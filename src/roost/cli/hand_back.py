"""`roost hand-back`: give a conversation back to the bot."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from roost import settings as configuration
from roost.errors import NotPossible, SettingsError
from roost.service import stored_accounts
from roost.store import control


async def run(
    conversation: str,
    *,
    account: str | None = None,
    settings: Path | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False)] = False,
) -> None:
    """Give a conversation that was handed off to people back to the bot.

    Example: `roost hand-back 1001-2002`

    Args:
        conversation: As X and the logs name it, both user ids with a hyphen.
        account: User id of the account; may be left out where there is only one.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
        as_json: As a JSON object.

    Raises:
        SettingsError: The account has to be named.
        NotPossible: There is no such conversation.
        StoreError: No application answers at the data folder.
    """
    found = configuration.load(settings, environ=os.environ)
    found = await stored_accounts.effective(found)
    accounts = [one.user_id for one in found.accounts.values()]
    if account is None and len(accounts) != 1:
        known = ", ".join(accounts) or "none"
        raise SettingsError("--account", "is needed", f"Name one of: {known}")
    done = await control.ask(
        found.data / control.SOCKET,
        "hand_back",
        account_id=account or accounts[0],
        conversation_id=conversation,
    )
    if not done:
        raise NotPossible(f"there is no conversation {conversation}")
    print(json.dumps({"handed_back": conversation}) if as_json else "handed back")
