from roost.bot.chat import Chat
from roost.bot.filters import text
from roost.bot.handlers import Next
from roost.bot.handling import OnChanged
from roost.bot.router import Bot
from roost.bot.routing import Router
from roost.bot.tapping import packed
from roost.bot.welcoming import Speaker, WelcomeMessage
from roost.bot.words import Words
from roost.errors import Unanswered
from roost.model.activities import Followed, Liked, Mentioned
from roost.model.events import TimerFired
from roost.model.memories import Scope
from roost.model.messages import Button, Message, Point, Profile, QuickReply
from roost.model.posts import Post

__version__: str
__all__ = [
    "Bot",
    "Button",
    "Chat",
    "Followed",
    "Liked",
    "Mentioned",
    "Message",
    "Next",
    "OnChanged",
    "Point",
    "Post",
    "Profile",
    "QuickReply",
    "Router",
    "Scope",
    "Speaker",
    "TimerFired",
    "Unanswered",
    "WelcomeMessage",
    "Words",
    "packed",
    "text",
]
