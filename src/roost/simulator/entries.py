"""The rows of a world, as a world file writes them and as the world holds them.

Every field but the ids may be left out. Unknown fields are refused.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import force_setattr, replace

from roost.simulator.entry import Entry, OptionalXId, XId
from roost.simulator.media_entries import MediaEntry
from roost.simulator.welcome_entries import (
    CustomProfileEntry,
    OpeningEntry,
    WelcomeMessageEntry,
    WelcomeRuleEntry,
)
from roost.xapi import wire_dm

ScreenName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]{0,15}$")]
"""A user's handle without `@`: 1 to 15 letters, digits or underscores; `""` for the default."""

Seconds = Annotated[float, msgspec.Meta(gt=0, le=10_000_000)]

AccessLevel = Literal["read", "read-write", "read-write-directmessages"]
"""What an app's tokens may do."""

RepliesFrom = Literal["everyone", "followed", "mentioned"]
"""Whom the author of a Post lets answer it."""

PostStanding = Literal["normal", "limited", "unavailable", "violating"]
"""What X thinks of a Post."""

DM_LEVEL = "read-write-directmessages"
"""The access level that Direct Messages need."""


class AppEntry(Entry, frozen=True, kw_only=True):
    """An app at X.

    Attributes:
        app_id: X's id of it; everything else has a default made from this.
        owner_id: The user who may register webhooks; `""` lets every user of the app do so.
        env_names: Its environments of the Account Activity API; case sensitive.
        access_level: What its tokens may do; `read`, `read-write` or `read-write-directmessages`.
        callback_urls: Where users may be sent back to after authorizing it, whatever the query;
            with none, they are always shown a PIN. `myapp://` stands for every address that
            begins so.
        enterprise_webhooks: How many webhooks of the enterprise tier it may have; 0 where it is
            not of that tier.
        withheld: What its access level does not have (code 453): names of routes, or how they
            begin, such as `dm.` or `welcome_messages.`.
    """

    app_id: XId
    name: str = ""
    url: str = ""
    consumer_key: str = ""
    consumer_secret: str = ""
    bearer_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    owner_id: OptionalXId = ""
    env_names: tuple[str, ...] = ("prod",)
    access_level: AccessLevel = DM_LEVEL
    callback_urls: tuple[str, ...] = ()
    enterprise_webhooks: Annotated[int, msgspec.Meta(ge=0)] = 3
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Fill in what was left out."""
        _fill(
            self,
            name=f"App {self.app_id}",
            consumer_key=f"consumer-key-{self.app_id}",
            consumer_secret=f"consumer-secret-{self.app_id}",
            bearer_token=f"bearer-token-{self.app_id}",
            client_id=f"client-{self.app_id}",
            client_secret=f"client-secret-{self.app_id}",
        )


class TokenEntry(Entry, frozen=True, kw_only=True):
    """An OAuth 1.0a access token a user gave to an app.

    Attributes:
        access_level: What it may do, as it was when it was given; `""` for what the app may.
    """

    app_id: XId
    access_token: str = ""
    access_token_secret: str = ""
    access_level: AccessLevel | Literal[""] = ""


class OAuth2TokenEntry(Entry, frozen=True, kw_only=True):
    """An OAuth 2 token a user gave to an app."""

    app_id: XId
    access_token: str
    refresh_token: str = ""
    scopes: tuple[str, ...] = ()


class UserEntry(Entry, frozen=True, kw_only=True):
    """A user of X.

    Attributes:
        user_id: X's id; everything else has a default made from this.
        dms_from_anyone: Whether people the user does not follow may write.
        custom_profiles_allowed: Whether X lets the user speak under custom profiles.
        follows: User ids.
        follow_requests: Ids of protected users who have been asked and have not yet agreed.
        blocks: User ids.
        mutes: User ids.
        suspended: Whether X has suspended the user, who can do nothing then.
        locked: Whether X has locked the user out until it logs in again by hand.
    """

    user_id: XId
    screen_name: ScreenName = ""
    name: str = ""
    verified: bool = False
    protected: bool = False
    dms_from_anyone: bool = True
    custom_profiles_allowed: bool = False
    follows: tuple[XId, ...] = ()
    follow_requests: tuple[XId, ...] = ()
    blocks: tuple[XId, ...] = ()
    mutes: tuple[XId, ...] = ()
    suspended: bool = False
    locked: bool = False
    tokens: tuple[TokenEntry, ...] = ()
    oauth2_tokens: tuple[OAuth2TokenEntry, ...] = ()

    def __post_init__(self) -> None:
        """Fill in what was left out; an access token begins with its user's id, as X's do."""
        _fill(self, screen_name=f"u{self.user_id}"[:15])
        _fill(self, name=self.screen_name)
        force_setattr(self, "tokens", tuple(self._named(token) for token in self.tokens))

    def _named(self, token: TokenEntry) -> TokenEntry:
        secret = f"token-secret-{self.user_id}-{token.app_id}"
        return replace(
            token,
            access_token=token.access_token or f"{self.user_id}-token-{token.app_id}",
            access_token_secret=token.access_token_secret or secret,
        )


class Rules(Entry, frozen=True, kw_only=True):
    """How this X behaves.

    Attributes:
        webhook_timeout_s: How long a webhook may take to answer.
        retry_after_s: Pauses after failed attempts; as many retries as there are numbers.
        crc_every_s: How often a webhook is challenged again.
        limits: `off` lifts every rate limit.
        user_dm_per_24h: Direct Messages a user may send, replies within X's allowance not counted.
        app_dm_per_24h: The same for an app.
        provisioned_subscriptions: How many users one app may be told of.
        consent: `auto` answers the authorize pages as a person who agrees would.
        webhook_ca_file: One more certificate authority for webhooks, a PEM file; read once, when
            the simulator starts.
        media_processing_s: How long GIFs and videos of a category are processed.
        media_bytes: How much all media may hold; beyond it the oldest give way.
        media_origin: What links to media begin with, for example this simulator's own address;
            null for X's hosts, which a TLS front may stand for.
        enterprise_subscriptions: Users an app of the enterprise tier may subscribe.
        message_requests: Who may write to people who neither follow them nor have written before:
            `anyone`, or only those who are `verified`.
        messages_kept: Messages in memory at most; the oldest leave, as do those X would not list.
        resolve: Host names and the loopback addresses (`127.0.0.1` or `127.0.0.1:5005`) they mean.
    """

    webhook_timeout_s: Seconds = 3.0
    retry_after_s: tuple[Seconds, ...] = (3.0, 27.0, 242.0)
    crc_every_s: Seconds = 3600.0
    limits: Literal["on", "off"] = "on"
    user_dm_per_24h: Annotated[int, msgspec.Meta(ge=0)] = 1_000
    app_dm_per_24h: Annotated[int, msgspec.Meta(ge=0)] = 15_000
    provisioned_subscriptions: Annotated[int, msgspec.Meta(ge=0)] = 250
    consent: Literal["page", "auto"] = "page"
    webhook_ca_file: str | None = None
    media_processing_s: Seconds = 3.0
    media_bytes: Annotated[int, msgspec.Meta(ge=0)] = 128 << 20
    media_origin: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/?#\s]+$")] | None = None
    enterprise_subscriptions: Annotated[int, msgspec.Meta(ge=0)] = 50
    message_requests: Literal["anyone", "verified"] = "anyone"
    messages_kept: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    resolve: dict[str, str] = msgspec.field(default_factory=dict[str, str])

    @property
    def webhook_timeout(self) -> timedelta:
        """`webhook_timeout_s`."""
        return timedelta(seconds=self.webhook_timeout_s)

    @property
    def retry_after(self) -> tuple[timedelta, ...]:
        """`retry_after_s`."""
        return tuple(timedelta(seconds=pause) for pause in self.retry_after_s)

    @property
    def crc_every(self) -> timedelta:
        """`crc_every_s`."""
        return timedelta(seconds=self.crc_every_s)


class WebhookEntry(Entry, frozen=True, kw_only=True):
    """A registered webhook.

    Attributes:
        env_name: Its environment; `""` for one of the enterprise tier, which stands by itself.
        created_at: Milliseconds since 1970, as a string.
        passed_at: When it last answered a challenge rightly; likewise.
    """

    webhook_id: XId
    app_id: XId
    env_name: str = ""
    url: str
    valid: bool = True
    created_at: XId = "0"
    passed_at: XId = "0"


class SubscriptionEntry(Entry, frozen=True, kw_only=True):
    """A user whose activity an app's environment, or a webhook of the enterprise tier, is told of.

    Attributes:
        env_name: The environment; `""` in the enterprise tier.
        webhook_id: The webhook in the enterprise tier; `""` in an environment.
    """

    app_id: XId
    env_name: str = ""
    webhook_id: OptionalXId = ""
    user_id: XId


class MessageEntry(Entry, frozen=True, kw_only=True):
    """A Direct Message that X has.

    Attributes:
        created_timestamp: Milliseconds since 1970, as a string.
        app_id: The app it was sent with; X's own client has one too.
        custom_profile_id: Under which it was said; `""` for the sender's own name.
        media_id: Of the media on it; `""` for none.
        data: Its content as X gives it to readers.
        initiated_via: What came directly before it in its sender's view.
        hidden_from: Participants who deleted it; the other one still has it.
    """

    message_id: XId
    created_timestamp: XId
    sender_id: XId
    recipient_id: XId
    app_id: XId
    custom_profile_id: OptionalXId = ""
    media_id: OptionalXId = ""
    data: wire_dm.MessageData
    initiated_via: wire_dm.InitiatedVia | UnsetType = UNSET
    hidden_from: tuple[XId, ...] = ()


class ReadEntry(Entry, frozen=True, kw_only=True):
    """How far a user has read what another wrote: everything up to a message."""

    reader_id: XId
    writer_id: XId
    message_id: XId


class PostEntry(Entry, frozen=True, kw_only=True):
    """A Post that X has. An id of another Post is `""` for none; that Post may be gone.

    Attributes:
        created_timestamp: Milliseconds since 1970, as a string.
        app_id: The app it was posted with; X's own client has one too.
        typed: What was asked for, by which repetitions are found.
        text: The whole text as X gives it: escaped, links shortened, and with what X added before
            and after.
        shown: Where in `text` what X added before ends, and where what it added after begins.
        entities: What `text` refers to.
        link: The address that what X added after stands for: a Post that is quoted, or a
            conversation to open.
        media_ids: Media on it.
        media_link: The short link that stands for them at the end of `text`; `""` without any.
        replies_from: Whom its author lets answer: `everyone`, those `followed` by the author, or
            those `mentioned` in it, who may in any case.
        standing: What X thinks of it: `normal`; `limited`, nobody may do anything with it;
            `unavailable`, or `violating` its rules, nobody but the author sees it.
    """

    post_id: XId
    user_id: XId
    created_timestamp: XId
    app_id: XId
    typed: str = ""
    text: str = ""
    shown: tuple[int, int] = (0, 0)
    entities: wire_dm.Entities = wire_dm.Entities()
    in_reply_to: OptionalXId = ""
    in_reply_to_user: OptionalXId = ""
    quotes: OptionalXId = ""
    reposts: OptionalXId = ""
    link: str = ""
    media_ids: tuple[XId, ...] = ()
    media_link: str = ""
    replies_from: RepliesFrom = "everyone"
    standing: PostStanding = "normal"


class LikeEntry(Entry, frozen=True, kw_only=True):
    """A user likes a Post."""

    user_id: XId
    post_id: XId


class ClockEntry(Entry, frozen=True, kw_only=True):
    """The clock: milliseconds since 1970 as a string, and whether it stands still."""

    now: XId
    is_frozen: bool = True


class WorldFile(Entry, frozen=True, kw_only=True):
    """A world to start from; with the later fields, a whole state. Without a `format`, it is 1."""

    format: Literal[1] = 1
    apps: tuple[AppEntry, ...] = ()
    users: tuple[UserEntry, ...] = ()
    rules: Rules = Rules()
    webhooks: tuple[WebhookEntry, ...] = ()
    subscriptions: tuple[SubscriptionEntry, ...] = ()
    messages: tuple[MessageEntry, ...] = ()
    media: tuple[MediaEntry, ...] = ()
    custom_profiles: tuple[CustomProfileEntry, ...] = ()
    welcome_messages: tuple[WelcomeMessageEntry, ...] = ()
    welcome_rules: tuple[WelcomeRuleEntry, ...] = ()
    openings: tuple[OpeningEntry, ...] = ()
    reads: tuple[ReadEntry, ...] = ()
    posts: tuple[PostEntry, ...] = ()
    likes: tuple[LikeEntry, ...] = ()
    clock: ClockEntry | None = None


def _fill(entry: Entry, **defaults: str) -> None:
    for name, value in defaults.items():
        if getattr(entry, name) == "":
            force_setattr(entry, name, value)
