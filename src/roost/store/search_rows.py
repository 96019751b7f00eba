"""What messages and customers are found by, inside the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Text, and_, bindparam, literal_column, or_
from sqlalchemy.dialects.postgresql import Insert, insert

from roost.model import searching
from roost.model.events import MessageReceived, MessageSent
from roost.store import encoding
from roost.store.arrays import Values, given, insert_many
from roost.store.search_tables import customer_words, message_words
from roost.store.statements import Command, Parameters, Session

_MESSAGE = given("account_id", "message_id", "conversation_id", "position", "words")
_KEY_OF_MESSAGE = (message_words.c.account_id, message_words.c.message_id)
PUT_MESSAGE = Command(
    insert(message_words).values(_MESSAGE).on_conflict_do_nothing(index_elements=_KEY_OF_MESSAGE),
    arrays=insert_many(message_words, _MESSAGE).on_conflict_do_nothing(
        index_elements=_KEY_OF_MESSAGE
    ),
)

_CUSTOMER: Values = {
    **given("account_id", "conversation_id", "position", "words"),
    "named_at": bindparam("position", type_=BigInteger),
}
_new_customer = insert(customer_words)
_theirs = _new_customer.excluded
_nameless = literal_column("'@'", Text) + _theirs.account_id
"""As `of_account` gives it."""


def _or_rename(new: Insert) -> Insert:
    return new.on_conflict_do_update(
        index_elements=[customer_words.c.account_id, customer_words.c.conversation_id],
        set_={"words": _theirs.words, "named_at": _theirs.named_at},
        where=and_(
            _theirs.words != customer_words.c.words,
            _theirs.words != _nameless,
            or_(
                _theirs.named_at >= customer_words.c.named_at,
                customer_words.c.words == _nameless,
            ),
        ),
    )


PUT_CUSTOMER = Command(
    _or_rename(_new_customer.values(_CUSTOMER)),
    arrays=_or_rename(insert_many(customer_words, _CUSTOMER)),
    row=("account_id", "conversation_id"),
)


def words_of_message(account_id: str, text: str) -> str:
    """Give what a message is found by, its account among it."""
    return " ".join([of_account(account_id), *searching.indexed(text)])


def words_of_customer(account_id: str, screen_name: str, name: str) -> str:
    """Give what a customer is found by, the account among it."""
    return " ".join([of_account(account_id), *searching.beginnings(f"{name} {screen_name}")])


def of_account(account_id: str) -> str:
    """Give the word that everything of an account is found by; no text has it."""
    return f"@{account_id}"


async def put_messages(session: Session, messages: Sequence[Parameters]) -> None:
    """Make messages findable, given as rows of `messages`."""
    await session.run_each(
        PUT_MESSAGE,
        [
            {
                **{name: row[name] for name in ("account_id", "message_id")},
                **{name: row[name] for name in ("conversation_id", "position")},
                "words": words_of_message(str(row["account_id"]), str(row["text"])),
            }
            for row in messages
        ],
    )


async def put_customers(session: Session, events: Sequence[MessageReceived | MessageSent]) -> None:
    """Make the customers of messages findable by the names that their conversations show."""
    await put_names(
        session,
        [
            (
                event.account_id,
                event.conversation_id,
                event.position,
                encoding.storable_text(event.customer.screen_name),
                encoding.storable_text(event.customer.name),
            )
            for event in events
        ],
    )


async def put_names(session: Session, named: Sequence[tuple[str, str, int, str, str]]) -> None:
    """Make customers findable.

    Args:
        session: Where.
        named: Account, conversation, position of what brought the names, screen name, name.
    """
    await session.run_each(
        PUT_CUSTOMER,
        [
            {
                "account_id": account_id,
                "conversation_id": conversation_id,
                "position": position,
                "words": words_of_customer(account_id, screen_name, name),
            }
            for account_id, conversation_id, position, screen_name, name in named
        ],
    )
