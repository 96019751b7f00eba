"""Uploading media: in one call, or in steps that `command` names.

Source: https://developer.x.com/en/docs/x-api/v1/media/upload-media (archived).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

import msgspec
from msgspec import structs

from roost.simulator import media_receipt, media_rules, media_use, parameters, upload_views
from roost.simulator.calls import Answer, Call, json_answer
from roost.simulator.json_path import Node, malformed
from roost.simulator.media_entries import MediaEntry
from roost.simulator.media_receipt import NotTaken
from roost.simulator.media_store import NoRoom, Upload
from roost.simulator.refusals import Refusal, refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation

LONGEST_ALT_TEXT = 1_000
"""Characters."""

MOST_OWNERS = 100
"""Additional owners of an upload."""

MOST_SEGMENTS = 1_000
"""Segments of an upload: `segment_index` is 0 to 999."""

_NUMBER = re.compile(r"[0-9]+")
_MOST_DIGITS = 19  # of a number of 64 bits
_ID = re.compile(r"[0-9]{1,19}")
_TOO_LARGE = 413
_BAD_REQUEST = 400  # where a parameter is missing; assumed


@responds("media.upload")
async def upload(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take a picture or small GIF in one call."""
    if asked.call.parameter("command"):
        raise _fault(asked.call, "command unrecognized.")
    content = _content(asked.call)
    if len(content) > media_rules.LARGEST_CHUNK:
        raise Refusal(Answer(_TOO_LARGE), reason=f"a file of {len(content)} bytes")
    begun = _begin(simulation, asked, len(content))
    entry = _receive(simulation, asked, begun, content)
    return json_answer(upload_views.uploaded(simulation.world, entry))


@responds("media.init")
async def init(simulation: Simulation, asked: ApiCall) -> Answer:
    """Begin an upload in steps."""
    total_bytes = _number(asked.call, "total_bytes")
    media_type = parameters.need(asked.call, "media_type", status=_BAD_REQUEST)
    begun = _begin(simulation, asked, total_bytes)
    if not media_rules.is_media_type(media_type):
        raise _fault(asked.call, media_receipt.UNRECOGNIZED)
    most = media_rules.largest(media_type, begun.category)
    if not 0 < total_bytes <= most:
        text = f"total_bytes is not within 1 and {most}: {total_bytes}."
        raise _fault(asked.call, text)
    if not simulation.world.media.fits(total_bytes):
        held = simulation.world.rules.media_bytes
        raise _fault(asked.call, f"total_bytes is more than is held here, {held}: {total_bytes}.")
    simulation.world.media.put(begun)
    return json_answer(upload_views.begun(simulation.world, begun), status=202)


@responds("media.append")
async def append(simulation: Simulation, asked: ApiCall) -> Answer:
    """Take one piece; a piece that comes again takes the place of the first."""
    begun = _begun(simulation, asked)
    index = _number(asked.call, "segment_index")
    if index >= MOST_SEGMENTS:
        raise _fault(asked.call, f"segment_index is not within 0 and {MOST_SEGMENTS - 1}.")
    piece = _content(asked.call)
    if len(piece) > media_rules.LARGEST_CHUNK:
        raise Refusal(Answer(_TOO_LARGE), reason=f"a piece of {len(piece)} bytes")
    grown = replace(begun, segments={**begun.segments, index: piece})
    if grown.size > begun.total_bytes:
        raise _fault(asked.call, "Segments exceed provided total file size.")
    simulation.world.media.put(grown)
    return Answer(204)


@responds("media.finalize")
async def finalize(simulation: Simulation, asked: ApiCall) -> Answer:
    """Put the pieces together; where that was done before, say so again."""
    found = _own(simulation, asked)
    if isinstance(found, Upload):
        pieces = [found.segments[n] for n in sorted(found.segments)]
        is_whole = set(found.segments) == set(range(len(pieces)))
        if found.size != found.total_bytes or not is_whole:
            raise _fault(asked.call, "Segments do not add up to provided total file size.")
        found = _receive(simulation, asked, found, b"".join(pieces))
    return json_answer(upload_views.uploaded(simulation.world, found), status=201)


@responds("media.status")
async def status(simulation: Simulation, asked: ApiCall) -> Answer:
    """Say how far processing is."""
    if parameters.need(asked.call, "command", status=_BAD_REQUEST) != "STATUS":
        raise _fault(asked.call, "command unrecognized.")
    found = _own(simulation, asked)
    if isinstance(found, Upload):
        return json_answer(upload_views.begun(simulation.world, found))
    return json_answer(upload_views.uploaded(simulation.world, found))


