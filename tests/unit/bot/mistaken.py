"""Wrong bots, by what is wrong with them: those of `docs/reference/mistakes.md`."""

from __future__ import annotations

HEADER = """\
import asyncio, random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from roost import (
    Bot, Button, Chat, Message, Point, Post, QuickReply, Router, WelcomeMessage, Words, text
)

bot = Bot("b")
class Refused(Exception):
    answer: object
def refuse():
    error = Refused()
    error.answer = object()
    raise error
"""
ASYNC = "async def handler(chat: Chat) -> None: ...\n"

LOADED = {
    '`Bot("My Bot")`': 'Bot("My Bot")',
    "a handler that is not `async`": "@bot.on_message()\ndef handler(chat: Chat): ...",
    "a parameter nobody can give": (
        "@bot.on_message()\nasync def handler(chat: Chat, order: int): ..."
    ),
    "a parameter without a type": "@bot.on_message()\nasync def handler(chat): ...",
    "a timer's handler that asks for a message": (
        '@bot.on_timer("t")\nasync def handler(message: Message): ...'
    ),
    "a follow's handler that asks for a message": (
        "@bot.on_follow\nasync def handler(message: Message): ..."
    ),
    "a follow's handler that asks for a `Post`": (
        "@bot.on_follow\nasync def handler(post: Post): ..."
    ),
    "a type that is not imported": "@bot.on_message()\nasync def handler(chat: 'Caht'): ...",
    "`@bot.on_message` without parentheses": f"@bot.on_message\n{ASYNC}",
    '`@bot.on_follow("ada")`': f'@bot.on_follow("ada")\n{ASYNC}',
    "`on_event` of a kind that is not there": f'@bot.on_event("poked")\n{ASYNC}',
    "two handlers of one kind of activity": f"@bot.on_like\n@bot.on_like\n{ASYNC}",
    "`@bot.on_timer` without parentheses": f"@bot.on_timer\n{ASYNC}",
    "`@bot.on_entry` without parentheses": f"@bot.on_entry\n{ASYNC}",
    "`@bot.welcome` without parentheses": "@bot.welcome\ndef a(): ...",
    "`@bot.on_follow()`": f"@bot.on_follow()\n{ASYNC}",
    "`@bot.fallback()`": f"@bot.fallback()\n{ASYNC}",
    "`on_entry` of X's id of a welcome message": f'@bot.on_entry(welcome="7001")\n{ASYNC}',
    "`on_entry` of a welcome message that is not declared": (
        f'@bot.on_entry(welcome="greeting")\n{ASYNC}'
    ),
    "`on_entry` of a Post that is no id": f'@bot.on_entry(tweet="hello")\n{ASYNC}',
    "metadata that no quick reply can carry": f'@bot.on_quick_reply("m" * 1001)\n{ASYNC}',
    "taps of a class that is no frozen dataclass": (
        f"class Seat: ...\n@bot.on_quick_reply(Seat)\n{ASYNC}"
    ),
    "a field that cannot be packed": (
        "@dataclass(frozen=True)\nclass Seat:\n    lock: asyncio.Lock\n"
        f"@bot.on_quick_reply(Seat)\n{ASYNC}"
    ),
    "two handlers of one timer": f'@bot.on_timer("t")\n@bot.on_timer("t")\n{ASYNC}',
    "a timer's name that is too long": f'@bot.on_timer("t" * 101)\n{ASYNC}',
    "two fallbacks": f"@bot.fallback\n@bot.fallback\n{ASYNC}",
    "a router included twice": 'r = Router("r")\nbot.include(r)\nbot.include(r)',
    "a handler registered behind `include`": (
        f'r = Router("r")\nbot.include(r)\n@r.on_message()\n{ASYNC}'
    ),
    "middleware that takes no `go_on`": f"@bot.middleware\n{ASYNC}",
    "two default welcome messages": (
        '@bot.welcome(default=True)\ndef a(): return WelcomeMessage("a")\n'
        '@bot.welcome(default=True)\ndef b(): return WelcomeMessage("b")'
    ),
    "a welcome that gives a text": '@bot.welcome()\ndef a(): return "hello"',
    "a welcome message over a limit of X": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a" * 9991)'
    ),
    "a welcome message whose quick replies are texts": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a", quick_replies=["Yes"])'
    ),
    "a welcome message with a picture that is not there": (
        '@bot.welcome()\ndef a(): return WelcomeMessage("a", media="none.png")'
    ),
    "a message with a picture that is not there": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        '    await chat.say("a", media="none.png")'
    ),
    "a picture of more than 5 MB": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        '    await chat.choose("a", ["b"], media="large.png")'
    ),
    "a file that is no picture, GIF or video": (
        "@bot.on_message()\nasync def handler(chat: Chat):\n"
        "    await part(chat)\nasync def part(chat: Chat):\n"
        '    await chat.ask("a", media="notes.txt")'
    ),
    "middleware that never goes on": (
        "@bot.middleware\nasync def polite(chat: Chat, go_on): await chat.tag('seen')"
    ),
    "a text in the place of a filter": f'@bot.on_message("hello")\n{ASYNC}',
    "a filter that is not finished": f"@bot.on_message(text.contains)\n{ASYNC}",
    "filters joined by `and`": (
        f'@bot.on_message(text.contains("a") and text.contains("b"))\n{ASYNC}'
    ),
    "a filter by what is no regular expression": f'@bot.on_message(text.matches("["))\n{ASYNC}',
    "a handler behind one that takes every message": (
        f'@bot.on_message()\nasync def first(chat: Chat): ...\n@bot.on_quick_reply("a")\n{ASYNC}'
    ),
    "two handlers of the same taps": (
        '@bot.on_quick_reply("a")\nasync def first(chat: Chat): ...\n'
        f'@bot.on_quick_reply("a")\n{ASYNC}'
    ),
    "two functions of one name": (
        f'@bot.on_quick_reply("a")\n{ASYNC}@bot.on_quick_reply("b")\n{ASYNC}'
    ),
    "metadata that is no text": f"@bot.on_quick_reply(5)\n{ASYNC}",
    "a bare text for a list of words": 'Bot("b", words=Words(person="help"))',
    "a file without a bot": "del bot",
    "a line Python does not understand": "async def handler(chat: Chat",
}

