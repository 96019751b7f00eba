"""A run of the application in which much goes wrong, and every secret that there is in it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.rig import until
from tests.scenario.accounts.provoking import SESSION, Desk, Visitor, answer_a_customer, desk_of
from tests.scenario.accounts.searched import KEY_FILE, LOG, Scene
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN, Stage, browser
from tests.scenario.accounts.within import CommandLine

from roost import settings
from roost.service import inviting
from roost.service.clock import SystemClock
from roost.simulator import granting
from roost.simulator.fault_rules import ErrorStatusRule, Match
from roost.xapi.transport import Request, aiohttp_transport

PASSWORDS = {
    "password": "quail under 7 larches",
    "wrong password": "quail over 8 larches",
    "changed password": "heron over 9 alders",
    "refused password": "egret 3",
    "password of the database": "pg-canary-5f2e9c",
}

TOKENS_OF_SETTINGS = {
    "access token": TOKENS[ACME],
    "access token's secret": SECRETS[ACME],
    "consumer secret": f"consumer-secret-{APP_ID}",
}

TELLS_ITS_SURROUNDINGS = """
import os

from roost import Bot, Chat

bot = Bot("talkative")


@bot.on_message()
async def tell(chat: Chat) -> None:
    raise RuntimeError(f"{dict(os.environ)}")
"""

TALKATIVE = """
import logging
import sys

logging.basicConfig(level=logging.DEBUG)
from roost.cli import app

