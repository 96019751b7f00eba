"""Procrastinate's side of the comparison: jobs that must go in order, one lock per customer."""

from __future__ import annotations

import asyncio
import sys

from procrastinate import App, PsycopgConnector

CONCURRENCY = 64
"""Jobs at once in one worker; the product decides as many conversations at once."""


def app_at(dsn: str) -> App:
    """Give the application, with its one task."""
    app = App(connector=PsycopgConnector(conninfo=dsn, max_size=12))

    @app.task(name="handle")
    async def handle(message_id: int) -> None:
        del message_id

    return app


async def fill(dsn: str, *, messages: int, customers: int) -> None:
    """Make its tables and put in as many jobs, those of one customer in their order."""
    app = app_at(dsn)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for n in range(messages):
            job = app.configure_task("handle", lock=str(n % customers))
            await job.defer_async(message_id=n)


async def work(dsn: str) -> None:
    """Work until ended."""
    app = app_at(dsn)
    async with app.open_async():
        await app.run_worker_async(concurrency=CONCURRENCY, delete_jobs="never")


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
