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
    """Remember what customers have said about it to people, in order; give those messages."""
    heeded: list[MessageReceived] = []
    known = [*opt_outs.values(), BUILT_IN]
    for event in messages:
        if all(words.news_in(event.message) is None for words in known):
            continue
        bot = await tx.acquaintances.bot_of(event.account_id)
        news = opt_outs.get(bot, BUILT_IN).news_in(event.message) if bot else None
        if news is not None:
            customer_id = UserId(event.customer.user_id)
            where = Addressee(event.account_id, event.conversation_id, customer_id)
            await tx.memories.put(where, news, at=at)
            heeded.append(event)
    return heeded
