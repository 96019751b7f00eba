"""`roost profiles`: custom profiles."""

from __future__ import annotations

from roost.cli import content, x_calls, x_texts
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.xapi.wire_profiles import CustomProfile

run = x_calls.verb(
    "profiles",
    "List, show, make and delete custom profiles: names and pictures for bots and agents.",
    'Examples: `roost profiles list`, `roost profiles new "Jo, Support" --picture cat.png`',
)


@run.command(name="list")
async def list_profiles(*, who: Who = ANYBODY) -> int:
    """List the account's custom profiles.

    Example: `roost profiles list`
    """
    return await x_calls.listed(
        who, lambda line: line.x.profiles.all(), x_texts.profile, none="no custom profiles"
    )


@run.command
async def show(profile_id: str, *, who: Who = ANYBODY) -> int:
    """Show a custom profile.

    Example: `roost profiles show 100001`

    Args:
        profile_id: As `roost profiles list` shows it.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> CustomProfile:
        return await line.x.profiles.show(profile_id)

    return await x_calls.perform(who, action, x_texts.profile, {"profile_id": profile_id})


@run.command
async def new(name: str, *, picture: str, who: Who = ANYBODY) -> int:
    """Make a custom profile; X lets only accounts do that which it has listed.

    Example: `roost profiles new "Jo, Support" --picture cat.png`

    Args:
        name: 1 to 48 characters.
        picture: A file to upload, or X's id of a picture that is.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> CustomProfile:
        return await line.x.profiles.new(name, await content.media_id(line.x, picture))

    return await x_calls.perform(who, action, x_texts.profile, {"--picture": picture})


@run.command
async def delete(profile_id: str, *, who: Who = ANYBODY) -> int:
    """Delete a custom profile; messages that were said under it still show it.

    Example: `roost profiles delete 100001`

    Args:
        profile_id: As `roost profiles list` shows it.
        who: In whose name, and how the answer is shown.
    """
    return await x_calls.done(
        who,
        lambda line: line.x.profiles.delete(profile_id),
        {"profile_id": profile_id},
        deleted=profile_id,
    )
