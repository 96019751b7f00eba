"""The simulator's own controls, as the demo uses them."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from roost.errors import RoostError, TransportError
from roost.xapi.transport import Request, Transport


class DemoFailed(RoostError):
    """The demo cannot go on; says why."""


class Notice(msgspec.Struct, frozen=True):
    """A mistake, as the phone shows it."""

    id: str
    level: str
    text: str
    file: str = ""
    line: int = 0
    remedy: str = ""


class Application(msgspec.Struct, frozen=True):
    """How the application is, as the phone shows it."""

    state: str
    text: str
    notices: list[Notice] = []
    url: str = ""


class Controls:
    """Calls of `/_sim/…`.

    Args:
        transport: How requests are made.
        base_url: The simulator's address.
        client: Who is calling, for the simulator's log of control calls.
    """

    def __init__(self, transport: Transport, base_url: str, *, client: str = "demo") -> None:
        self._transport = transport
        self._base_url = base_url
        self._client = client

    async def tell(self, application: Application) -> None:
        """Tell the phone how the application is."""
        await self.raw("PUT", "/_sim/application", msgspec.json.encode(application))

    async def is_answering(self) -> bool:
        """Tell whether the simulator is up."""
        try:
            await self.raw("GET", "/_sim/health")
        except TransportError:
            return False
        return True

    async def send_dm(self, sender_id: str, recipient_id: str, text: str) -> str:
        """Write as a customer; the message's id."""
        action = {"action": "send_dm", "to": recipient_id, "text": text}
        answer = await self.raw(
            "POST", f"/_sim/users/{sender_id}/actions", msgspec.json.encode(action)
        )
        return msgspec.json.decode(answer, type=_Acted).id

    async def raw(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Make one call.

        Raises:
            DemoFailed: The simulator refused.
            TransportError: It did not answer.
        """
        headers = {"x-roost-client": self._client}
        if body:
            headers["Content-Type"] = "application/json"
        answer = await self._transport.send(
            Request(method, f"{self._base_url}{path}", headers, body)
        )
        if answer.status >= HTTPStatus.BAD_REQUEST:
            text = answer.body.decode(errors="replace")
            raise DemoFailed(f"the simulator refused {method} {path}: {answer.status} {text}")
        return answer.body


class _Acted(msgspec.Struct):
    id: str
