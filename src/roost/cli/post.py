"""`roost post`: public Posts."""

from __future__ import annotations

from roost.cli import x_calls, x_texts
from roost.cli.x_calls import ANYBODY, Line, Who
from roost.xapi.wire_tweets import Tweet

run = x_calls.verb(
    "post",
    "Post, answer and delete in public.",
    'Example: `roost post new "We are open again."`',
)


@run.command
async def new(text: str, *, link: str = "", who: Who = ANYBODY) -> int:
    """Post in public.

    Examples: `roost post new "We are open again."`,
    `roost post new "Questions?" --link https://x.com/messages/compose?recipient_id=1001`

    Args:
        text: Up to 280 characters as X weighs them.
        link: A Post to quote, or the link of `roost links dm`, which X shows as a button.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Tweet:
        return await line.x.posts.new(text, attachment_url=link)

    return await x_calls.perform(who, action, x_texts.post, {"--link": link})


@run.command
async def reply(post_id: str, text: str, *, link: str = "", who: Who = ANYBODY) -> int:
    """Answer a Post in public; X puts the names of those addressed first.

    Example: `roost post reply 1580600000000000001 "Thank you!"`

    Args:
        post_id: What is answered.
        text: Up to 280 characters as X weighs them.
        link: A Post to quote, or the link of `roost links dm`, which X shows as a button.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> Tweet:
        return await line.x.posts.reply(text, post_id, attachment_url=link)

    typed = {"post_id": post_id, "--link": link}
    return await x_calls.perform(who, action, x_texts.post, typed)


@run.command
async def delete(post_id: str, *, who: Who = ANYBODY) -> int:
    """Delete one of the account's Posts.

    Example: `roost post delete 1580600000000000001`

    Args:
        post_id: As X shows it in the Post's address.
        who: In whose name, and how the answer is shown.
    """

    async def action(line: Line) -> dict[str, str]:
        return {"deleted": (await line.x.posts.delete(post_id)).id_str}

    return await x_calls.perform(who, action, x_texts.pairs, {"post_id": post_id})
