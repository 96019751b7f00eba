"""What can be set. Each field says what it takes, and that sentence is what errors quote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, NoReturn

from msgspec import Meta, Struct
from typing_extensions import override

KEY = "[a-z0-9-]{1,40}"
"""What names an app or an account in the settings."""


class Secret:
    """A value that does not print, pickle or encode. Two secrets are equal when their values are.

    Raises:
        ValueError: The value is empty.
        TypeError: On pickling or copying deeply; msgspec refuses to encode it by itself.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value:
            raise ValueError("a secret must not be empty")
        self._value = value

    def reveal(self) -> str:
        """Give the value. Call it where it is used, and store it nowhere."""
        return self._value

    @override
    def __repr__(self) -> str:
        return "Secret(****)"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._value

    @override
    def __hash__(self) -> int:
        return hash((Secret, self._value))

    @override
    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret does not leave its process")


class DatabaseUrl(Secret):
    """A database's address. Its password, and any option that could be one, do not print.

    Raises:
        ValueError: It is not a PostgreSQL URL.
    """

    __slots__ = ()

    def __init__(self, value: str) -> None:
        if not re.match("postgres(ql)?://", value):
            raise ValueError("takes a PostgreSQL URL")
        super().__init__(value)

    @property
    def shown(self) -> str:
        """The address as people may see it."""
        address, has_options, options = self._value.partition("?")
        # The last @ ends the password, which may hold others.
        scheme, _, rest = address.partition("://")
        login, has_login, place = rest.rpartition("@")
        user, has_password, _ = login.partition(":")
        kept = [one for one in options.split("&") if one.partition("=")[0] in _SHOWN_OPTIONS]
        return "".join(
            (
                f"{scheme}://{user}",
                ":****" if has_password else "",
                has_login,
                place,
                has_options and "?" + "&".join(kept),
            )
        )


_SHOWN_OPTIONS = frozenset({"host", "port", "user", "dbname", "database", "sslmode"})

X_API = "https://api.x.com"
"""X's own API."""

Text = Annotated[str, Meta(min_length=1, description="text that is not empty")]
XId = Annotated[str, Meta(pattern="^[0-9]{1,19}$", description="an id from X: 1 to 19 digits")]
WebUrl = Annotated[str, Meta(min_length=1, description="an http or https address without a path")]
Seconds = Annotated[
    float, Meta(gt=0, le=86_400, description="seconds, more than 0 and at most 86400")
]
HiddenText = Annotated[Secret, Meta(description="text that is not empty; kept secret")]


Database = Annotated[
    DatabaseUrl,
    Meta(description="an address such as postgresql://user@host/name; its password is kept secret"),
]


class App(Struct, frozen=True, kw_only=True):
    """An app at X: whose webhook is called, and who signs requests.

    Attributes:
        app_id: The app's id at X, digits.
        consumer_key: Also called API key.
        consumer_secrets: Newest first; a delivery verifies against any, requests are signed with
            the first.
        activity_tier: Which Account Activity API the app has at X: `premium`, by environment, or
            `enterprise`, where X can be asked to deliver again what was missed.
        env_name: The Account Activity environment; the enterprise tier has none.
        further_env_names: More environments of the same app; the webhook of each is at
            `webhook_path/NAME`.
        webhook_path: Path of the webhook at `public_url`; `None` to have one made.
    """

    app_id: XId
    consumer_key: Text
    consumer_secrets: Annotated[
        tuple[HiddenText, ...],
        Meta(min_length=1, description="one or more secrets, newest first; kept secret"),
    ]
    activity_tier: Annotated[
        Literal["premium", "enterprise"], Meta(description='"premium" or "enterprise"')
    ] = "premium"
    env_name: Text = "prod"
    further_env_names: Annotated[
        tuple[Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,40}$")], ...],
        Meta(description="a list of names, each 1 to 40 of A-Z, a-z, 0-9, _ and -"),
    ] = ()
    webhook_path: (
        Annotated[str, Meta(pattern="^/x/[^?#\\s]+$", description="a path that begins with /x/")]
        | None
    ) = None

    @property
    def environment(self) -> str:
        """The environment that accounts are in by default; `""` in the enterprise tier."""
        return "" if self.activity_tier == "enterprise" else self.env_name

    @property
    def environments(self) -> tuple[str, ...]:
        """Names of all its environments, the one that accounts are in by default first."""
        return (self.environment, *self.further_env_names)


class Account(Struct, frozen=True, kw_only=True):
    """An account at X that we answer for.

    Attributes:
        user_id: The account's own id at X.
        screen_name: Without `@`; only for people.
        access_token: The account's token for `app`.
        access_token_secret: What belongs to `access_token`.
        app: Key of the app, where there are several; loading fills in the only one there is.
        bot: Name of the bot that answers; `None` where exactly one bot is served.
        env_name: The environment it is subscribed in; `None` for the app's `env_name`.
    """

    user_id: XId
    screen_name: Text | None = None
    access_token: HiddenText
    access_token_secret: HiddenText
    app: Annotated[str, Meta(description="the key of an app under [apps]")] = ""
    bot: Text | None = None
    env_name: Text | None = None


