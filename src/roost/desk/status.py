"""How the application is, for people."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Mapping

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from roost.desk.access import Policy

Count = Callable[[], Awaitable[Mapping[str, int]]]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Roost</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{{color-scheme:light dark}}
body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
td{{padding:.2rem 1.5rem .2rem 0}}td+td{{text-align:right;font-variant-numeric:tabular-nums}}
</style></head><body><h1>Roost {version}</h1><p>The application is running.</p>
<table>{rows}</table></body></html>"""


def route(count: Count, *, version: str) -> HTTPRouteHandler:
    """Make the route.

    Args:
        count: Counts what is stored and what waits.
        version: Of Roost.

    Returns:
        `/status`.
    """

    @get("/status", policy=Policy.PUBLIC, media_type=MediaType.HTML, include_in_schema=False)
    async def status() -> Response[str]:
        rows = "".join(
            f"<tr><td>{html.escape(name.replace('_', ' '))}</td><td>{value}</td></tr>"
            for name, value in (await count()).items()
        )
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(_PAGE.format(version=version, rows=rows), headers=policy)

    return status
