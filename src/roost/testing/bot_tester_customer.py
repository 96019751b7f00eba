"""Somebody who writes to the bot under test, as they would with X's own app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

from roost.errors import RoostError
from roost.model.messages import QuickReply
from roost.simulator import post_links
from roost.simulator.entries import UserEntry
from roost.simulator.world import World
from roost.testing import bot_tester_seen
from roost.testing.bot_tester_inside import Inside
from roost.testing.bot_tester_seen import Seen, SeenPost
from roost.testing.x_worlds import InProcessX
from roost.xapi.wire_welcome import WelcomeMessage

Do = Callable[[Callable[[Inside], Coroutine[None, None, None]]], Awaitable[None]]
"""Does something inside the tester, and waits until everything that follows from it is done."""


class NothingToTap(RoostError):
    """A customer wants to tap what no message offers; the transcript is part of the text."""


class Customer:
    """Somebody who writes to the bot.

    Args:
        user: Who it is at X.
        account: To whom they write.
        x: Where.
        do: Does something and waits for what follows.

    Attributes:
        user_id: X's id of them.
        name: Their screen name.
    """

    def __init__(self, user: UserEntry, account: UserEntry, x: InProcessX, do: Do) -> None:
        self.user_id = user.user_id
        self.name = user.screen_name
        self._account = account
        self._x = x
        self._do = do
        self._log: list[Seen] = []
        self._logged_to = 0

    @property
    def sees(self) -> Sequence[Seen]:
        """What the account has said to them, oldest first; welcome messages too."""
        return [one for one in self._all() if one.is_ours]

    def transcript(self) -> str:
        """Write down the conversation: what both have said, and what can be tapped."""
        return "\n".join(line for one in self._all() for line in one.lines())

    async def says(self, *texts: str) -> None:
        """Write, and wait until the bot has done all it does about it.

        Args:
            texts: 1 to 10,000 characters each. Several are written before the bot reads any.
        """
        await self._acts(*({"action": "send_dm", "text": text} for text in texts))

    async def taps(self, label: str) -> None:
        """Tap what the latest message with this label offers: a quick reply, or a button.

        Raises:
            NothingToTap: No message offers it.
        """
        for message in reversed(self.sees):
            for option in message.quick_replies:
                if option.label == label:
                    await self._taps(message, option)
                    return
            for index, button in enumerate(message.buttons):
                if button.label == label:
                    fields = {"message_id": message.message_id, "index": index}
                    await self._acts({"action": "tap_button", **fields})
                    return
        raise NothingToTap(f"{self.name} sees no {label!r}:\n{self.transcript()}")

    async def opens_conversation(self, welcome_message_id: str = "", *, text: str = "") -> None:
        """Open the conversation, and see the welcome message if one is due.

        Args:
            welcome_message_id: What a link into the conversation names; `""` where none is used.
            text: What such a link puts into the composer.
        """
        await self._opens({"welcome_message_id": welcome_message_id, "text": text})

    def sees_under(self, post_id: str) -> Sequence[SeenPost]:
        """Give what the account has answered under a Post, for all to see, oldest first."""
        return bot_tester_seen.answers(self._x.simulation.world, post_id, self._account)

    async def taps_link(self, post: SeenPost) -> None:
        """Tap the *Send a private message* button under a Post, as `sees_under` gives it.

        Raises:
            NothingToTap: The Post has none.
        """
        link = post_links.deep_link_in(post.link)
        if link is None:
            raise NothingToTap(f"{post.text!r} has no button that opens a conversation")
        opened = {"welcome_message_id": link.welcome_message_id, "text": link.text}
        await self._opens({**opened, "post_id": post.post_id})

    async def _opens(self, fields: Mapping[str, str]) -> None:
        async def open_it(inside: Inside) -> None:
            self._collect()
            done = self._x.act(
                self.user_id, "open_conversation", to=self._account.user_id, **fields
            )
            if isinstance(done.welcome_message, WelcomeMessage):
                world = inside.engine.x.simulation.world
                shown = world.welcome_messages[str(done.welcome_message.id)]
                self._log.append(bot_tester_seen.welcome(world, shown, world.clock.now()))

        await self._do(open_it)

    async def shares_location(self, latitude: float, longitude: float, text: str = "") -> None:
        """Send a point on the map, in degrees."""
        location = {"latitude": latitude, "longitude": longitude}
        await self._acts({"action": "send_dm", "text": text, "location": location})

    async def follows(self) -> None:
        """Follow the account."""
        await self._acts({"action": "follow"})

    async def blocks(self) -> None:
        """Block the account."""
        await self._acts({"action": "block"})

    async def reads(self) -> None:
        """Read everything the account has written."""
        await self._acts({"action": "read"})

    async def begins_to_type(self) -> None:
        """Show the account that they write."""
        await self._acts({"action": "typing"})

    async def posts(self, text: str) -> str:
        """Mention the account in a Post; gives the Post's id."""
        made: list[str] = []

        async def post(inside: Inside) -> None:
            fields = {"to": self._account.user_id, "text": text, "kind": "mention"}
            made.append(inside.engine.x.act(self.user_id, "post", **fields).id)

        await self._do(post)
        return made[0]

    async def likes(self, post_id: str) -> None:
        """Like a Post."""
        await self._acts({"action": "like", "post_id": post_id, "to": ""})

    async def _taps(self, message: Seen, option: QuickReply) -> None:
        answer = {"message_id": message.message_id, "metadata": option.metadata}
        await self._acts({"action": "send_dm", "text": option.label, "quick_reply": answer})

    async def _acts(self, *actions: Mapping[str, object]) -> None:
        async def act(inside: Inside) -> None:
            for action in actions:
                given = {"to": self._account.user_id, **action}
                fields = {name: value for name, value in given.items() if value != ""}
                inside.engine.x.act(self.user_id, str(fields.pop("action")), **fields)

        await self._do(act)

    def _all(self) -> Sequence[Seen]:
        self._collect()
        return self._log

    def _collect(self) -> None:
        world: World = self._x.simulation.world
        for entry in world.conversation(self.user_id, self._account.user_id):
            if int(entry.message_id) > self._logged_to:
                self._log.append(bot_tester_seen.message(world, entry, self._account))
                self._logged_to = int(entry.message_id)
