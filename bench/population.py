"""A desk's database with very many conversations in it: accounts, people, tags, states, search.

Nothing of it came through X: there are neither deliveries nor events behind the messages. What is
made depends on the number of messages alone, so that two databases of a size are equal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import loading
from texts import Texts

from roost.model.ids import ConversationId, MessageId, UserId
from roost.model.messages import Message, OutboundMessage
from roost.store import encoding, search_rows
from roost.store.conversation_rows import NOBODY_WAITS, PREVIEW_CHARACTERS

ACCOUNTS: Sequence[str] = ("1001", "1002", "1003")
_IN_TURN = [ACCOUNTS[n] for n in (0, 1, 0, 0, 1, 0, 2, 0, 1, 0)]
"""Whose ten conversations in a row are."""

PEOPLE: Sequence[str] = ("p-ada", "p-sam")
TAGS: Sequence[str] = ("billing", "delivery", "vip", "returns")

LONGEST, LONG, SHORT = 200, 30, 6
"""Messages of the longest conversation of a hundred, of each of nine others, and of the rest, some
of which have one less: ten on an average."""

_FIRST_CUSTOMER = 5_000_000

BLOCK, MESSAGES_OF_BLOCK = 100, 1_000
BETWEEN_MS = 25_000
LAST_MS = 1_790_000_000_000
"""When the last message was written, and how long after the one before."""

_WAITING_MS = 1 << 62
_CONTROLS = ("nobody", "bot", "agent", "queue")
_WEIGHTS = (50, 16, 24, 10)

Row = loading.Row
Rows = dict[str, list[Row]]


@dataclass(slots=True)
class _Conversation:
    account: str
    number: int
    customer: str
    screen_name: str
    name: str
    control: str
    person: str
    first: int = 0
    last: int = 0
    last_at: int = 0
    waiting_at: int = 0
    received: int = 0
    received_at: int = 0
    unread: int = 0
    preview: str = ""

    @property
    def conversation_id(self) -> str:
        return f"{self.account}-{self.customer}"

    def counts(self, position: int, at: int, text: str, *, is_received: bool) -> None:
        """Have another message."""
        self.first, self.last, self.last_at = self.first or position, position, at
        self.preview = text[:PREVIEW_CHARACTERS]
        if is_received:
            self.received, self.received_at, self.unread = position, at, self.unread + 1
            self.waiting_at = self.waiting_at or at
        else:
            self.waiting_at, self.unread = 0, 0


@dataclass(slots=True)
class Population:
    """Makes rows, a hundred conversations at a time.

    Attributes:
        messages: How many there are to be; a whole number of thousands.
    """

    messages: int
    _texts: Texts = field(default_factory=Texts)
    _random: random.Random = field(default_factory=lambda: random.Random(11))

    def blocks(self) -> Iterator[Rows]:
        """Give all rows, the oldest first."""
        for block in range(self.messages // MESSAGES_OF_BLOCK):
            yield self._block(block)

    def _block(self, block: int) -> Rows:
        rows: Rows = defaultdict(list)
        people = [self._conversation(block * BLOCK + n) for n in range(BLOCK)]
        turns = [one for one, length in zip(people, _lengths(), strict=True) for _ in range(length)]
        self._random.shuffle(turns)
        for n, conversation in enumerate(turns):
            self._message(rows, conversation, block * MESSAGES_OF_BLOCK + n + 1)
        for conversation in people:
            self._summary(rows, conversation)
        return rows

    def _conversation(self, number: int) -> _Conversation:
        draw = self._random
        screen_name, name = self._texts.name(number)
        control = draw.choices(_CONTROLS, _WEIGHTS)[0]
        return _Conversation(
            account=_IN_TURN[number % len(_IN_TURN)],
            number=number,
            customer=str(_FIRST_CUSTOMER + number),
            screen_name=screen_name,
            name=name,
            control=control,
            person=draw.choice(PEOPLE) if control == "agent" else "",
        )

    def _message(self, rows: Rows, of: _Conversation, number: int) -> None:
        at = LAST_MS - (self.messages - number) * BETWEEN_MS
        # As X numbers messages: milliseconds, and then a counter.
        position = (at << 22) + number % (1 << 22)
        is_received = not of.first or self._random.random() < 0.6
        text = self._texts.message(number, is_received=is_received)
        named = {
            "account_id": of.account,
            "message_id": str(position),
            "conversation_id": of.conversation_id,
            "position": position,
        }
        rows["messages"].append(
            {
                **named,
                "direction": "in" if is_received else "out",
                "text": text,
                "payload": encoding.encode(Message(MessageId(str(position)), text))[1],
                "at": at,
                "source_app_id": "",
                "outbox_id": None if is_received else number,
            }
        )
        words = search_rows.words_of_message(of.account, text)
        rows["message_words"].append({**named, "words": words, "entry": position})
        of.counts(position, at, text, is_received=is_received)
        if not is_received:
            rows["outbox"].append(_sent(of, number, text))

    def _summary(self, rows: Rows, of: _Conversation) -> None:
        draw = self._random
        tags = sorted(draw.sample(TAGS, draw.choice((0, 0, 1, 2))))
        is_snoozed = of.control == "agent" and draw.random() < 0.5
        snoozed = draw.choice((_WAITING_MS, LAST_MS + of.number * 1_000)) if is_snoozed else None
        rows["conversations"].append(_listed(of, tags, snoozed))
        here = {"account_id": of.account, "conversation_id": of.conversation_id}
        rows["customer_words"].append(
            {
                **here,
                "position": of.first,
                "named_at": of.first,
                "words": search_rows.words_of_customer(of.account, of.screen_name, of.name),
                "entry": of.first,
            }
        )
        rows["tags"] += [{**here, "name": tag, "at": of.last_at} for tag in tags]
        if of.person:
            note = f"Asked the warehouse about {of.name}."
            rows["remarks"] += [
                {**here, "remark_id": f"{of.number}-{kind}", "kind": kind, "text": text}
                | {"person_id": of.person, "at": of.last_at}
                for kind, text in (("taken_over", ""), ("note", note))
            ]


def _sent(of: _Conversation, number: int, text: str) -> Row:
    return {
        "account_id": of.account,
        "outbox_id": number,
        "conversation_id": of.conversation_id,
        "recipient_id": of.customer,
        "state": "sent",
        "body": encoding.encode(OutboundMessage(text))[1],
        "attempts": 1,
        "baseline": 0,
        "attempted_at": of.last_at,
        "message_id": str(of.last),
        "reason": "",
        "trace_id": "",
        "created_at": of.last_at,
        "person_id": of.person,
    }


def _listed(of: _Conversation, tags: Sequence[str], snoozed: int | None) -> Row:
    waits = of.waiting_at and of.control != "nobody"
    return {
        "account_id": of.account,
        "conversation_id": of.conversation_id,
        "channel": "dm",
        "customer_id": of.customer,
        "customer_screen_name": of.screen_name,
        "customer_name": of.name,
        "control": of.control,
        "control_reason": "asked for a person" if of.control == "queue" else "",
        "controller_id": of.person or None,
        "epoch": 1,
        "fence": 1,
        "last_at": of.last_at,
        "last_position": of.last,
        "unread": of.unread,
        "preview": of.preview,
        "queue_key": of.waiting_at if waits else NOBODY_WAITS - of.last_at,
        "last_direction": "in" if of.waiting_at else "out",
        "snoozed_until": snoozed,
        "tags": json.dumps(tags, separators=(",", ":")) if tags else "",
        "received_at": of.received_at,
        "received_position": of.received,
        "handled_position": of.last,
    }


def _lengths() -> list[int]:
    return [LONGEST] + [LONG] * 9 + [SHORT] * 80 + [SHORT - 1] * 10


def longest(block: int) -> tuple[UserId, ConversationId]:
    """Name the longest conversation of a block: its account's id and its own."""
    number = block * BLOCK
    account = _IN_TURN[number % len(_IN_TURN)]
    return UserId(account), ConversationId(f"{account}-{_FIRST_CUSTOMER + number}")