RUN = {
    "a label over X's limit": 'await chat.say("hi", quick_replies=[QuickReply("l" * 37)])',
    "a button that leads to `http`": (
        'await chat.say("hi", buttons=[Button("Go", "http://a.example")])'
    ),
    "an id of a place that is none": 'await chat.say("hi", place_id="../x")',
    "an id that is no text": 'await chat.say("hi", media_id=7)',
    "a note that is too long, as of what a customer wrote": 'await chat.note("n" * 10_001)',
    "a question in a task of a `TaskGroup`": (
        'async with asyncio.TaskGroup() as group: group.create_task(chat.ask("Well?"))'
    ),
    "two verbs at the same time, in a `TaskGroup`": (
        "async with asyncio.TaskGroup() as group:\n"
        "        for _ in range(2): group.create_task(chat.step(asyncio.sleep, 0))"
    ),
    "a text for `bot.preview`": 'bot.preview("hello")',
    "a reason of a hand-off that is empty": 'await chat.hand_off("")',
    "a team that is too long": 'await chat.hand_off("why", team="t" * 51)',
    "`chat.timer` where a message is handled": "chat.timer",
    "`chat.post` where a message is handled": "chat.post",
    "a step whose result cannot be kept": "await chat.step(object)",
    "a step that gives what is still to be awaited": ("await chat.step(lambda: asyncio.sleep(0))"),
    "a dialog that never ends": 'while True: await chat.note("again")',
    "a step that is called instead of given": "await chat.step(asyncio.sleep(0))",
    "a part of a dialog that is called instead of given": "await chat.run(asyncio.sleep(0))",
    "an exception of a step that is caught, and cannot be raised again": (
        "try:\n        await chat.step(exec, 'raise ValueError(object())')\n"
        '    except ValueError:\n        await chat.say("Never mind.")'
    ),
    "an attribute of such an exception that is no plain value": (
        "try:\n        await chat.step(refuse)\n"
        "    except Refused as error:\n        await chat.say(error.answer)"
    ),
    "a timer that has no handler": 'await chat.set_timer("nobody", after=timedelta(1))',
    "a timer without a time": 'await chat.set_timer("nobody")',
    "a timer that no clock comes to": (
        'await chat.set_timer("nobody", due_at=datetime.max.replace(tzinfo=UTC))'
    ),
    "a question behind `resolve`": 'await chat.resolve()\n    await chat.ask("Well?")',
    "a sleep behind `hand_off`": 'await chat.hand_off("why")\n    await chat.sleep(timedelta(1))',
    "`sys.exit` in a handler": "raise SystemExit(3)",
    "two verbs at the same time": (
        "await asyncio.gather(chat.step(asyncio.sleep, 0), chat.step(asyncio.sleep, 0))"
    ),
    "a public reply where a message is handled": 'await chat.reply_publicly("Hello, all")',
    "a value that cannot be remembered": 'await chat.remember("it", object())',
    "a number in the place of a text": "await chat.say(5)",
    "texts in the place of quick replies": 'await chat.say("hi", quick_replies=["Yes", "No"])',
    "one button that is in no list": (
        'await chat.say("hi", buttons=Button("Go", "https://a.example"))'
    ),
    "a part that messages do not have": 'await chat.say("hi", picture="lamp.png")',
    "a picture, named by what is computed, that is not there": (
        'await chat.say("hi", media=f"{chat.customer.name}.png")'
    ),
    "a picture and a point on the map": (
        'await chat.say("hi", media="large.png"[:9], point=Point(0, 0))'
    ),
    "a speaker whose name is too long": 'await chat.say("hi", speaks_as="n" * 49)',
    "a GIF that is too wide": 'await chat.say("hi", media="wide" + ".gif")',
    "a duration without a unit": "await chat.sleep(60)",
    "a question with a duration without a unit": 'await chat.ask("Well?", within=60)',
    "a timer with a duration without a unit": 'await chat.set_timer("t", after=60)',
    "a question that is asked less than once": 'await chat.ask("Well?", retries=-1)',
    "a question with nothing to say to a wrong answer": 'await chat.ask("Well?", on_invalid="")',
    "a question with what is no regular expression": 'await chat.ask("Well?", matching="[")',
    "a choice of nothing": 'await chat.choose("Which?", [])',
    "a choice between equal labels": 'await chat.choose("Which?", ["A", "A"])',
    "tags in a list": 'await chat.tag(["vip"])',
}
OF_ACTIVITIES = {
    "writing first to somebody who has never written": 'await chat.say("thank you")',
    "a message where an activity is handled": "chat.message",
}
