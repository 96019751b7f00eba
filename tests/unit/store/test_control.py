"""The control socket: calls, refusals and limits."""

from __future__ import annotations

import asyncio
import socket
import stat
from functools import partial

import pytest
from structlog.testing import capture_logs

from roost.errors import SettingsError, StoreError, StoreLocked, StoreUnavailable
from roost.store import control


@pytest.fixture
def path(tmp_path):
    return tmp_path / "control.sock"


async def echo(**args):
    return args


async def greet(*, name, greeting="hello"):
    return f"{greeting} {name}"


async def nothing():
    return None


async def locked():
    raise StoreLocked("roost.db", 7)


async def broken():
    raise LookupError("a secret")


async def unspeakable():
    return object()


async def long():
    return "x" * control.MAX_MESSAGE_BYTES


CALLS = {
    "echo": echo,
    "greet": greet,
    "nothing": nothing,
    "locked": locked,
    "broken": broken,
    "unspeakable": unspeakable,
    "long": long,
}


@pytest.fixture
async def serving(path):
    async with control.serving(path, CALLS):
        yield


@pytest.mark.usefixtures("serving")
async def test_a_call_gives_what_it_returns(path):
    assert await control.ask(path, "greet", name="Bob") == "hello Bob"
    assert await control.ask(path, "nothing") is None
    args = {"text": "\u2400\n", "number": 1.5, "list": [1, None, True]}
    assert await control.ask(path, "echo", **args) == args


@pytest.mark.usefixtures("serving")
@pytest.mark.parametrize(
    ("call", "args", "said"),
    [
        ("drop", {}, "no such call: drop"),
        ("greet", {}, "missing a required argument"),
        ("greet", {"name": "Bob", "shout": True}, "unexpected keyword"),
        ("locked", {}, "roost.db is in use by process 7"),
        ("long", {}, "answer too long"),
        ("echo", {"text": "x" * control.MAX_MESSAGE_BYTES}, "at most"),
    ],
)
async def test_a_refusal_says_why(path, call, args, said):
    with pytest.raises(StoreError, match=said):
        await control.ask(path, call, **args)


@pytest.mark.usefixtures("serving")
@pytest.mark.parametrize("call", ["broken", "unspeakable"])
async def test_a_fault_is_logged_and_not_told(path, call):
    with capture_logs() as logs, pytest.raises(StoreError, match="log says why") as told:
        await control.ask(path, call)

    assert "secret" not in str(told.value)
    assert logs[0]["exc_info"]
    assert logs[0]["call"] == call


@pytest.mark.usefixtures("serving")
async def test_only_the_owner_of_the_file_may_call(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("serving")
@pytest.mark.parametrize("line", [b"nonsense\n", b"[]\n", b'{"call":1}\n', b"\xff\n", b"{}\n"])
async def test_what_is_not_a_request_is_refused(path, line):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)

    assert (await reader.readline()).startswith(b'{"error":"not a request')
    writer.close()


@pytest.mark.usefixtures("serving")
async def test_a_caller_that_never_ends_its_line_is_cut_off(path):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"x" * (control.MAX_MESSAGE_BYTES + 1))

    answer = await answer_of(reader)

    assert answer in {b"", b'{"error":"a request has at most 1048576 bytes"}\n'}
    writer.close()
    assert await control.ask(path, "nothing") is None


@pytest.mark.usefixtures("serving")
async def test_a_caller_that_goes_away_disturbs_nobody(path):
    _, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"call":')
    writer.close()
    await writer.wait_closed()

    assert await control.ask(path, "nothing") is None


async def answer_of(reader):
    """Read to the end; empty where the kernel dropped the answer with what was not read."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_socket_left_by_a_dead_owner_is_replaced(path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(StoreUnavailable):
        await control.ask(path, "nothing")

    async with control.serving(path, CALLS):
        assert await control.ask(path, "nothing") is None


async def test_nobody_listens_after_the_end(path):
    async with control.serving(path, CALLS):
        pass

    assert not path.exists()
    with pytest.raises(StoreUnavailable, match="no Roost is listening"):
        await control.ask(path, "nothing")


async def test_a_call_still_running_at_the_end_is_cancelled(path):
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless():
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.TaskGroup() as tasks, control.serving(path, {"endless": endless}):
        asking = tasks.create_task(lost(path))
        await begun.wait()

    assert cancelled.is_set()
    assert "ended before it answered" in asking.result()


async def lost(path):
    with pytest.raises(StoreError) as told:
        await control.ask(path, "endless")
    return str(told.value)


async def test_a_path_too_long_for_a_socket_is_a_matter_of_settings(tmp_path):
    with pytest.raises(SettingsError, match="shorter"):
        async with control.serving(tmp_path / ("x" * 120), CALLS):
            pytest.fail("it was served")


async def count(*, to):
    async def numbers():
        for number in range(to):
            yield number
        if to > 3:
            raise StoreLocked("roost.db", 7)

    return numbers()


async def test_an_answer_may_come_piece_by_piece(path):
    async with control.serving(path, {"count": count}):
        assert [piece async for piece in control.follow(path, "count", to=3)] == [0, 1, 2]
        assert await control.ask(path, "count", to=2) is None


async def test_an_error_after_some_pieces_is_raised_behind_them(path):
    async with control.serving(path, {"count": count}):
        following = control.follow(path, "count", to=4)
        pieces = [await anext(following) for _ in range(4)]
        with pytest.raises(StoreError, match="in use by process 7"):
            await anext(following)

    assert pieces == [0, 1, 2, 3]


async def test_processes_of_one_folder_have_a_socket_each(tmp_path):
    with control.place(tmp_path) as first, control.place(tmp_path) as second:
        assert [first.name, second.name] == ["control.sock", "control-2.sock"]
        async with (
            control.serving(first, {"greet": partial(greet, greeting="first")}),
            control.serving(second, {"greet": partial(greet, greeting="second")}),
        ):
            assert await control.ask(first, "greet", name="Ada") == "first Ada"
            assert await control.ask(second, "greet", name="Ada") == "second Ada"
    with control.place(tmp_path) as again:
        assert again == first


async def test_where_nobody_listens_another_process_of_the_folder_is_called(tmp_path):
    with control.place(tmp_path) as first, control.place(tmp_path) as second:
        async with control.serving(second, {"greet": greet, "nothing": nothing}):
            assert await control.ask(first, "greet", name="Ada") == "hello Ada"
            assert await control.ask_each(tmp_path, "nothing") == [None]

    with pytest.raises(StoreUnavailable, match="no Roost is listening"):
        await control.ask_each(tmp_path, "nothing")
