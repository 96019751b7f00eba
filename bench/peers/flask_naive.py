"""The webhook most people write first: Flask, and SQLite as it comes, in the request.

It verifies, decodes, stores and commits before it answers, so it promises what the product's
intake promises.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sqlite3

from flask import Flask, abort, request

SECRET = os.environ["BENCH_SECRET"]
DATABASE = os.environ["BENCH_DATABASE"]

app = Flask(__name__)


def connect() -> sqlite3.Connection:
    """Open the database as Flask's own tutorial does: for each request."""
    return sqlite3.connect(DATABASE)


with connect() as first:
    first.execute("CREATE TABLE events (id TEXT PRIMARY KEY, sender TEXT, body BLOB)")


@app.post("/webhook")
def webhook() -> str:
    """Store a delivery."""
    body = request.get_data()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    expected = "sha256=" + base64.b64encode(digest).decode()
    if not hmac.compare_digest(expected, request.headers.get("X-Twitter-Webhooks-Signature", "")):
        abort(401)
    database = connect()
    for event in request.get_json()["direct_message_events"]:
        database.execute(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?)",
            (event["id"], event["message_create"]["sender_id"], body),
        )
    database.commit()
    database.close()
    return "ok"