@responds("media.metadata.create")
async def describe(simulation: Simulation, asked: ApiCall) -> Answer:
    """Say in words what a picture shows. X takes any content type here."""
    body = _json(asked.call)
    media_id = body.need("media_id").long()
    text = body.need("alt_text").need("text").text(LONGEST_ALT_TEXT)
    entry = simulation.world.media.media(media_id)
    if entry is None or not media_use.is_owner(entry, asked.caller.user_id):
        raise refusal(325, reason=f"this user has no media {media_id}")
    if entry.kind == "video":
        raise malformed("media_id: only pictures and GIFs can have an alt_text")
    simulation.world.media.put(structs.replace(entry, alt_text=text))
    return Answer(200)


def _json(call: Call) -> Node:
    """Read a body that has to be an object, whatever its content type says.

    Source: `desmondmorris/node-twitter#217` and `geduldig/TwitterAPI#224`, where forms were sent.
    """
    try:
        body = Node.read(call.body)
    except Refusal as error:
        raise _fault(call, _NO_JSON) from error
    if not isinstance(body.value, dict):
        raise _fault(call, _NO_JSON)
    return body


_NO_JSON = "Invalid json payload."


def _begin(simulation: Simulation, asked: ApiCall, total_bytes: int) -> Upload:
    call, world = asked.call, simulation.world
    category = call.parameter("media_category")
    known = media_rules.category(category) if category else ""
    if known is None:
        raise _fault(call, "media category unrecognized.")
    owners = tuple(one.strip() for one in call.parameter("additional_owners").split(",") if one)
    if len(owners) > MOST_OWNERS or not all(map(_ID.fullmatch, owners)):
        raise _fault(call, "additional_owners is not a list of up to 100 ids.")
    return Upload(
        media_id=world.ids.next(),
        owner_id=asked.caller.user_id,
        additional_owners=tuple(owner for owner in owners if owner in world.users),
        total_bytes=total_bytes,
        category=known,
        shared=call.parameter("shared").lower() == "true",
        created_at=world.timestamp(),
    )


def _receive(simulation: Simulation, asked: ApiCall, begun: Upload, content: bytes) -> MediaEntry:
    try:
        return media_receipt.receive(simulation.world, begun, content)
    except NotTaken as error:
        raise _fault(asked.call, str(error)) from error
    except NoRoom as error:
        raise Refusal(Answer(_TOO_LARGE), reason=str(error)) from error


def _own(simulation: Simulation, asked: ApiCall) -> MediaEntry | Upload:
    media_id = parameters.need(asked.call, "media_id", status=_BAD_REQUEST)
    found = simulation.world.media.find(media_id)
    is_gone = found is not None and simulation.clock.now() >= media_use.expires_at(found)
    if found is None or is_gone or not media_use.is_owner(found, asked.caller.user_id):
        raise refusal(325, reason=f"this user has no media {media_id}")
    return found


def _begun(simulation: Simulation, asked: ApiCall) -> Upload:
    found = _own(simulation, asked)
    if isinstance(found, MediaEntry):
        raise _fault(asked.call, "The upload was finalized before.")
    return found


def _content(call: Call) -> bytes:
    raw = call.multipart_fields.get("media")
    if raw:
        return raw
    # A plus sign that was not percent-encoded has become a space on the way.
    text = call.parameter("media_data").replace(" ", "+")
    try:
        content = base64.b64decode(text.translate(_NO_BREAKS), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _fault(call, "media_data is not base64.") from error
    if not content:
        raise parameters.missing("media", status=_BAD_REQUEST)
    return content


_NO_BREAKS = {ord("\r"): None, ord("\n"): None}


def _number(call: Call, name: str) -> int:
    text = parameters.need(call, name, status=_BAD_REQUEST)
    if not _NUMBER.fullmatch(text):
        raise _fault(call, f"{name} is not a number.")
    if len(text) > _MOST_DIGITS:
        raise _fault(call, f"{name} has more than {_MOST_DIGITS} digits: {len(text)}.")
    return int(text)


def _fault(call: Call, text: str) -> Refusal:
    """Make a refusal in the form of this endpoint: a string and no code.

    Source: a special case for it in `PLhery/node-twitter-api-v2`.
    """
    body = msgspec.json.encode({"request": call.path, "error": text})
    answer = Answer(400, body, {"content-type": "application/json;charset=utf-8"})
    return Refusal(answer, reason=text)
