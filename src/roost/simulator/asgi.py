"""The ASGI application: X at every path, the simulator's own controls under `/_sim`."""

from __future__ import annotations

from collections.abc import Mapping

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from roost.simulator import breaking
from roost.simulator.api import Api
from roost.simulator.calls import Call, json_answer, largest_body
from roost.simulator.gate import SAFE_METHODS, Gate, is_local
from roost.simulator.records import ControlRow
from roost.simulator.simulation import Simulation

CONTROLS = "/_sim"


class SimulatorAsgi:
    """Takes HTTP calls under any host name."""

    def __init__(self, simulation: Simulation, controls: ASGIApp, gate: Gate) -> None:
        self._simulation = simulation
        self._api = Api(simulation)
        self._controls = controls
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000, "reason": "not spoken here"})
        elif scope["path"] == CONTROLS or scope["path"].startswith(f"{CONTROLS}/"):
            await self._control(scope, receive, send)
        else:
            body = await _body(receive, largest_body(scope["path"]))
            if body is not None:
                answer = await self._api.answer(_call(scope, body))
                if scope["method"] not in SAFE_METHODS:
                    self._simulation.keep()
                await breaking.deliver(answer, scope, receive, send)

    async def _control(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        objection = self._gate.objection(scope["method"], _peer(scope), headers)
        if objection:
            await breaking.send_whole(send, json_answer({"error": objection}, status=403))
            return
        client = headers.get("x-roost-client") or headers.get("user-agent", "")
        self._simulation.records.controls.add(
            ControlRow(
                at=self._simulation.world.timestamp(),
                method=scope["method"],
                path=scope["path"],
                client=client,
            )
        )

        async def keep_and_send(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] not in SAFE_METHODS:
                self._simulation.keep()
            await send(message)

        await self._controls(scope, receive, keep_and_send)


def _call(scope: HTTPScope, body: bytes) -> Call:
    headers = _headers(scope)
    return Call(
        method=scope["method"],
        url=origin(scope) + scope["raw_path"].decode("latin-1"),
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
    )


def origin(scope: HTTPScope) -> str:
    """Give scheme and host as the client signed them.

    A TLS front on this machine says what they were; nobody else is believed. Of several fronts, one
    behind the other, the first says what the client saw.
    """
    scheme, host = scope["scheme"], _headers(scope).get("host", "")
    if is_local(_peer(scope)):
        scheme = _said_first(scope, b"x-forwarded-proto") or scheme
        host = _said_first(scope, b"x-forwarded-host") or host
    return f"{scheme}://{host}"


def _said_first(scope: HTTPScope, name: bytes) -> str:
    """Give what the front nearest to the client put into a header; `""` where none did.

    Fronts add to a list with commas, or a line of their own, after what is there.
    """
    every = b",".join(value for found, value in scope["headers"] if found == name)
    said = (one.strip() for one in every.decode("latin-1").split(","))
    return next((one for one in said if one), "")


def _headers(scope: HTTPScope) -> Mapping[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _peer(scope: HTTPScope) -> str:
    return scope["client"][0] if scope["client"] else ""


async def _body(receive: Receive, most: int) -> bytes | None:
    """Read a body, or the beginning of one that is too large; `None` where the client has gone."""
    parts: list[bytes] = []
    length = 0
    while length <= most:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts)
