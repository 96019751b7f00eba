"""`roost.desk.at_x.AtX` over one client per account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import UNSET

from roost.desk.at_x import File
from roost.errors import InvalidCall, NotFound, XApiUnavailable
from roost.model.ids import UserId
from roost.ports.composing import Voice
from roost.xapi import downloads
from roost.xapi.client import XClient
from roost.xapi.families.media import Upload
from roost.xapi.sources import Stream
from roost.xapi.wire_dm import MessageEvent
from roost.xapi.wire_media import Media
from roost.xapi.wire_profiles import CustomProfile

LARGEST_PICTURE = 5 << 20
"""Bytes of the largest picture of a user that is fetched; X shows them smaller."""


class _Told(msgspec.Struct, frozen=True):
    """A body that tells of messages: of a webhook, or a page of a list."""

    direct_message_events: list[msgspec.Raw] = []
    events: list[msgspec.Raw] = []


class _Named(msgspec.Struct, frozen=True):
    id: str = ""


class DeskAtX:
    """Calls X in the accounts' names."""

    def __init__(self, clients: Mapping[UserId, XClient]) -> None:
        self._clients = clients
        self._faces: dict[tuple[UserId, str], str] = {}

    async def upload(self, account_id: UserId, file: File) -> str:
        """Hand a file on to X; see `roost.desk.at_x.AtX.upload`."""
        source = Stream(file.pieces, file.total_bytes)
        what = Upload(shared=file.is_shared)
        uploaded = await self._client(account_id).media.upload(source, what)
        return uploaded.media_id_string

    async def describe(self, account_id: UserId, media_id: str, alt_text: str) -> None:
        """Say what a picture shows; see `roost.desk.at_x.AtX.describe`."""
        await self._client(account_id).media.describe(media_id, alt_text)

    async def fetch(self, account_id: UserId, delivered: bytes, message_id: str, to: Path) -> bool:
        """Fetch what hangs on a message; see `roost.desk.at_x.AtX.fetch`."""
        media = media_in(delivered, message_id)
        if media is None:
            return False
        await self._client(account_id).media.download_to(to, downloads.link(media))
        return True

    async def voices(self, account_id: UserId) -> Sequence[Voice]:
        """Give the account's custom profiles; see `roost.desk.at_x.AtX.voices`."""
        found = [one async for one in self._client(account_id).profiles.all()]
        return [self._seen(account_id, one) for one in found]

    async def new_voice(self, account_id: UserId, name: str, media_id: str) -> Voice:
        """Make a custom profile; see `roost.desk.at_x.AtX.new_voice`."""
        made = await self._client(account_id).profiles.new(name, media_id)
        return self._seen(account_id, made)

    async def drop_voice(self, account_id: UserId, profile_id: str) -> None:
        """Delete a custom profile; see `roost.desk.at_x.AtX.drop_voice`."""
        await self._client(account_id).profiles.delete(profile_id)

    async def fetch_face(self, account_id: UserId, profile_id: str, to: Path) -> bool:
        """Fetch a custom profile's picture; see `roost.desk.at_x.AtX.fetch_face`."""
        client, place = self._client(account_id), (account_id, profile_id)
        if place not in self._faces:
            self._seen(account_id, await client.profiles.show(profile_id))
        if not self._faces[place]:
            return False
        await client.media.download_to(to, self._faces[place])
        return True

    async def fetch_picture(self, account_id: UserId, url: str, to: Path) -> bool:
        """Fetch a user's picture; see `roost.desk.at_x.AtX.fetch_picture`."""
        media = self._client(account_id).media
        try:
            await media.download_to(to, url, most_bytes=LARGEST_PICTURE)
        except NotFound:
            return False  # changed since X told of it
        except InvalidCall as error:
            if error.argument != "url":
                raise
            return False
        return True

    def _seen(self, account_id: UserId, profile: CustomProfile) -> Voice:
        """Keep where a profile's picture is, and give the profile."""
        voice, url = _voice(profile), profile.avatar.media.url
        self._faces[account_id, voice.profile_id] = "" if url is UNSET else url
        return voice

    def _client(self, account_id: UserId) -> XClient:
        client = self._clients.get(account_id)
        if client is None:
            raise XApiUnavailable(f"account {account_id} has no tokens in the settings")
        return client


def media_in(delivered: bytes, message_id: str) -> Media | None:
    """Find what hangs on a message in the body that told of it; `None` for nothing."""
    told = msgspec.json.decode(delivered, type=_Told)
    for raw in (*told.direct_message_events, *told.events):
        if msgspec.json.decode(raw, type=_Named).id == message_id:
            return downloads.media_of(msgspec.json.decode(raw, type=MessageEvent))
    return None


def _voice(profile: CustomProfile) -> Voice:
    return Voice("" if profile.id is UNSET else profile.id, profile.name)
