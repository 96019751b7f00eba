"""Uploading to the simulator as a client does, for tests of everything that carries media."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from tests import samples

from roost.simulator.clock import SystemClock
from roost.xapi import oauth1
from roost.xapi.transport import Request

UPLOAD = "/1.1/media/upload.json"
_BOUNDARY = "0f8e7d6c5b4a"


async def multipart(x, fields: Mapping[str, bytes], *, who=None, path: str = UPLOAD):
    """Send a form of files, whose body is not signed."""
    body = b"".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in fields.items()
    )
    return await x.call(
        "POST",
        path,
        body=body + f"--{_BOUNDARY}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={_BOUNDARY}",
        who=who,
    )


async def form(x, fields: Mapping[str, str], *, who=None):
    """Send an urlencoded form, whose fields are signed."""
    url = x.address + UPLOAD
    authorization = oauth1.authorization(
        "POST",
        url,
        who or x.signed(),
        parameters_signed=list(fields.items()),
        now=SystemClock().now(),
    )
    headers = {
        "authorization": authorization,
        "content-type": "application/x-www-form-urlencoded",
    }
    return await x.raw(Request("POST", url, headers, urlencode(fields).encode()))


async def status(x, media_id: str, *, who=None):
    """Ask how far processing is."""
    query = {"command": "STATUS", "media_id": media_id}
    return await x.call("GET", UPLOAD, query=query, who=who)


async def picture(x, *, who=None, **fields: bytes) -> str:
    """Upload a picture in one call and give its id."""
    said = await multipart(x, {"media": samples.png(), **fields}, who=who)
    assert said.status == 200, said.body
    return said.json["media_id_string"]


async def steps(x, content: bytes, media_type: str, *, pieces: int = 2, who=None, **init: str):
    """Upload in steps, and give the answer to the last."""
    begun = await form(
        x,
        {
            "command": "INIT",
            "total_bytes": str(len(content)),
            "media_type": media_type,
            **init,
        },
        who=who,
    )
    assert begun.status == 202, begun.body
    media_id = begun.json["media_id_string"]
    size = -(-len(content) // pieces)
    for n in range(pieces):
        piece = content[n * size : (n + 1) * size]
        fields = {"command": b"APPEND", "media_id": media_id.encode(), "media": piece}
        said = await multipart(x, {**fields, "segment_index": str(n).encode()}, who=who)
        assert (said.status, said.body) == (204, b""), said.body
    return await form(x, {"command": "FINALIZE", "media_id": media_id}, who=who)


async def shared_picture(x, *, who=None) -> str:
    """Upload a picture that many messages may carry."""
    said = await steps(x, samples.png(), "image/png", who=who, shared="true")
    assert said.status == 201, said.body
    return said.json["media_id_string"]


async def attach(x, content: bytes, **fields: str):
    """Upload as the phone does."""
    form = {"media": content, **{name: text.encode() for name, text in fields.items()}}
    return await multipart(x, form, path="/_sim/media", who="")
