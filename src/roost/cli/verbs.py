"""The verbs of `roost`: help and misspellings are answered from this table, loading no verb."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "Run the application and an offline X side by side, with a bot.",
        "setup": "Connect to X, step by step, up to the first event.",
        "chat": "Write with a bot in the terminal, offline, and move the time.",
        "serve": "Run the application.",
        "simulate": "Run the offline X alone.",
        "sim": "Look at a running simulator and play with it.",
        "settings": "Show the settings, where each came from, and no secret.",
        "status": "Ask a running application how it is.",
        "accounts": "Whom Roost answers for: connect, list, pause, resume, remove.",
        "doctor": "Find out what is wrong with the connection to X, and why.",
        "users": "Invite the people who answer in the desk.",
        "customers": "Give everything that is stored of a customer, or erase it.",
        "keys": "Keys under which programs use the API: make, list, revoke.",
        "backup": "Copy the database while it is in use.",
        "restore": "Begin with a backup, and answer nothing twice.",
        "backfill": "Find messages that no delivery brought.",
        "events": "Look at events that were set aside, and let the bot try them again.",
        "dialogs": "Look at what bots are in the middle of; begin it anew, or end it.",
        "outbox": "Look after messages that may not have arrived.",
        "hand-back": "Give a conversation that was handed off back to the bot.",
        "dm": "Send, show, list and delete Direct Messages.",
        "welcome": "Welcome messages, and which of them is the default.",
        "sync": "Bring the welcome messages that a bot declares to X.",
        "profiles": "Custom profiles: names and pictures for bots and agents.",
        "media": "Upload pictures, GIFs and videos, and fetch those of messages.",
        "webhook": "Where X delivers: list, add, check, delete.",
        "subscriptions": "Whose activity X delivers: add, check, count, list, remove.",
        "post": "Post, answer and delete in public.",
        "links": "Links that open a conversation, a Post, a like, a follow.",
    }
)
"""Each verb and what it does, in the order `--help` shows them."""

Refusal = Mapping[str, str | int]
"""Why a verb was not done: `field` (`""` where it is about none), `message`, and where it is about
a size `limit` and `value`."""

WRONG_USAGE = 2
"""The exit code where the options are wrong, or a `RoostError` ended the verb."""

MODULES: Mapping[str, str] = MappingProxyType(
    {"settings": "show_settings", "hand-back": "hand_back"}
)
"""Verbs whose module in `roost.cli` has another name than the verb."""


def function_of(verb: str) -> str:
    """Name the function behind a verb, as `module:function`; nothing is loaded."""
    return f"roost.cli.{MODULES.get(verb, verb)}:run"


def overview() -> str:
    """Write the answer to `roost --help`."""
    lines = (f"  {verb:<13} {what}" for verb, what in VERBS.items())
    return "\n".join(
        (
            "Usage: roost VERB [OPTIONS]",
            "",
            "Self-hosted customer engagement for X Direct Messages.",
            "",
            *lines,
            "",
            "`roost VERB --help` tells a verb's options; `roost --version` the version.",
        )
    )


def unknown(word: str) -> str:
    """Say that a word is no verb, and which was probably meant."""
    kind = "option" if word.startswith("-") else "verb"
    close = difflib.get_close_matches(word, VERBS, n=1)
    meant = f"Did you mean `roost {close[0]}`?" if close else "See `roost --help`."
    return f"there is no {kind} `{word}`. {meant}"
