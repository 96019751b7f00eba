"""The world: what this X holds, in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from roost.simulator.clock import SimulatorClock, from_milliseconds, milliseconds
from roost.simulator.entries import (
    AppEntry,
    ClockEntry,
    MessageEntry,
    ReadEntry,
    TokenEntry,
    UserEntry,
    WebhookEntry,
    WorldFile,
)
from roost.simulator.handshakes import Handshakes
from roost.simulator.media_store import MediaStore
from roost.simulator.openings import Openings
from roost.simulator.posts import Posts
from roost.simulator.rows import Rows
from roost.simulator.snowflakes import Snowflakes
from roost.simulator.subscriptions import Subscriptions

X_CLIENT = AppEntry(app_id="268278", name="Twitter Web Client", url="http://twitter.com")
"""X's own web page: the app behind what people write by hand.

Source: recorded answers in client libraries' tests, which name it so.
"""


LISTED_FOR = timedelta(days=30)
"""How long X lists a message; older ones leave the world.

Source: https://developer.x.com/en/docs/x-api/v1/direct-messages/sending-and-receiving
/api-reference/list-events (archived).
"""


class World:
    """Users, apps, webhooks, subscriptions and messages.

    Rows are frozen values, the very ones a world file holds; a change puts another in their place.

    Attributes:
        subscriptions: Ids of those who are told of, by app and environment.
        reads: The latest message read, by its reader and its writer.
    """

    def __init__(self, clock: SimulatorClock, file: WorldFile) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.load(file)

    def load(self, file: WorldFile) -> None:
        """Forget everything and hold what a world file says. Ids go on rising."""
        if file.clock is not None:
            self.clock.set(from_milliseconds(file.clock.now), is_frozen=file.clock.is_frozen)
        self.rules = file.rules
        self.apps = Rows("app", {app.app_id: app for app in file.apps})
        self.users = Rows("user", {user.user_id: user for user in file.users})
        self.tokens: dict[str, tuple[UserEntry, TokenEntry]] = {
            token.access_token: (user, token) for user in file.users for token in user.tokens
        }
        self.followers = Counter(followed for user in file.users for followed in user.follows)
        self.webhooks = Rows("webhook", {one.webhook_id: one for one in file.webhooks})
        self.subscriptions = Subscriptions(file.subscriptions)
        self.messages = Rows[str, MessageEntry]("message")
        self._mailboxes: dict[str, list[int]] = {}
        for message in sorted(file.messages, key=lambda one: int(one.message_id)):
            self.put_message(message)
        self.media = MediaStore(file.media, lambda: self.rules.media_bytes)
        self.custom_profiles = Rows(
            "custom_profile", {one.profile_id: one for one in file.custom_profiles}
        )
        self.welcome_messages = Rows(
            "welcome_message", {one.welcome_message_id: one for one in file.welcome_messages}
        )
        self.welcome_rules = Rows("welcome_rule", {one.rule_id: one for one in file.welcome_rules})
        self.openings = Openings(file.openings)
        self.reads = Rows(
            "read", {(one.reader_id, one.writer_id): one.message_id for one in file.reads}
        )
        self.posts = Posts(file.posts, file.likes)
        self.handshakes = Handshakes(self.clock)
        for used in (*self.users, *self.webhooks, *self.messages, *self.posts.ids()):
            self.ids.skip(used)
        for used in (*self.custom_profiles, *self.welcome_messages, *self.welcome_rules):
            self.ids.skip(used)
        for media in file.media:
            self.ids.skip(media.media_id)

    def export(self) -> WorldFile:
        """Give everything as a world file, from which `load` makes the same world."""
        messages = tuple(self.messages.values())
        return replace(self.outline(), messages=messages, media=tuple(self.media.entries()))

    def outline(self) -> WorldFile:
        """Give everything but messages and media, as a world file."""
        return WorldFile(
            format=1,
            apps=tuple(self.apps.values()),
            users=tuple(self.users.values()),
            rules=self.rules,
            webhooks=tuple(self.webhooks.values()),
            subscriptions=tuple(self.subscriptions),
            custom_profiles=tuple(self.custom_profiles.values()),
            welcome_messages=tuple(self.welcome_messages.values()),
            welcome_rules=tuple(self.welcome_rules.values()),
            openings=tuple(self.openings.entries()),
            reads=tuple(
                ReadEntry(reader_id=reader_id, writer_id=writer_id, message_id=message_id)
                for (reader_id, writer_id), message_id in self.reads.items()
            ),
            posts=tuple(self.posts.all()),
            likes=tuple(self.posts.all_likes()),
            clock=ClockEntry(now=self.timestamp(), is_frozen=self.clock.is_frozen),
        )

    def timestamp(self) -> str:
        """Give the time now as X writes it: milliseconds since 1970, a string."""
        return str(milliseconds(self.clock.now()))

    def app_by_consumer_key(self, consumer_key: str) -> AppEntry | None:
        """Find an app by its API key."""
        return next((app for app in self.apps.values() if app.consumer_key == consumer_key), None)

    def user_by_screen_name(self, screen_name: str) -> UserEntry | None:
        """Find a user by handle; capitals do not matter."""
        wanted = screen_name.lower()
        return next((u for u in self.users.values() if u.screen_name.lower() == wanted), None)

    def named_app(self, app_id: str) -> AppEntry:
        """Give the app a message was sent with: one of the world's, or X's own client."""
        return self.apps.get(app_id, X_CLIENT)

    def add_user(self, screen_name: str, name: str) -> UserEntry:
        """Add a user."""
        user = UserEntry(user_id=self.ids.next(), screen_name=screen_name, name=name)
        self.users[user.user_id] = user
        return user

    def put_user(self, user: UserEntry) -> None:
        """Put another row in a user's place; tokens it no longer has stop working."""
        before = self.users[user.user_id]
        for token in before.tokens:
            del self.tokens[token.access_token]
        self.tokens.update({token.access_token: (user, token) for token in user.tokens})
        self.followers.subtract(before.follows)
        self.followers.update(user.follows)
        self.users[user.user_id] = user

    def put_message(self, message: MessageEntry) -> None:
        """Add a message to its participants' mailboxes. Its id is greater than any before.

        The oldest leave where there are too many, and those that are too old to be listed.
        """
        self.messages[message.message_id] = message
        for user_id in {message.sender_id, message.recipient_id}.difference(message.hidden_from):
            self._mailboxes.setdefault(user_id, []).append(int(message.message_id))
        horizon = milliseconds(self.clock.now() - LISTED_FOR)
        while self._is_outdated(oldest := next(iter(self.messages.values())), horizon):
            self._forget(oldest)

    def _is_outdated(self, oldest: MessageEntry, horizon: int) -> bool:
        if len(self.messages) == 1:
            return False
        is_old = int(oldest.created_timestamp) < horizon
        return is_old or len(self.messages) > self.rules.messages_kept

    def _forget(self, oldest: MessageEntry) -> None:
        del self.messages[oldest.message_id]
        for user_id in {oldest.sender_id, oldest.recipient_id}:
            mailbox = self._mailboxes.get(user_id, [])
            if mailbox and mailbox[0] == int(oldest.message_id):
                del mailbox[0]

    def mailbox(self, user_id: str, *, below: int | None = None) -> Iterator[MessageEntry]:
        """Give a user's messages, sent and received, newest first.

        Args:
            user_id: Whose.
            below: Only messages with a smaller id.
        """
        ids = self._mailboxes.get(user_id, [])
        end = len(ids) if below is None else bisect_left(ids, below)
        return (self.messages[str(ids[n])] for n in range(end - 1, -1, -1))

    def hide_message(self, message: MessageEntry, user_id: str) -> None:
        """Take a message out of a participant's mailbox; once nobody has it, it is gone."""
        mailbox = self._mailboxes[user_id]
        del mailbox[bisect_left(mailbox, int(message.message_id))]
        hidden = replace(message, hidden_from=(*message.hidden_from, user_id))
        if {message.sender_id, message.recipient_id} <= set(hidden.hidden_from):
            del self.messages[message.message_id]
        else:
            self.messages[message.message_id] = hidden

    def conversation(self, one: str, other: str) -> Sequence[MessageEntry]:
        """Give the messages between two users, oldest first."""
        pair = {one, other}
        found = [m for m in self.mailbox(one) if {m.sender_id, m.recipient_id} == pair]
        return found[::-1]

    def webhook_of(self, app_id: str, env_name: str) -> WebhookEntry | None:
        """Give the webhook of an app's environment."""
        return next(
            (
                webhook
                for webhook in self.webhooks.values()
                if (webhook.app_id, webhook.env_name) == (app_id, env_name)
            ),
            None,
        )

    def remove_webhook(self, webhook: WebhookEntry) -> None:
        """Remove a webhook and, as X does, every subscription of its environment."""
        del self.webhooks[webhook.webhook_id]
        self.subscriptions.end(webhook)

    def note_challenge(self, webhook_id: str, *, valid: bool) -> None:
        """Record what a challenge said about a webhook, unless it is gone by now."""
        webhook = self.webhooks.get(webhook_id)
        if webhook is None:
            return
        passed_at = self.timestamp() if valid else webhook.passed_at
        self.webhooks[webhook_id] = replace(webhook, valid=valid, passed_at=passed_at)

    def short_link(self, of: str = "") -> str:
        """Make an address of X's link shortener: 23 characters.

        Args:
            of: An id whose own link is wanted, always the same; a new one where left out.
        """
        number, code = int(of or self.ids.next()), ""
        while len(code) < _CODE_LENGTH:
            number, digit = divmod(number, len(_DIGITS))
            code += _DIGITS[digit]
        return f"https://t.co/{code}"


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# X's own codes have ten; 62**10 ids pass in six years, and only then a code could come again.
_CODE_LENGTH = 10
