from roost.bot.chat import Chat
from roost.bot.deciding import OnChanged
from roost.bot.filters import text
from roost.bot.handlers import Next
from roost.bot.router import Bot
from roost.bot.routing import Router
from roost.bot.tapping import packed
from roost.bot.words import Words
from roost.errors import Unanswered
from roost.model.events import TimerFired
from roost.model.memories import Scope
from roost.model.messages import Button, Message, Point, Profile, QuickReply

__version__: str
__all__ = [
    "Bot",
    "Button",
    "Chat",
    "Message",
    "Next",
    "OnChanged",
    "Point",
    "Profile",
    "QuickReply",
    "Router",
    "Scope",
    "TimerFired",
    "Unanswered",
    "Words",
    "packed",
    "text",
]
