from roost.bot.chat import Chat
from roost.bot.deciding import OnChanged
from roost.bot.filters import text
from roost.bot.router import Bot
from roost.errors import Unanswered
from roost.model.events import TimerFired
from roost.model.messages import Button, Message, Profile, QuickReply

__version__: str
__all__ = [
    "Bot",
    "Button",
    "Chat",
    "Message",
    "OnChanged",
    "Profile",
    "QuickReply",
    "TimerFired",
    "Unanswered",
    "text",
]
