"""The built desk: a page, its scripts and its styles, under a policy that allows nothing else."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from litestar import Controller, HttpMethod, MediaType, Response, route
from litestar.params import FromPath
from litestar.response import Redirect

from roost.desk.access import Policy
from roost.desk.parts import Parts
from roost.desk.problems import UNAVAILABLE, Refused, not_found

FOLDER = Path(__file__).parent.parent / "_ui" / "desk"
"""`index.html`, and `assets/` whose file names change with their content.

Wheels carry it; in a checkout it is missing until it has been built.
"""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        # Svelte makes its templates from constant text under this name.
        "trusted-types svelte-trusted-html",
    )
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
READS = (HttpMethod.GET, HttpMethod.HEAD)
"""Monitors and proxies ask with `HEAD`; the server leaves out the body."""

_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/json"}


class PageController(Controller):
    """Serves the page at every place it can be at; where it is, the page itself works out."""

    include_in_schema = False

    @route("/", http_method=READS, policy=Policy.PUBLIC)
    async def root(self) -> Redirect:
        """Lead to the desk."""
        return Redirect("/desk/")

    @route(
        ["/desk", "/desk/{place:path}"],
        http_method=READS,
        policy=Policy.PUBLIC,
        media_type=MediaType.HTML,
    )
    async def page(self, parts: Parts) -> Response[bytes]:
        """Serve the page."""
        return _serve("index.html", caching="no-cache", framed_by=parts.framed_by)

    @route("/desk/assets/{name:str}", http_method=READS, policy=Policy.PUBLIC)
    async def asset(self, name: FromPath[str]) -> Response[bytes]:
        """Serve a file of the page."""
        return _serve(f"assets/{name}", caching="public, max-age=31536000, immutable")


def _serve(name: str, *, caching: str, framed_by: str | None = None) -> Response[bytes]:
    folder = FOLDER.resolve()
    if not (folder / "index.html").is_file():
        raise Refused(
            UNAVAILABLE, "not_built", "The page is not built: run `python hatch_build.py`."
        )
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise not_found(f"file {name}")
    none = "'none'"
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return Response(
        path.read_bytes(),
        media_type=known or "application/octet-stream",
        headers={
            **HEADERS,
            "content-security-policy": f"{CONTENT_POLICY}; frame-ancestors {framed_by or none}",
            "cache-control": caching,
        },
    )
