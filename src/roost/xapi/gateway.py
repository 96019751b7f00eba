"""The way out to X: `roost.ports.Gateway` over one client per account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from roost.errors import (
    InvalidCall,
    InvalidRequest,
    MalformedDelivery,
    MediaNotReady,
    MediaUnusable,
    NotFound,
    PermissionMissing,
    ProfileGone,
    RejectedByX,
    SendError,
    SendUncertain,
    Unsendable,
    XApiUnavailable,
)
from roost.model.budgets import Standing
from roost.model.decisions import MarkRead, ShowTyping, Signal
from roost.model.events import MessageSent, Unrecognised
from roost.model.ids import MAX_POSITION, MessageId, UserId
from roost.model.media import MediaFile
from roost.model.outbound import OutboxEntry
from roost.model.posts import PublicReply
from roost.model.uploads import Uploaded
from roost.ports import SentPage
from roost.xapi import envelope, files
from roost.xapi.begun_by import begun_by
from roost.xapi.client import XClient
from roost.xapi.families.media import Upload

_UNUSABLE = frozenset({"InvalidMedia", "UnsupportedMedia"})
"""X's names for files that it will never take."""

_LONGEST_ID = len(str(MAX_POSITION))
_SHOWN = 40

_LATEST = datetime.max.replace(tzinfo=UTC)


def _tell_nobody(account_id: UserId) -> None:
    del account_id


class XGateway:
    """Sends and lists Direct Messages of many accounts.

    Args:
        clients: One for each account, as they change.
        on_profile_gone: Told of an account that X no longer lets speak under a custom profile.
    """

    def __init__(
        self,
        clients: Mapping[UserId, XClient],
        on_profile_gone: Callable[[UserId], None] = _tell_nobody,
    ) -> None:
        self._clients = clients
        self._on_profile_gone = on_profile_gone

    async def send(self, entry: OutboxEntry) -> MessageId:
        """Send one message or public reply; see `roost.ports.Gateway.send`."""
        try:
            with begun_by(entry.begun_by):
                return await self._send(entry)
        except SendError:
            raise
        except Exception as error:
            # What goes wrong from the first byte on, calls make a `SendError` of.
            problem = f"no request can be made of it: {type(error).__name__}: {error}"
            raise Unsendable(problem) from error

    async def _send(self, entry: OutboxEntry) -> MessageId:
        client = self._client(entry.account_id)
        if isinstance(entry.message, PublicReply):
            reply = entry.message
            posted = await client.posts.reply(reply.text, reply.post_id, attachment_url=reply.link)
            return _believed(entry, posted.id_str, after=reply.post_id)
        try:
            event = await client.send_message(entry.recipient_id, entry.message)
        except (InvalidRequest, NotFound, PermissionMissing) as error:
            profile_id = entry.message.custom_profile_id
            if profile_id and await _is_gone(client, profile_id):
                self._on_profile_gone(entry.account_id)
                raise _gone(error, profile_id) from error
            raise
        if event.message_create.target.recipient_id != entry.recipient_id:
            raise SendUncertain(entry.route, "X's answer is about a message to somebody else")
        return _believed(entry, str(event.id), after=str(entry.baseline))

    async def upload(self, account_id: UserId, file: MediaFile) -> Uploaded:
        """Upload a file, to be shared; see `roost.ports.Gateway.upload`."""
        what = Upload(file.category, file.media_type, shared=True)
        try:
            found = await self._client(account_id).media.upload(files.source(file), what)
        except InvalidCall as error:
            raise MediaUnusable(file.path, f"cannot be uploaded: {error}") from error
        except MediaNotReady as error:
            if error.reason in _UNUSABLE:
                raise MediaUnusable(file.path, f"cannot be used by X: {error}") from error
            raise XApiUnavailable(str(error)) from error
        except SendUncertain as error:
            raise XApiUnavailable(str(error)) from error
        return Uploaded(found.media_id_string, files.good_for(found))

    async def sent_page(self, account_id: UserId, *, baseline: int, cursor: str = "") -> SentPage:
        """List what was sent above the baseline; see `roost.ports.Gateway.sent_page`."""
        body = await self._client(account_id).message_page(cursor=cursor)
        try:
            # No time of ours: what names no place of its own comes after everything.
            page = envelope.decode_page(body, account_id, received_at=_LATEST)
        except MalformedDelivery as error:
            raise XApiUnavailable(f"dm.events.list: {error}") from error
        reached = _reached(page)
        return SentPage(
            [
                event
                for event in page.events
                if isinstance(event, MessageSent) and event.position > baseline
            ],
            "" if reached <= baseline else page.next_cursor,
            reached=reached,
            unread=[position for position in page.unread if position > baseline],
        )

    async def check(self, account_id: UserId) -> None:
        """Try an account's credentials; see `roost.ports.Gateway.check`."""
        await self._client(account_id).verify_credentials()

    async def show(self, account_id: UserId, customer_id: UserId, signal: Signal) -> None:
        """Show typing or a read mark; see `roost.ports.Gateway.show`."""
        messages = self._client(account_id).messages
        match signal:
            case ShowTyping():
                await messages.show_typing(customer_id)
            case MarkRead(message_id=message_id):
                await messages.mark_read(customer_id, message_id)

    def learned(self, account_id: UserId, route: str) -> Standing | None:
        """Give what X has said about a window; see `roost.ports.Gateway.learned`."""
        client = self._clients.get(account_id)
        return None if client is None else client.standings.take(route)

    def _client(self, account_id: UserId) -> XClient:
        client = self._clients.get(account_id)
        if client is None:
            raise XApiUnavailable(f"account {account_id} has no tokens in the settings")
        return client


def _believed(entry: OutboxEntry, x_id: str, *, after: str) -> MessageId:
    """Take the id that X's answer gives what was sent, if it can be that of something new.

    Raises:
        SendUncertain: It is no number of X's, or that of something older: X may have sent
            nothing.
    """
    is_number = x_id.isascii() and x_id.isdigit()
    if not is_number or not _number(after) < _number(x_id) <= MAX_POSITION:
        raise SendUncertain(entry.route, f"X's answer names {x_id[:_SHOWN]!r}, nothing new")
    return MessageId(x_id)


def _number(x_id: str) -> int:
    return int(x_id) if len(x_id) <= _LONGEST_ID else MAX_POSITION + 1


def _reached(page: envelope.Page) -> int:
    """Give the position down to which a page shows what there is: X lists the newest first."""
    if not page.next_cursor:
        return 0
    shown = [one.position for one in page.events if not isinstance(one, Unrecognised)]
    return min(shown, default=MAX_POSITION)


async def _is_gone(client: XClient, profile_id: str) -> bool:
    """Ask X whether it has no such profile for the account: how a send is refused tells nothing.

    Source: the code with which X refuses a message for its profile is not documented.
    """
    try:
        await client.profiles.show(profile_id)
    except (NotFound, PermissionMissing):
        return True
    except RejectedByX:
        return False
    except SendError as error:
        raise XApiUnavailable(f"X refused custom profile {profile_id}, or else: {error}") from error
    return False


def _gone(refusal: RejectedByX, profile_id: str) -> ProfileGone:
    told = f"custom profile {profile_id} is gone: {refusal.message}"
    return ProfileGone(refusal.route, status=refusal.status, code=refusal.code, message=told)
