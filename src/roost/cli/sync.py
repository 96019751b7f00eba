"""`roost sync`: bring the welcome messages a bot declares to X, with media and profiles."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Annotated

from cyclopts import Parameter

from roost.bot import loading
from roost.cli import x_calls
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.errors import StoreUnavailable
from roost.model.ids import UserId
from roost.service import account_calls, speakers, syncing
from roost.service.clock import SystemClock
from roost.service.syncing import How, Synced
from roost.settings import Settings
from roost.store import control


async def run(
    bot: str,
    /,
    *,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    prune: Annotated[bool, Parameter(negative=())] = False,
    who: Who = ANYBODY,
) -> int:
    """Bring the welcome messages that a bot declares to X. Those others made are left alone.

    Files they carry are uploaded, and custom profiles they speak under are made where X lets the
    account have any; else their text is signed. Where a file or speaker has changed, the message is
    made anew, and links to it change.

    Custom profiles that this has replaced are listed. With `--prune` they are deleted; not those
    that somebody in the desk speaks under, nor any that was made for something else.

    Examples: `roost sync my_bot.py --dry-run`, `roost sync my_shop.bot:bot`

    Args:
        bot: As `my_bot.py` or `package.module:bot`.
        dry_run: Only tell what would be done.
        prune: Delete custom profiles of ours that are used no more.
        who: In whose name, and how the answer is shown.
    """
    loaded = loading.load(bot)
    declared = [*loaded.welcomes.values()]

    async def action(line: Line) -> Synced:
        account_id = UserId(line.account.user_id)

        async def in_use() -> Collection[str]:
            return await account_calls.profiles_in_use(line.settings, SystemClock(), account_id)

        how = How(is_tried=dry_run, is_pruned=prune, in_use=in_use, speaks_as=loaded.speaks_as)
        synced = await syncing.sync(line.x, account_id, declared, how)
        if not dry_run:
            await _tell(line.settings, account_id)
        return synced

    return await x_calls.perform(who, action, _shown)


async def _tell(settings: Settings, account_id: UserId) -> None:
    """Have the running application look at X; one that starts later does so by itself."""
    with suppress(StoreUnavailable):
        await control.ask(settings.data / control.SOCKET, "look_at_x", account_id=account_id)


def _shown(synced: Synced) -> str:
    would = "" if synced.is_done else "would be "
    lines = [
        *(f"profile {name}: {would}made" for name in synced.profiles),
        *(f"{name}: {would}made" for name in synced.made),
        *(f"{name}: {would}changed" for name in synced.changed),
        *(f"{name}: {would}removed" for name in synced.removed),
    ]
    if synced.default:
        lines.append(f"{synced.default}: {would}the default")
    lines += [f"profile {x_id} ({name}): {would}deleted" for x_id, name in synced.pruned.items()]
    lines += [
        f"profile {x_id} ({name}): nobody speaks under it any more; --prune deletes it"
        for x_id, name in synced.unused.items()
        if x_id not in synced.pruned
    ]
    lines += [f"{name}: {_signed(name, why)}" for name, why in synced.signed.items()]
    return "\n".join(lines) or "X has everything as it is declared"


def _signed(name: str, why: str) -> str:
    if why == speakers.NO_SUCH:
        return (
            f"the text is signed instead, since {why}. Give a picture, as in"
            f" `speaks_as=Speaker({name!r}, 'picture.png')`, or make the profile with"
            " `roost profiles new`"
        )
    return (
        f"the text is signed instead, since X lets the account have no custom profiles ({why})."
        " Ask X to list the account for them; it has to be verified, too"
    )
