"""The phone: a page, its scripts and its styles, under a policy that allows nothing else."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from litestar import Controller, MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from roost.simulator import pages

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "object-src 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/json"}
_UNAVAILABLE = 503


class PhoneController(Controller):
    """Serves the built page."""

    path = "/_sim/phone"

    @get(["", "/"], media_type=MediaType.HTML, include_in_schema=False)
    async def page(self) -> Response[bytes]:
        """Serve the page."""
        return _serve("index.html")

    @get("/{file:path}", include_in_schema=False)
    async def asset(self, file: FromPath[str]) -> Response[bytes]:
        """Serve a file of the page."""
        return _serve(file.lstrip("/"))


def _serve(name: str) -> Response[bytes]:
    try:
        folder = pages.find_phone().resolve()
    except FileNotFoundError as error:
        text = f"The phone page is not there: {error}\n".encode()
        return Response(text, status_code=_UNAVAILABLE, media_type=MediaType.TEXT, headers=_HEADERS)
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFoundException(f"there is no file {name}")
    caching = "public, max-age=31536000, immutable" if "assets" in path.parts else "no-cache"
    return Response(
        path.read_bytes(),
        media_type=_type_of(path),
        headers={**_HEADERS, "cache-control": caching},
    )


def _type_of(path: Path) -> str:
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"
