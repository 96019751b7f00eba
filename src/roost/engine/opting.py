"""Who wants to hear nothing from a bot is heeded at once, also where the bot is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from roost.model.events import MessageReceived
from roost.model.ids import UserId
from roost.model.opting import BUILT_IN, OptOut
from roost.model.outbound import Addressee
from roost.ports import Tx

OptOuts = Mapping[str, OptOut]
"""The words for it, by the bot's name. One that is not known here has the built-in ones."""


async def heed(
    tx: Tx, messages: Iterable[MessageReceived], opt_outs: OptOuts, *, at: datetime
) -> list[MessageReceived]:
    """Remember what customers have said about it where no bot heard it; give those messages.

    Args:
        tx: The transaction; it holds their conversations.
        messages: What they wrote, oldest first. One after which its customer has said something
            else about it, as the transcript knows, changes nothing.
        opt_outs: The words for it.
        at: When it is remembered.
    """
    heeded: list[MessageReceived] = []
    known = [*opt_outs.values(), BUILT_IN]
    for event in messages:
        if all(words.news_in(event.message) is None for words in known):
            continue
        bot = await tx.acquaintances.bot_of(event.account_id)
        words = opt_outs.get(bot, BUILT_IN)
        news = words.news_in(event.message) if bot else None
        if news is not None and not await _is_overtaken(tx, event, words):
            customer_id = UserId(event.customer.user_id)
            where = Addressee(event.account_id, event.conversation_id, customer_id)
            await tx.memories.put(where, news, at=at)
            heeded.append(event)
    return heeded


async def _is_overtaken(tx: Tx, event: MessageReceived, words: OptOut) -> bool:
    """Tell whether a customer has said something about it after this message, which came late."""
    later = await tx.acquaintances.said_after(event)
    return any(words.news_in(message) is not None for message in later)
