"""Everything people report of connecting to X, and what tells them why: none without an answer."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.scenario.accounts.causes import CAUSES, WARNINGS

from roost.service.doctor import codes
from roost.service.doctor.findings import CHECKS, OPENNESS
from roost.xapi.errors_table import ERROR_CODES

TESTS = Path(__file__).parents[2]
PAGE = TESTS.parent / "docs" / "howto" / "when-nothing-arrives.md"


@dataclass(frozen=True)
class Cause:
    """The doctor finds it: a row of `CAUSES` or `WARNINGS`, done to a connection and found."""

    name: str

    @property
    def is_there(self) -> bool:
        return self.name in {**CAUSES, **WARNINGS}

    @property
    def told(self) -> str:
        return f"`{ {**CAUSES, **WARNINGS}[self.name][1] }`"


@dataclass(frozen=True)
class Check:
    """A check of the doctor finds it, as a test of its own shows."""

    check: str
    test: str

    @property
    def is_there(self) -> bool:
        return self.check in {*CHECKS, OPENNESS} and has(self.test)

    @property
    def told(self) -> str:
        return f"`{self.check}`"


@dataclass(frozen=True)
class Code:
    """X says it by a code, which the doctor explains."""

    code: int

    @property
    def is_there(self) -> bool:
        return self.code in codes.CAUSES

    @property
    def told(self) -> str:
        return f"`roost doctor --code {self.code}`"


@dataclass(frozen=True)
class Prevented:
    """It cannot happen, as a test shows."""

    test: str

    @property
    def is_there(self) -> bool:
        return has(self.test)

    @property
    def told(self) -> str:
        return "cannot happen"


def has(test: str) -> bool:
    """Tell whether a file under `tests` defines a test."""
    path, _, name = test.partition("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(one, functions) and one.name == name for one in ast.walk(tree))


DOCTOR = "scenario/accounts/test_doctor.py"
SETUP = "scenario/accounts/test_setup.py"
PREVENTED = "scenario/accounts/test_prevented.py"
CERTIFICATE = f"{DOCTOR}::test_what_is_wrong_with_a_certificate_is_told"
ADDRESS = f"{DOCTOR}::test_an_address_that_x_never_calls_is_not_called"

TROUBLES: dict[str, dict[str, Cause | Check | Code | Prevented]] = {
    "X says that the challenge (CRC) failed": {
        "the path is wrong, and something answers 404": Cause("other path"),
        "a framework takes no GET there, and answers 405": Cause("framework that takes no GET"),
        "a login page stands in front, and redirects": Cause("login page in front"),
        "a login page or another program answers 200": Cause("another program"),
        "a proxy stands in front of nothing (502)": Cause("application down behind a proxy"),
        "the answer is not JSON": Cause("another program"),
        "`response_token` is missing": Cause("JSON without response_token"),
        "`response_token` is without `sha256=`": Cause("response_token without sha256="),
        "it is made with another secret, or the access token's": Cause(
            "application with another secret"
        ),
        "a bearer token or the access token's secret stands for the consumer secret": Check(
            "app.credentials",
            f"{SETUP}::test_each_wrong_answer_has_a_message_of_its_own",
        ),
        "the answer comes too late, as after a cold start": Check(
            "webhook.answer_time",
            f"{DOCTOR}::test_an_answer_is_judged_by_the_time_x_waits",
        ),
        "no answer comes at all": Cause("mute"),
        "http is redirected to https, or a path to one with a slash": Cause("trailing slash"),
        "the answer is compressed": Cause("compressing proxy"),
        "the chain of certificates is incomplete, or one has expired": Check(
            "webhook.tls", CERTIFICATE
        ),
    },
    "It works through a tunnel and fails on the real domain": {
        "the certificate is for another name, or nobody's": Check("webhook.tls", CERTIFICATE),
        "a proxy redirects": Cause("trailing slash"),
        "a proxy strips or rewrites the query": Cause("query stripped"),
        "a proxy rewrites the body": Cause("body rewritten"),
        "DNS does not know the name": Check(
            "webhook.reachable",
            f"{DOCTOR}::test_a_name_that_dns_does_not_know_is_told",
        ),
        "a firewall lets nobody in": Cause("nobody listens"),
        "a firewall keeps only X out": Cause("challenge failed once"),
    },
    "Code 32 or 89": {
        "the address that is signed is not the one that is called": Prevented(
            "unit/xapi/test_signatures.py::test_every_signed_route_is_signed_rightly"
        ),
        "the token's secret is another token's": Cause("token secret of another token"),
        "the consumer key is mistyped": Cause("consumer key mistyped"),
        "the consumer secret is another app's": Cause("consumer secret of another app"),
        "the token belongs to another app": Cause("token of another app"),
        "the token is somebody else's": Cause("token of somebody else"),
        "the tokens were made anew": Cause("token made anew"),
        "the owner took the authorization back": Cause("token taken back"),
        "the clock is wrong by minutes": Cause("clock ten minutes ahead"),
    },
    "Code 34, or 404": {
        "the environment's label stands for its name": Cause("environment's label"),
        "the environment is another app's": Cause("environment of another app"),
        "the premium tier's path, for an enterprise app": Cause("enterprise app asked as premium"),
        "the enterprise tier's path, for a premium app": Cause("premium app asked as enterprise"),
    },
    "Code 93, 200, 261 or 453": {
        "the app has no permission for Direct Messages": Cause(
            "permission without Direct Messages"
        ),
        "the permission was changed, and the tokens were not made anew": Cause(
            "permission changed and the token kept"
        ),
        "the access level has no Direct Messages": Cause("access level without Direct Messages"),
        "the access level has no Account Activity API": Cause(
            "access level without the Account Activity API"
        ),
    },
    "Code 214": {
        "the address is not https": Check("webhook.address", ADDRESS),
        "the address has a port": Check("webhook.address", ADDRESS),
        "the address is not the one that is registered": Cause(
            "environment used by another program"
        ),
        "the challenge failed": Cause("challenge failed once"),
        "there are too many webhooks": Code(214),
        "the account takes no messages from everybody": Check(
            OPENNESS,
            f"{SETUP}::test_an_account_that_is_not_open_to_everybody_is_told_so_and_connected",
        ),
    },
    "Code 348 or 355": {
        "the subscription is there already": Prevented(
            f"{DOCTOR}::test_a_subscription_that_was_made_meanwhile_is_no_trouble"
        ),
        "the token that subscribes does not carry the permission": Cause(
            "permission changed and the token kept"
        ),
    },
    "Webhook valid, subscription present, no events": {
        "another account's token was used to subscribe": Cause(
            "subscribed by another account's token"
        ),
        "the account is subscribed in another environment": Cause(
            "subscribed in another environment"
        ),
        "X has called the webhook invalid since": Cause("challenge failed once"),
        "somebody deleted the webhook": Cause("webhook deleted"),
        "a proxy writes the body anew, and the signature does not fit": Cause("body rewritten"),
        "no worker runs": Check(
            "data.application",
            f"{PREVENTED}::test_without_a_worker_the_doctor_says_that_nobody_answers",
        ),
        "the application does not run": Check(
            "data.application", f"{DOCTOR}::test_where_nothing_is_wrong_it_says_so_of_everything"
        ),
    },
    "The signature never fits": {
        "the body is parsed and written anew": Cause("body rewritten"),
        "the body is read as text in another encoding": Cause("body recoded"),
        "it is checked with another secret": Cause("application with another secret"),
        "it is not checked at all": Cause("signatures not checked"),
    },
    "The bot answers what it should not": {
        "its own messages come back to it": Prevented(
            f"{PREVENTED}::test_the_bot_does_not_answer_itself_nor_who_writes_as_its_account"
        ),
        "mentions and reposts reach who answers messages": Prevented(
            f"{PREVENTED}::test_posts_that_name_the_account_are_not_answered_by_who_answers_messages"
        ),
        "everything comes twice: two environments share an address": Prevented(
            f"{PREVENTED}::test_what_two_environments_deliver_to_one_address_is_answered_once"
        ),
        "everything comes twice: two apps share an address": Prevented(
            f"{PREVENTED}::test_what_another_app_delivers_to_our_address_is_refused"
        ),
    },
    "A message is not sent": {
        "the person takes no messages from this account (349)": Code(349),
        "the person does not follow the account (150)": Code(150),
        "X says that it failed, and delivered it all the same (151)": Code(151),
    },
    "Other findings": {
        "X cannot be reached": Cause("X away"),
        "the settings name no app": Cause("no app"),
        "no account is connected": Cause("no account"),
        "X has suspended the account": Cause("account suspended"),
        "X has locked the account": Cause("account locked"),
        "`public_url` is not set": Cause("no public_url"),
        "the account was never subscribed": Cause("never subscribed"),
        "X's limits are used up": Cause("a window used up"),
        "the clock drifts": Cause("clock two minutes behind"),
        "others on the machine can read the database": Cause("database open to others"),
        "the database is damaged": Cause("database damaged"),
        "the database with the connected accounts is damaged": Cause(
            "database with accounts damaged"
        ),
        "the database is gone": Cause("database lost"),
        "others on the machine can read the key file": Cause("key file open to others"),
        "the key file is gone": Cause("key file gone"),
        "the key file is of another backup than the database": Cause("key file of another backup"),
        "a change of keys was interrupted": Cause("keys half changed"),
    },
}
"""By what people see, each cause that has been reported, and what tells it."""

REFERENCE = """
    0 3 13 17 32 34 38 44 50 61 63 64 67 68 87 88 89 92 93 99 130 131 135 139 144 150 151 158 160
    161 162 179 185 186 187 195 200 214 215 220 226 251 261 271 272 323 324 325 326 327 348 349 354
    355 356 357 358 360 368 385 386 407 415 416 417 421 422 425 433 453 476
