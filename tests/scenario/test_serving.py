"""The server under the application: a shared port, and stopping while clients keep calling."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Sequence

import pytest
import uvloop
from litestar.types import Receive, Scope, Send
from tests.rig import until

from roost.errors import SettingsError
from roost.service import serving
from roost.service.signals import Stop

BODY = b"x" * 2_000
SLOWLY = 0.002
N_REPLACED = 4


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": uvloop.new_event_loop}


async def slow(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 after a little while, as if it waited for a disk."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(SLOWLY)
    await send({"type": "http.response.start", "status": 200, "headers": LENGTH})
    await send({"type": "http.response.body", "body": b"ok", "more_body": False})


LENGTH = [(b"content-length", b"2")]


def front(stop: Stop):
    """Serve `slow` where the webhook would be."""
    return serving.front(slow, slow, slow, stop)


async def serve(port: int, stop: Stop, *, is_shared: bool, served: asyncio.Future[int]) -> None:
    """Serve until told to stop; tells the port once it is served."""

    async def ready() -> None:
        served.set_result(listener.getsockname()[1])

    with serving.bound("127.0.0.1", port, is_shared=is_shared) as listener:
        await serving.serve(front(stop), listener, stop, on_started=ready)


class Client(threading.Thread):
    """Calls as fast as it is answered, over one connection or over a new one each time."""

    def __init__(self, port: int, *, keeps: bool, is_over: Callable[[], bool]) -> None:
        super().__init__()
        self._port = port
        self._keeps = keeps
        self._is_over = is_over
        self.n_answered = 0
        self.failures: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        while not self._is_over():
            try:
                connection.request("POST", "/x/app/path", BODY)
                answer = connection.getresponse()
                answer.read()
                self.n_answered += answer.status == 200
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            if not self._keeps:
                connection.close()
        connection.close()


async def has_gone_on(clients: Sequence[Client], n_answers: int) -> bool:
    return all(one.n_answered > n_answers for one in clients)


async def test_servers_are_replaced_at_a_port_and_no_client_notices() -> None:
    over = threading.Event()
    clients: list[Client] = []
    port, stops = 0, [Stop() for _ in range(N_REPLACED + 1)]
    async with asyncio.TaskGroup() as tasks:
        for n, stop in enumerate(stops):
            served = asyncio.get_running_loop().create_future()
            tasks.create_task(serve(port, stop, is_shared=True, served=served))
            port = await served
            if n:
                stops[n - 1].asked.set()
                await asyncio.sleep(0.2)  # the new one serves while the old one is ending
                await until(lambda n=n: has_gone_on(clients, 10 * n))
                continue
            for keeps in (True, True, False, False):
                clients.append(Client(port, keeps=keeps, is_over=over.is_set))
                clients[-1].start()
        over.set()
        await asyncio.to_thread(lambda: [client.join() for client in clients])
        stops[-1].asked.set()

    assert [failure for client in clients for failure in client.failures] == []
    assert all(client.n_answered > 10 * N_REPLACED for client in clients)


async def test_a_port_that_is_not_shared_has_one_owner() -> None:
    with serving.bound("127.0.0.1", 0, is_shared=False) as owner:
        port = owner.getsockname()[1]
        for is_shared in (True, False):
            with (
                pytest.raises(SettingsError, match=rf"^port: port {port} of 127.0.0.1 is taken"),
                serving.bound("127.0.0.1", port, is_shared=is_shared),
            ):
                pass


async def test_nobody_connects_to_a_shared_port_before_it_is_served() -> None:
    with (
        serving.bound("127.0.0.1", 0, is_shared=True) as listener,
        socket.socket() as client,
        pytest.raises(ConnectionRefusedError),
    ):
        client.connect(listener.getsockname())


async def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with (
        pytest.raises(SettingsError, match=r"^host: cannot listen on 192\.0\.2\.1"),
        serving.bound("192.0.2.1", 0, is_shared=False),
    ):
        pass


async def caller(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the address of whoever calls."""
    del receive
    body = scope["client"][0].encode() if scope["client"] else b""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("10.0.0.0/8",), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.9", "203.0.113.9"),
        # What callers write there themselves is left of what the proxy adds.
        (("127.0.0.0/8",), "198.51.100.1, 203.0.113.9, 127.0.0.2", "203.0.113.9"),
    ],
)
async def test_only_a_proxy_that_is_trusted_says_who_calls(
    proxies: tuple[str, ...], forwarded: str, seen: str
) -> None:
    stop, served = Stop(), asyncio.Event()

    async def ready() -> None:
        served.set()

    def asked(port: int) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/", headers={"x-forwarded-for": forwarded})
        try:
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    with serving.bound("127.0.0.1", 0, is_shared=False) as listener:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                serving.serve(caller, listener, stop, on_started=ready, trusted_proxies=proxies)
            )
            await served.wait()
            answer = await asyncio.to_thread(asked, listener.getsockname()[1])
            stop.asked.set()

    assert answer == seen
