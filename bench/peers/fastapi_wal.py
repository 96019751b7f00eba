"""A webhook by someone who knows SQLite: FastAPI, one connection, a write-ahead log, full sync.

Run as `python fastapi_wal.py PORT`, with the server and event loop that the product uses.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sqlite3
import sys

import uvicorn
from fastapi import FastAPI, HTTPException, Request

SECRET = os.environ["BENCH_SECRET"]

app = FastAPI()
database = sqlite3.connect(os.environ["BENCH_DATABASE"], check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE events (id TEXT PRIMARY KEY, sender TEXT, body BLOB)")


@app.post("/webhook")
async def webhook(request: Request) -> dict[str, str]:
    """Store a delivery."""
    body = await request.body()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    expected = "sha256=" + base64.b64encode(digest).decode()
    if not hmac.compare_digest(expected, request.headers.get("X-Twitter-Webhooks-Signature", "")):
        raise HTTPException(401)
    for event in (await request.json())["direct_message_events"]:
        database.execute(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?)",
            (event["id"], event["message_create"]["sender_id"], body),
        )
    database.commit()
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
