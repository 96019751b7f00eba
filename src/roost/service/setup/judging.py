"""X's own opinion of what was answered, as soon as there is enough to ask it."""

from __future__ import annotations

from dataclasses import dataclass

from roost.ports import Clock
from roost.service.doctor import delivery_checks, x_checks
from roost.service.doctor.delivery_checks import Place
from roost.service.doctor.findings import Finding, Level
from roost.service.setup import questions
from roost.service.setup.questions import Answers
from roost.service.setup.settings_file import APP
from roost.xapi.client import XClient
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Transport

AFTER = {
    "consumer_secret": ("consumer_key", "consumer_secret"),
    "access_token_secret": ("access_token", "access_token_secret"),
    "activity_tier": ("activity_tier",),
    "env_name": ("env_name",),
    "further_env_names": ("further_env_names",),
}
"""After which question X is asked, and which answers are void where it says no."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks X.

    Attributes:
        transport: The way there.
        clock: What signatures bear.
        x_base_url: Which X.
    """

    transport: Transport
    clock: Clock
    x_base_url: str

    async def findings(self, question: str, answers: Answers) -> list[Finding]:
        """Say what X finds after a question; nothing where it is not asked yet."""
        match question:
            case "consumer_secret":
                found = [await x_checks.app(self.client(answers, is_user=False), APP)]
            case "access_token_secret":
                user_id = answers["access_token"].partition("-")[0]
                found = await x_checks.account(self.client(answers), "the account", user_id)
                if not any(one.level is Level.PROBLEM for one in found):
                    found.append(await x_checks.openness(self.client(answers), "the account"))
            case "activity_tier" if answers["activity_tier"] == "enterprise":
                found = [await self._environment("", answers)]
            case "env_name":
                found = [await self._environment(answers["env_name"], answers)]
            case "further_env_names":
                names = questions.names_in(answers["further_env_names"])
                found = [await self._environment(name, answers) for name in names]
            case _:
                found = []
        return found

    async def _environment(self, env_name: str, answers: Answers) -> Finding:
        place = Place(APP, env_name, "", self.client(answers))
        return (await delivery_checks.webhook(place)).findings[0]

    def client(self, answers: Answers, *, is_user: bool = True) -> XClient:
        """Speak with the answers' keys, and with the user's token unless `is_user` is false."""
        return XClient(
            credentials(answers, is_user=is_user),
            self.transport,
            self.clock,
            base_url=self.x_base_url,
        )


def credentials(answers: Answers, *, is_user: bool = True) -> Credentials:
    """Give what requests are signed with."""
    token = answers["access_token"] if is_user else ""
    secret = answers["access_token_secret"] if is_user else ""
    return Credentials(answers["consumer_key"], answers["consumer_secret"], token, secret)
