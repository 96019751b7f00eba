"""`roost hand-back`: give a conversation back to the bot."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from roost import settings as configuration
from roost.service import stored_accounts
from roost.store import control


def run(conversation: str, *, account: str | None = None, settings: Path | None = None) -> int:
    """Give a conversation that was handed off to people back to the bot.

    Example: `roost hand-back 1001-2002`

    Args:
        conversation: As X and the logs name it, both user ids with a hyphen.
        account: User id of the account; may be left out where there is only one.
        settings: The settings file; otherwise `$ROOST_SETTINGS`, or `./roost.toml` if present.
    """
    found = configuration.load(settings, environ=os.environ)
    found = asyncio.run(stored_accounts.effective(found))
    accounts = [one.user_id for one in found.accounts.values()]
    if account is None and len(accounts) != 1:
        print(f"error: name one of the accounts with --account: {', '.join(accounts) or 'none'}")
        return 2
    done = asyncio.run(
        control.ask(
            found.data / control.SOCKET,
            "hand_back",
            account_id=account or accounts[0],
            conversation_id=conversation,
        )
    )
    print("handed back" if done else f"error: there is no conversation {conversation}")
    return 0 if done else 1
