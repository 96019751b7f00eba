"""People at the desk of a running application, who make everything go wrong that can."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests import samples
from tests.scenario.accounts.searched import Scene
from tests.scenario.accounts.stage import ACME, ADA

from roost.xapi.transport import Request, Response, Transport, aiohttp_transport

SESSION = "/api/session"
ENDLESS = "/api/changes"
WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})

_PARTS = {
    "account_id": ACME,
    "account": ACME,
    "owner": ACME,
    "conversation_id": f"{ACME}-{ADA}",
    "customer_id": ADA,
    "outbox_id": "1",
    "kind": "message_received",
    "app": "main",
    "canned_id": "0" * 32,
    "key_id": "0" * 16,
}


@dataclass
class Desk:
    """The desk's API, and what is learned of it.

    Attributes:
        url: Of the application.
        transport: The way there.
        scene: Keeps every answer but those that `secretly` asks for.
    """

    url: str
    transport: Transport
    scene: Scene

    def visitor(self, name: str, **headers: str) -> Visitor:
        """Somebody who asks."""
        return Visitor(self, name, headers)


@dataclass
class Visitor:
    """A browser, or a program with a key.

    Attributes:
        desk: Is asked.
        name: For people who read what was found.
        headers: Sent with every request.
    """

    desk: Desk
    name: str
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: object = None, **how: str) -> Response:
        """Ask, and have the answer searched."""
        answer = await self.secretly(method, path, body, **how)
        self.desk.scene.answered(self.name, f"{method} {path} {len(how)}", answer)
        return answer

    async def secretly(self, method: str, path: str, body: object = None, **how: str) -> Response:
        """Ask for what tells a secret to whoever may know it."""
        content = body if isinstance(body, bytes) else b"" if body is None else _encoded(body)
        headers = {"content-type": "application/json", "origin": self.desk.url, **self.headers}
        headers |= {name.replace("_", "-"): value for name, value in how.items()}
        request = Request(method, self.desk.url + path, headers, content)
        return await self.desk.transport.send(request)

    async def enters(self, path: str, body: object) -> tuple[str, str]:
        """Begin a session; give what the browser and the page then hold."""
        answer = await self.secretly("POST", path, body)
        assert answer.status == 200, answer
        cookie = answer.headers["set-cookie"].partition(";")[0]
        csrf = json.loads(answer.body)["csrf"]
        self.headers |= {"cookie": cookie, "x-roost-csrf": csrf}
        return cookie.partition("=")[2], csrf

    async def tries_everything(self, routes: Mapping[str, Mapping[str, Any]]) -> int:
        """Ask for every route there is, as somebody might who knows none; give how many failed."""
        n_failed = 0
        for path, there in routes.items():
            for method in map(str.upper, there):
                if path == ENDLESS or (path == SESSION and method in {"GET", "DELETE"}):
                    continue
                for body in [None] if method in WITHOUT_BODY else [{}, b"{", {"password": 1}]:
                    answer = await self.ask(
                        method, filled(path), body, idempotency_key=f"{self.name} {path}"
                    )
                    n_failed += answer.status >= 400
        return n_failed


def filled(path: str) -> str:
    """Give a path whose parts name something."""
    head, *rest = path.split("{")
    parts = [one.partition("}") for one in rest]
    return head + "".join(_PARTS.get(name, "50") + text for name, _, text in parts)


def _encoded(body: object) -> bytes:
    return json.dumps(body).encode()


@asynccontextmanager
async def desk_of(url: str, scene: Scene) -> AsyncGenerator[Desk]:
    """Open the way to a desk."""
    async with aiohttp_transport() as transport:
        yield Desk(url, transport, scene)


async def answer_a_customer(person: Visitor) -> None:
    """Answer with a picture: twice by the same key, and once by that key for something else."""
    here, media = f"/api/conversations/{ACME}/{ACME}-{ADA}", f"/api/accounts/{ACME}/media"
    uploaded = await person.ask("POST", media, samples.png(), content_type="image/png")
    assert uploaded.status == 201, uploaded
    picture = json.loads(uploaded.body)["media_id"]
    await person.ask("POST", media, b"no picture", content_type="image/png")
    await person.ask("PUT", f"{media}/{picture}", {"alt_text": "A grey box"})
    replies = [
        await person.ask(
            "POST", f"{here}/replies", {"text": text, "media_id": picture}, idempotency_key="one"
        )
        for text in ("Look", "Look", "Look here")
    ]
    assert [one.status for one in replies] == [202, 202, 409], replies
