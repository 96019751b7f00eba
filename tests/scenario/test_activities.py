"""What happens around an account at X reaches its bot, as real processes with HTTP between them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import msgspec
import pytest
from tests.rig import Rig, rig, until

from roost.demo import world

BOT = """
from roost import Bot, Chat, Followed, Post
from roost.model.activities import Liked, MessagesRead, TypingStarted, Unfollowed

bot = Bot("noticing")


@bot.on_message()
async def echo(chat: Chat) -> None:
    await chat.say("hello")


@bot.on_follow
async def thank(chat: Chat, event: Followed) -> None:
    await chat.tag(f"follower {event.customer.screen_name} {chat.may_write}")


@bot.on_like
async def liked(chat: Chat, event: Liked, post: Post) -> None:
    await chat.tag(f"liked {post.text}")


@bot.on_mention
@bot.on_reply
@bot.on_quote
@bot.on_repost
async def named(chat: Chat, post: Post) -> None:
    await chat.tag(f"{type(chat.event).__name__} {post.text}"[:50])


@bot.on_read
async def read(chat: Chat, event: MessagesRead) -> None:
    await chat.tag("has read")


@bot.on_typing
async def typing(chat: Chat, event: TypingStarted) -> None:
    await chat.tag("has typed")


@bot.on_event("blocked")
@bot.on_event("muted")
async def shunned(chat: Chat) -> None:
    await chat.tag(type(chat.event).__name__)
"""

US, ADA = world.ACCOUNT_ID, world.CUSTOMER_ID


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Rig]:
    file = tmp_path_factory.mktemp("bot") / "noticing.py"
    file.write_text(BOT, encoding="utf-8")
    async with (
        rig(tmp_path_factory.mktemp("line")) as running,
        running.application(bot=str(file)),
    ):
        yield running


async def act(line: Rig, user_id: str, action: str, **fields: object) -> str:
    """Play a user; the id of what came of it."""
    body = msgspec.json.encode({"action": action, **fields})
    answer = await line.controls.raw("POST", f"/_sim/users/{user_id}/actions", body)
    return str(msgspec.json.decode(answer)["id"])


async def until_filed(line: Rig, kind: str, *, reason: str = "") -> None:
    """Wait until an event of a kind has been dealt with."""
    wanted = f"kind = '{kind}' AND state = 'done' AND reason = '{reason}'"

    async def is_filed() -> bool:
        return line.rows(f"SELECT count(*) > 0 FROM events WHERE {wanted}") == [(1,)]

    await until(is_filed)


def tags(line: Rig) -> set[object]:
    return {name for (name,) in line.rows("SELECT name FROM tags")}


async def test_each_activity_reaches_its_handler_and_no_list_of_conversations(line: Rig) -> None:
    post = await act(line, US, "post", text="We are open")
    await until_filed(line, "posted", reason="no handler")
    await act(line, ADA, "follow", to=US)
    await act(line, ADA, "like", post_id=post)
    await act(line, ADA, "post", kind="mention", to=US, text="@acme late again")
    await act(line, ADA, "post", kind="reply", post_id=post, text="really")
    await act(line, ADA, "post", kind="quote", post_id=post, text="they say")
    await act(line, ADA, "post", kind="repost", post_id=post)
    for kind in ("followed", "liked", "mentioned", "replied", "quoted", "reposted"):
        await until_filed(line, kind)

    told = {str(one) for one in tags(line)}
    assert any(one.startswith("follower ") and one.endswith(" False") for one in told)
    assert "liked We are open" in told
    for begin in ("Mentioned @", "Replied @", "Quoted they say", "Reposted RT"):
        assert any(one.startswith(begin) for one in told), (begin, told)
    assert line.rows("SELECT last_at, control FROM conversations") == [(0, "bot")]


async def test_signals_reach_the_bot_once_there_is_a_conversation(line: Rig) -> None:
    n_before = len(await line.answers())
    await line.controls.send_dm(ADA, US, "hi")
    await line.until_settled(n_answers=n_before + 1)
    await act(line, ADA, "typing", to=US)
    await act(line, ADA, "read", to=US)
    await act(line, US, "block", to=ADA)
    await act(line, US, "unblock", to=ADA)
    await act(line, US, "mute", to=ADA)
    for kind in ("typing_started", "messages_read", "blocked", "muted"):
        await until_filed(line, kind)
    await until_filed(line, "unblocked", reason="no handler")

    assert {"has typed", "has read", "Blocked", "Muted"} <= tags(line)
    ((last_at,),) = line.rows("SELECT last_at FROM conversations")
    assert int(str(last_at)) > 0


async def test_a_deleted_post_is_gone_from_the_database(line: Rig) -> None:
    post = await act(line, US, "post", text="canary 4711")
    await act(line, ADA, "post", kind="quote", post_id=post, text="did you see")
    holding = "SELECT count(*) FROM deliveries WHERE instr(body, 'canary 4711') > 0"

    async def holds(n: int) -> None:
        async def is_so() -> bool:
            return line.rows(holding) == [(n,)]

        await until(is_so)

    await holds(2)
    await act(line, US, "delete_post", post_id=post)
    await until_filed(line, "post_deleted", reason="no handler")
    await holds(0)
    assert line.rows("SELECT count(*) FROM events WHERE instr(payload, 'canary 4711') > 0") == [
        (0,)
    ]
    assert line.rows("SELECT count(*) > 0 FROM events WHERE instr(payload, 'did you see') > 0") == [
        (1,)
    ]


async def test_nothing_is_left_unrecognised(line: Rig) -> None:
    assert line.rows("SELECT count(*) FROM events WHERE kind = 'unrecognised'") == [(0,)]