Keys = Annotated[
    tuple[HiddenText, ...],
    Meta(description="keys of 32 bytes in base64, newest first; kept secret"),
]


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set, checked as a whole.

    Attributes:
        data: Folder of the control socket and of the SQLite database; relative to the working
            directory. Processes on one PostgreSQL database may share it.
        host: Address to listen on.
        port: Port to listen on; 0 for any free one.
        database: A PostgreSQL database, which processes on many machines can share; `None` for
            SQLite.
        keys: What tokens of connected accounts are sealed with, newest first; empty for those of
            `key_file`. For several machines on one database.
        key_file: `None` for `roost.key` in the data folder; made with the first account connected.
        public_url: Where X reaches us, without a path; `None` while only the desk is used.
        trusted_proxies: Addresses or networks of the proxies in front, whose `X-Forwarded-For` says
            who calls: whoever guesses a password is slowed down by that. Empty for none.
        x_base_url: X's API.
        upload_base_url: X's media uploads; `None` for the one that belongs to `x_base_url`.
        connect_at_start: Whether to register the webhook and subscribe the accounts at start.
        bots: References such as `module:bot`.
        turn_deadline_s: How long a bot may take for one turn, in seconds.
        lease_s: How long a worker may keep a conversation without renewing, in seconds.
        reconcile_after_s: Two waits, in seconds, before an uncertain message is looked up at X.
        webhook_check_s: How often X is asked, in seconds, whether it still delivers.
        sweep_every_s: How often, in seconds, X's list is looked through for what it failed to
            deliver; each time costs one of 15 listings in 15 minutes.
        confirm_gap_s: How long after an outage, in seconds, X's list is looked through once more.
        on_late: What becomes of a message that X delivers after a later one of its conversation
            was handled: the bot gets it, nobody does, or the agents' queue gets the conversation.
        answers_within_s: How old, in seconds, a message may be for a bot to answer it. Older ones,
            as after an outage, go to the agents' queue, or to nobody where late ones are ignored.
        clock: What people's times go by: the machine's clock, or that of the simulator which
            `x_base_url` names.
        rate_limits: Whether the limits that X documents are kept before X refuses anything; `off`
            is for a simulator that has none.
        framed_by: Origin of pages that may show the desk in a frame; `None` for nobody.
        undo_send_s: For how many seconds agents can take back a reply they have sent from the desk;
            so long it waits. 0 sends at once.
        shows_typing: Whether customers see that an agent types a reply.
        marks_read: Whether customers see that the agent who has their conversation has read it.
        log_format: For people or for machines.
        apps: By key.
        accounts: By name.
        origins: Where each value came from, by dotted name: `file`, `environment` or `option`;
            what is not named is a default.
    """

    data: Annotated[Path, Meta(description="a folder")] = Path("data")
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="a whole number, 0 to 65535")] = 8080
    database: Database | None = None
    keys: Keys = ()
    key_file: Annotated[Path, Meta(description="a file")] | None = None
    public_url: WebUrl | None = None
    trusted_proxies: Annotated[
        tuple[str, ...], Meta(description="a list of addresses and networks, like 10.0.0.0/8")
    ] = ()
    x_base_url: WebUrl = X_API
    upload_base_url: WebUrl | None = None
    connect_at_start: Annotated[bool, Meta(description="true or false")] = False
    bots: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[^:\s]+(:[A-Za-z_]\w*)?$")], ...],
        Meta(description="a list of bots, each like module:bot"),
    ] = ()
    turn_deadline_s: Seconds = 30.0
    lease_s: Seconds = 60.0
    reconcile_after_s: Annotated[
        tuple[Seconds, Seconds], Meta(description="two waits in seconds, each more than 0")
    ] = (30.0, 120.0)
    webhook_check_s: Seconds = 300.0
    sweep_every_s: Seconds = 600.0
    confirm_gap_s: Seconds = 60.0
    on_late: Annotated[
        Literal["handle", "ignore", "hand_off"],
        Meta(description='"handle", "ignore" or "hand_off"'),
    ] = "handle"
    answers_within_s: Seconds = 86_400.0
    clock: Annotated[
        Literal["system", "simulator"], Meta(description='"system" or "simulator"')
    ] = "system"
    rate_limits: Annotated[
        Literal["documented", "off"], Meta(description='"documented" or "off"')
    ] = "documented"
    framed_by: WebUrl | None = None
    undo_send_s: Annotated[float, Meta(ge=0, le=60, description="seconds, 0 to 60")] = 5.0
    shows_typing: Annotated[bool, Meta(description="true or false")] = True
    marks_read: Annotated[bool, Meta(description="true or false")] = True
    log_format: Annotated[Literal["console", "json"], Meta(description='"console" or "json"')] = (
        "console"
    )
    apps: Mapping[str, App] = MappingProxyType({})
    accounts: Mapping[str, Account] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