"""
"""Every error code that X documents, or that people have met."""

ROWS = [(seen, why, told) for seen, there in TROUBLES.items() for why, told in there.items()]


@pytest.mark.parametrize(
    ("seen", "why", "told"), [pytest.param(*row, id=f"{row[0]}: {row[1]}") for row in ROWS]
)
def test_every_cause_is_told_by_something_that_a_test_provokes(
    seen: str, why: str, told: Cause | Check | Code | Prevented
) -> None:
    print(f"| {seen} | {why} | {told.told} |")
    assert told.is_there, told


def test_whatever_the_doctor_finds_in_tests_is_listed() -> None:
    listed = {told.name for _, _, told in ROWS if isinstance(told, Cause)}

    assert listed == {**CAUSES, **WARNINGS}.keys()


def test_every_code_is_explained() -> None:
    wanted = sorted(map(int, REFERENCE.split()))

    print("\n".join(f"| {code} | {codes.CAUSES[code][0]} |" for code in wanted))
    assert wanted == sorted(ERROR_CODES) == sorted(codes.CAUSES)


def test_the_page_lists_the_same() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    rows = {
        seen: dict(re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)[1:])
        for seen, table in sections
    }
    expected = {
        seen: {why: told.told for why, told in there.items()} for seen, there in TROUBLES.items()
    }

    assert {seen: rows.get(seen) for seen in expected} == expected
