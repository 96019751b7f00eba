"""Fetching the files of media: privately for photos of Direct Messages, openly for the rest.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/message-attachments/guides
/retrieving-media (archived).
"""

from __future__ import annotations

from roost.simulator import attachments, placeholder
from roost.simulator.calls import Answer
from roost.simulator.media_entries import MediaEntry
from roost.simulator.refusals import refusal
from roost.simulator.registry import ApiCall, responds
from roost.simulator.simulation import Simulation
from roost.simulator.world import World

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""What keeps a browser from taking a file for anything but a picture or a video."""


@responds("media.private")
async def private(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give a photo of a message to a participant; one that is shared to anybody."""
    event_id, media_id = asked.path["event_id"], asked.path["media_id"]
    entry = simulation.world.media.media(media_id)
    participants = _participants(simulation.world, event_id, media_id)
    is_there = entry is not None and participants and asked.path["file"].split(":")[0] == entry.file
    if is_there and entry is not None and entry.shared:
        return _file(entry)
    if not asked.caller.user_id:
        raise refusal(32, reason="no signature, and the file is not shared")
    if entry is None or not is_there:
        raise refusal(34, reason=f"there is no such file on {event_id}")
    if asked.caller.user_id not in participants:
        raise refusal(220, reason="the file is on a message between others")
    return _file(entry)


@responds("media.preview")
async def preview(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give what stands for a GIF or video: of a GIF itself, of a video a plain surface."""
    entry = _film_of(simulation.world, asked)
    if entry.kind == "animated_gif":
        return _file(entry)
    headers = {"content-type": "image/png", **HEADERS}
    return Answer(200, placeholder.png(entry.width, entry.height), headers)


@responds("media.film")
async def film(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give a GIF or video as it was uploaded."""
    return _file(_film_of(simulation.world, asked))


@responds("media.avatar")
async def avatar(simulation: Simulation, asked: ApiCall) -> Answer:
    """Give the picture of a custom profile or of a Post."""
    entry = attachments.public_picture(simulation.world, asked.path["file"])
    if entry is None:
        raise refusal(34, reason="no custom profile and no Post has such a picture")
    return _file(entry)


def _participants(world: World, event_id: str, media_id: str) -> frozenset[str]:
    """Give who may see media on something; nobody where it is not on that."""
    message = world.messages.get(event_id)
    if message is not None and message.media_id == media_id:
        return frozenset({message.sender_id, message.recipient_id})
    welcome = world.welcome_messages.get(event_id)
    if welcome is not None and welcome.media_id == media_id:
        return frozenset({welcome.user_id})
    return frozenset()


def _film_of(world: World, asked: ApiCall) -> MediaEntry:
    media_id = asked.path.get("media_id")
    entry = (
        attachments.public_picture(world, asked.path["file"])
        if media_id is None
        else world.media.media(media_id)
    )
    is_named = entry is not None and asked.path["file"].partition(".")[0] == entry.stem
    if entry is None or not is_named or entry.kind == "photo" or entry.error:
        raise refusal(34, reason="there is no such file")
    return entry


def _file(entry: MediaEntry) -> Answer:
    return Answer(200, entry.content, {"content-type": entry.media_type, **HEADERS})
