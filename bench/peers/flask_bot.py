"""The bot most people write first: Flask, and the answer sent from inside the request.

It keeps nothing and checks nothing for repeats, so it does far less than the product.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

import requests
from flask import Flask, abort, request
from requests_oauthlib import OAuth1

SECRET = os.environ["BENCH_SECRET"]
SEND = os.environ["BENCH_X"] + "/1.1/direct_messages/events/new.json"

app = Flask(__name__)
auth = OAuth1("key", SECRET, "1001-token", "token-secret")


@app.post("/webhook")
def webhook() -> str:
    """Answer each message of a delivery."""
    body = request.get_data()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    expected = "sha256=" + base64.b64encode(digest).decode()
    if not hmac.compare_digest(expected, request.headers.get("X-Twitter-Webhooks-Signature", "")):
        abort(401)
    for event in request.get_json()["direct_message_events"]:
        message = event["message_create"]
        reply = {
            "type": "message_create",
            "message_create": {
                "target": {"recipient_id": message["sender_id"]},
                "message_data": {"text": message["message_data"]["text"]},
            },
        }
        requests.post(SEND, json={"event": reply}, auth=auth, timeout=10).raise_for_status()
    return "ok"