def few_rows() -> Rows:
    """Give the rows of accounts, their app, people and tags in use."""
    app = {"app_key": "main", "app_id": "7", "consumer_key": "", "env_name": ""}
    of_app = {"app_key": "main", "bot": "", "capabilities": "x-v1", "dialect": "v1"}
    able = {"role": "admin", "accounts": "*", "password_hash": "", "state": "active"}
    return {
        "apps": [{**app, "webhook_path": "/x/main/population"}],
        "accounts": [{"account_id": one, **of_app, "state": "connected"} for one in ACCOUNTS],
        "people": [
            {"person_id": one, "login": one[2:], "name": one[2:].title(), **able}
            | {"created_at": LAST_MS}
            for one in PEOPLE
        ],
        "tags_in_use": [{"account_id": one, "name": tag} for one in ACCOUNTS for tag in TAGS],
    }


def fill_sqlite(path: Path, messages: int) -> None:
    """Make a database file with so many messages.

    Raises:
        FileExistsError: There is one; it is left as it was.
    """
    loading.fill_sqlite(path, _parts(messages))


async def fill_postgresql(dsn: str, messages: int) -> None:
    """Put so many messages into an empty database."""
    await loading.fill_postgresql(dsn, _parts(messages))


def _parts(messages: int) -> Iterator[loading.Part]:
    yield from few_rows().items()
    for block in Population(messages).blocks():
        yield from block.items()


def main() -> None:
    """Parse options and make a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=thousands, default=1_000_000, help="1,000,000")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--into", type=Path, help="a SQLite file, which must not be there yet")
    where.add_argument("--dsn", help="an empty PostgreSQL database")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    if arguments.into is not None:
        fill_sqlite(arguments.into, arguments.messages)
    else:
        asyncio.run(fill_postgresql(arguments.dsn, arguments.messages))
    print(f"{arguments.messages:,} messages in {time.perf_counter() - begun:.1f} s")


def thousands(text: str) -> int:
    """Read how many messages there are to be.

    Raises:
        argparse.ArgumentTypeError: Not a whole number of thousands.
    """
    number = int(text)
    if number < MESSAGES_OF_BLOCK or number % MESSAGES_OF_BLOCK:
        raise argparse.ArgumentTypeError(
            f"{number} is not a whole number of thousands, which it has to be"
        )
    return number


if __name__ == "__main__":
    main()