sys.exit(app.main(sys.argv[1:]))
"""
"""Every library says all it can: Roost itself has no setting for that."""


@dataclass
class Run:
    """A run of the application, and the secrets that there are in it."""

    stage: Stage
    scene: Scene
    command_line: CommandLine
    secrets: dict[str, str] = field(default_factory=lambda: {**PASSWORDS, **TOKENS_OF_SETTINGS})

    @asynccontextmanager
    async def application(self, log_format: str) -> AsyncGenerator[int]:
        """Run the application, and keep everything that it writes; give its process id."""
        bot = self.stage.data / "talkative.py"
        bot.write_text(TELLS_ITS_SURROUNDINGS)
        environment = {**os.environ, **self.stage.environment, "ROOST_LOG_FORMAT": log_format}
        with (self.stage.data / LOG).open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", TALKATIVE, "serve", "--bot", str(bot)),
                env={**environment, "TMPDIR": str(self.scene.temporary)},
                stdout=file,
                stderr=file,
            )
            try:
                yield process.pid
            finally:
                process.terminate()
                await process.wait()

    async def ask(self, call: str, **arguments: object) -> str:
        """Do what a verb does that lets people in."""
        found = settings.load(environ=self.stage.environment)
        return str(await inviting.ask(found, SystemClock(), call, **arguments))

    async def verb(self, *arguments: str) -> str:
        """Run a verb, and have what it says searched."""
        told = await self.command_line(*arguments)
        self.scene.told(*told, by=" ".join(arguments))
        return told[1] + told[2]

    async def enter(self, desk: Desk, login: str, role: str) -> Visitor:
        """Invite somebody, who chooses a password, logs in wrongly, and then rightly."""
        link = await self.ask("invite", login=login, name="", role=role, accounts=None)
        token = link.partition("#")[2]
        person, wrong = desk.visitor(login), desk.visitor(f"{login} before")
        choice = {"token": token, "password": PASSWORDS["refused password"]}
        assert (await wrong.ask("POST", f"{SESSION}/password", choice)).status == 422
        await person.enters(f"{SESSION}/password", {**choice, "password": PASSWORDS["password"]})
        for tried in ("wrong password", "password"):
            body = {"login": login, "password": PASSWORDS[tried]}
            if tried == "wrong password":
                assert (await wrong.ask("POST", SESSION, body)).status == 401
            else:
                cookie, csrf = await person.enters(SESSION, body)
        assert (await wrong.ask("POST", f"{SESSION}/link", {"token": token})).status == 410
        self.secrets |= {
            f"{login}'s invitation": token,
            f"{login}'s session": cookie,
            f"{login}'s proof of the page": csrf,
        }
        return person

    async def change_password(self, desk: Desk, login: str, other: str) -> None:
        """Have somebody choose another password, and somebody take a link that lets in at once."""
        await self.enter(desk, login, "agent")
        link = await self.ask("link", login=login)
        entrance = await self.ask("entrance", login=other, name="", role="agent", uses=2)
        tokens = [one.partition("#")[2] for one in (link, entrance)]
        changed = {"token": tokens[0], "password": PASSWORDS["changed password"]}
        again, at_once = desk.visitor("again"), desk.visitor("at once")
        first, _ = await again.enters(f"{SESSION}/password", changed)
        second, _ = await at_once.enters(f"{SESSION}/enter", {"token": tokens[1]})
        names = ("link to choose anew", "link that lets in", "session anew", "session by link")
        self.secrets |= dict(zip(names, (*tokens, first, second), strict=True))

    async def key_of(self, desk: Desk, admin: Visitor) -> Visitor:
        """Make an API key."""
        wanted = {"name": "reports", "scope": "admin"}
        made = await admin.secretly("POST", "/api/keys", wanted, idempotency_key="reports")
        self.secrets["API key"] = secret = json.loads(made.body)["secret"]
        return desk.visitor("a program", authorization=f"Bearer {secret}")

    async def sign_in(self) -> None:
        """Connect an account by Sign in with X, and try its link and its way back again."""
        link = await self.stage.ask("account_sign_in", app=None, bot="", name="second")
        async with browser() as person, browser() as other:
            to_x = await person.get(str(link))
            back = await person.decide(to_x.headers["location"], user_id=TWIN, decision="allow")
            returns = back.headers["location"]
            for one in (await other.get(str(link)), await other.get(returns)):
                assert one.status == 400, one
                self.scene.answered("a browser", "sign-in", one)
            assert (await person.get(returns)).status == 200
        told = parse_qs(urlsplit(returns).query)
        token = next(iter(self.stage.simulator.simulation.world.users[TWIN].tokens))
        self.secrets |= {
            "link to sign in": parse_qs(urlsplit(str(link)).query)["ticket"][0],
            "verifier": told["oauth_verifier"][0],
            "signed in token": token.access_token,
            "signed in token's secret": token.access_token_secret,
        }


async def provoke(run: Run, hook: str) -> None:
    """Have everything go wrong that anybody may ask for, who has not logged in."""
    site, signature = run.stage.application_url, "sha256=bm90aGluZw=="
    requests = (
        Request("POST", hook, {"x-twitter-webhooks-signature": signature}, b'{"for_user_id":"1"}'),
        Request("POST", hook, {}, b"{"),
        Request("PUT", hook),
        Request("GET", f"{hook}?crc_token="),
        Request("GET", f"{site}/accounts/connect?ticket={TOKENS[ACME]}"),
        Request("GET", f"{site}/accounts/callback?oauth_token=none&oauth_verifier=1"),
        Request("GET", f"{site}/x/nowhere"),
        Request("GET", f"{site}/nowhere"),
        Request("GET", f"{site}/api/accounts"),
    )
    async with aiohttp_transport() as transport:
        for one in requests:
            answer = await transport.send(one)
            assert answer.status >= 400, one
            run.scene.answered("nobody", one.url, answer)


async def live(run: Run, process_id: int) -> None:
    """Do all that there is to do with a running application."""
    stage, simulation = run.stage, run.stage.simulator.simulation
    world = simulation.world

    async def subscribed() -> bool:
        return bool(world.subscriptions.users_in(APP_ID, "prod"))

    await until(subscribed)
    assert len(run.scene.processes_of(process_id)) >= 2, "the bot's is there"
    await provoke(run, next(iter(world.webhooks.values())).url)
    await run.sign_in()
    async with desk_of(stage.application_url, run.scene) as desk:
        described = await desk.visitor("anybody").ask("GET", "/api/openapi.json")
        routes = json.loads(described.body)["paths"]
        agent = await run.enter(desk, "sam", "agent")
        admin = await run.enter(desk, "ada", "admin")
        program = await run.key_of(desk, admin)
        await run.change_password(desk, "rosa", "robin")
        stage.says("hello", to=ACME)
        await until(lambda: _is_told(admin))
        await answer_a_customer(agent)
        await stage.until_answered(ACME, 1)
        for person in (agent, program, admin):
            assert await person.tries_everything(routes) > 50
    rule = ErrorStatusRule(match=Match(route="dm.events.new"), code=89)
    simulation.faults.put([rule])
    told = await run.verb("dm", "send", "@ada", "Hi", "--account", "second")
    assert "code 89" in told
    simulation.faults.clear()
    granting.revoke(simulation, world.users[ACME], world.apps[APP_ID])
    for verb in ("doctor", "status", "settings", "accounts list", "users list", "keys list"):
        assert await run.verb(*verb.split(), "--json")
    run.secrets["key that seals"] = (stage.data / KEY_FILE).read_text().split()[-1]


async def _is_told(admin: Visitor) -> bool:
    """Tell whether the console shows what the bot has raised, and what it knows of itself."""
    listed = await admin.ask("GET", "/api/activity")
    return b"RuntimeError" in listed.body and b"PATH" in listed.body
