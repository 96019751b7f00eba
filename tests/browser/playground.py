"""An X of one's own in a browser test: the simulator, an application at its webhook, API calls."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests_oauthlib import OAuth1Session

ACCOUNT, CUSTOMER, APP = "1001", "2002", "13090192"
WITHIN_S = 30

_SECRET = f"consumer-secret-{APP}"


@dataclass
class Application:
    """What stands at the webhook: it proves who it is and keeps what it is told."""

    url: str
    told: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def hears(self, key: str) -> dict[str, Any]:
        """Wait for a delivery that has a key, for example `favorite_events`."""
        while True:
            body = self.told.get(timeout=WITHIN_S)
            if key in body:
                return body


@dataclass(frozen=True)
class Playground:
    """A running simulator, its phone's address, and the account's own app beside it."""

    origin: str
    api: OAuth1Session
    application: Application

    @property
    def phone(self) -> str:
        """The phone's address."""
        return f"{self.origin}/_sim/phone"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Call X's API as the account's app."""
        answer = self.api.request(method, f"{self.origin}{path}", json=body, timeout=WITHIN_S)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def act(self, user_id: str, **action: object) -> Any:
        """Play a user."""
        return self.call("POST", f"/_sim/users/{user_id}/actions", action)


@contextmanager
def playground() -> Generator[Playground]:
    """Run a simulator with an application that is subscribed to the account."""
    command = [sys.executable, "-m", "roost", "simulate", "--port", "0"]
    with _application() as application:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            origin = process.stdout.readline().split()[4].rstrip(";")
            api = OAuth1Session(
                f"consumer-key-{APP}",
                _SECRET,
                f"{ACCOUNT}-token-{APP}",
                f"token-secret-{ACCOUNT}-{APP}",
            )
            ground = Playground(origin, api, application)
            hook = f"/1.1/account_activity/all/prod/webhooks.json?url={application.url}"
            ground.call("POST", hook)
            ground.call("POST", "/1.1/account_activity/all/prod/subscriptions.json")
            yield ground
            api.close()
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) in {0, 130}
            if process.stdout is not None:
                process.stdout.close()


@contextmanager
def _application() -> Generator[Application]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.application = Application(f"http://127.0.0.1:{server.server_port}/webhook")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.application
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        [token] = parse_qs(urlsplit(self.path).query)["crc_token"]
        digest = hmac.digest(_SECRET.encode(), token.encode(), hashlib.sha256)
        self._answer({"response_token": f"sha256={base64.b64encode(digest).decode()}"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.application.told.put(json.loads(body))
        self._answer({})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
