from roost.bot.chat import Chat
from roost.bot.filters import text
from roost.bot.router import Bot
from roost.model.events import TimerFired
from roost.model.messages import Button, Message, Profile, QuickReply

__version__: str
__all__ = ["Bot", "Button", "Chat", "Message", "Profile", "QuickReply", "TimerFired", "text"]
