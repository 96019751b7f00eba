"""The phone and the stage: pages, scripts and styles, under a policy that allows little else."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

from litestar import Controller, MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from roost.simulator import pages
from roost.simulator.controls.parts import Parts

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "object-src 'none'"
)
_HERE = "http://127.0.0.1:* http://localhost:*"
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/json"}
_UNAVAILABLE = 503


class PhoneController(Controller):
    """Serves the phone."""

    path = "/_sim/phone"

    @get(["", "/"], media_type=MediaType.HTML, include_in_schema=False)
    async def page(self) -> Response[bytes]:
        """Serve the page."""
        return _serve("phone", "index.html", POLICY)

    @get("/{file:path}", include_in_schema=False)
    async def asset(self, file: FromPath[str]) -> Response[bytes]:
        """Serve a file of the page."""
        return _serve("phone", file.lstrip("/"), POLICY)


class StageController(Controller):
    """Serves the stage, which shows the application's page beside the phones."""

    path = "/_sim/stage"

    @get(["", "/"], media_type=MediaType.HTML, include_in_schema=False)
    async def page(self, parts: Parts) -> Response[bytes]:
        """Serve the page."""
        return _serve("stage", "index.html", _stage_policy(parts.application.status.url))

    @get("/{file:path}", include_in_schema=False)
    async def asset(self, file: FromPath[str]) -> Response[bytes]:
        """Serve a file of the page."""
        return _serve("stage", file.lstrip("/"), POLICY)


def _stage_policy(application_url: str) -> str:
    """Allow frames of this machine's applications, and of the one that is known."""
    origin = urlsplit(application_url)
    known = f" {origin.scheme}://{origin.netloc}" if origin.netloc else ""
    return f"{POLICY}; frame-src 'self' {_HERE}{known}"


def _serve(page: str, name: str, policy: str) -> Response[bytes]:
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    try:
        folder = pages.find(page).resolve()
    except FileNotFoundError as error:
        text = f"The page is not there: {error}\n".encode()
        return Response(text, status_code=_UNAVAILABLE, media_type=MediaType.TEXT, headers=headers)
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFoundException(f"there is no file {name}")
    caching = "public, max-age=31536000, immutable" if "assets" in path.parts else "no-cache"
    return Response(
        path.read_bytes(),
        media_type=_type_of(path),
        headers={**headers, "cache-control": caching},
    )


def _type_of(path: Path) -> str:
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"
