"""X's own opinion of what was answered, as soon as there is enough to ask it."""

from __future__ import annotations

from dataclasses import dataclass

from roost.ports import Clock
from roost.service.doctor import delivery_checks, x_checks
from roost.service.doctor.delivery_checks import Place
from roost.service.doctor.findings import Finding, Level
from roost.service.setup.questions import Answers
from roost.service.setup.settings_file import APP
from roost.xapi.client import XClient
from roost.xapi.oauth1 import Credentials
from roost.xapi.transport import Transport

AFTER = {
    "consumer_secret": ("consumer_key", "consumer_secret"),
    "access_token_secret": ("access_token", "access_token_secret"),
    "env_name": ("env_name",),
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

    async def problems(self, question: str, answers: Answers) -> list[Finding]:
        """Say what X finds wrong after a question; nothing where it is not asked yet."""
        match question:
            case "consumer_secret":
                found = [await x_checks.app(self.client(answers, is_user=False), APP)]
            case "access_token_secret":
                user_id = answers["access_token"].partition("-")[0]
                found = await x_checks.account(self.client(answers), "the account", user_id)
            case "env_name":
                place = Place(APP, answers["env_name"], "", self.client(answers))
                found = list((await delivery_checks.webhook(place)).findings[:1])
            case _:
                found = []
        return [one for one in found if one.level is Level.PROBLEM]

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
