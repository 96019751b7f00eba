"""What each of X's error codes comes of, and what to do about it.

Source: https://developer.x.com/en/support/x-api/error-troubleshooting (archived), and reports of
people who met them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.errors import InvalidCall
from roost.xapi.errors_table import ERROR_CODES


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code, explained.

    Attributes:
        code: X's.
        status: The HTTP status it comes with, as far as X documents it.
        says: X's words.
        cause: Why that is.
        remedy: What to do.
    """

    code: int
    status: int
    says: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Words:
    codes: tuple[int, ...]
    cause: str
    remedy: str


_WORDS = (
    _Words(
        (32,),
        "the signature does not fit: the token's secret is another's, the address signed is not"
        " the one called, or, in the Account Activity API, the environment's name is wrong",
        "Copy key, token and both secrets again, each pair from one making; compare env_name with"
        " X's portal, where capitals count",
    ),
    _Words(
        (99, 215, 416),
        "X does not take the app's key and secret, or the app is suspended",
        "Copy both again from 'Keys and tokens' of the app, and see in X's portal how it stands",
    ),
    _Words(
        (89,),
        "the access token is not valid: its owner took it back, it was made anew, or it belongs to"
        " another app",
        "Connect the account again: roost accounts connect, or add",
    ),
    _Words(
        (135,),
        "this machine's clock is wrong",
        "Set it, and keep it by NTP (timedatectl set-ntp true)",
    ),
    _Words(
        (93, 261),
        "the app had another permission when the token was made, or an app's token was used where"
        " X wants a user's",
        "In X's portal set App permissions to 'Read and write and Direct message', then make the"
        " account's tokens anew and connect it again: old tokens keep what they had",
    ),
    _Words(
        (61, 87, 200, 220, 348),
        "X has not given the app, or the account, this part of its API, or the environment is"
        " another app's",
        "Compare env_name with the name in 'Dev environments' of X's portal, and see which products"
        " X has given the app; connect the account again where its token belongs to another app;"
        " custom profiles and feedback cards need X's consent",
    ),
    _Words(
        (453,),
        "the access level that X has given the app does not have this part of its API; new tokens"
        " change nothing",
        "See in X's portal which access level the app's project has, and choose one with Direct"
        " Messages of the v1.1 API and the Account Activity API",
    ),
    _Words(
        (64, 326),
        "X has suspended or locked the account",
        "Sign in to X as the account and do as it asks",
    ),
    _Words(
        (226,),
        "X takes what the account does for a robot's",
        "Send less of the same, and only to people who have written; sign in to X as the account",
    ),
    _Words(
        (88, 185, 161),
        "as much as X allows in this window was done, perhaps by another program",
        "Wait until the window opens; give other programs an app of their own",
    ),
    _Words(
        (150, 349, 476),
        "the person does not take messages from this account: not following, blocked, or taking"
        " none from accounts that are not verified",
        "Wait for the person to write first; a deep link (roost links dm) asks for that",
    ),
    _Words(
        (151,),
        "X could not send the message and says why; often it repeats the one before, and"
        " sometimes it was delivered all the same",
        "Look before you repeat it: roost dm list",
    ),
    _Words(
        (354, 186),
        "the text is too long",
        "Shorten it: 10,000 characters, 9,990 in welcome messages",
    ),
    _Words(
        (214,),
        "one code for three things: a webhook's address or challenge (CRC) is not as X wants it; a"
        " body does not fit; or the account does not take messages from everybody",
        "Run roost doctor for the webhook; read X's words for the field; allow messages from"
        " everyone in X's settings of the account",
    ),
    _Words(
        (324, 325, 323, 386),
        "what is attached is not there (any more), was used before without being shared, or is not"
        " of a kind that goes here",
        "Upload it again, as shared where it is to be used twice, and send it within 24 hours",
    ),
    _Words(
        (355,),
        "the subscription is there already, or a replay is under way",
        "Nothing has to be done; for a replay wait until it has ended",
    ),
    _Words(
        (34,),
        "there is nothing at that address: an environment, webhook or message that is not there,"
        " is another app's, or is of another tier's path",
        "Compare env_name with the name, not the label, in 'Dev environments' of X's portal",
    ),
    _Words((17, 50), "there is no such user", "Compare the id or the screen name; names change"),
    _Words((63,), "the other person's account is suspended", "Nothing can be sent to it"),
    _Words(
        (13, 3),
        "X knows no such place, or longitude and latitude are wrong",
        "Write LONGITUDE,LATITUDE in degrees",
    ),
    _Words(
        (38, 44, 195, 357, 358, 360, 407),
        "a parameter is missing or not of its form",
        "Read X's words for which; where Roost sent it by itself, please report it",
    ),
    _Words(
        (356, 368),
        "the span of the replay is not one that X keeps",
        "Ask for a span that begins at least 31 minutes ago and lies in the last 5 days",
    ),
    _Words(
        (415, 417),
        "X does not know the address that the browser is to come back to",
        "Add PUBLIC_URL/accounts/callback as a callback URL in X's portal; or use the PIN:"
        " roost accounts connect",
    ),
    _Words((92,), "X was called without TLS", "Let x_base_url begin with https"),
    _Words((68, 251), "X has ended this part of its API", "Update Roost"),
    _Words(
        (144, 179, 385, 421, 422),
        "the Post is gone, or the account may not see it",
        "Take another Post; nothing can be answered there",
    ),
    _Words(
        (425, 433),
        "X, or the Post's author, says who may do this, and the account is not among them",
        "Write to the person in another way",
    ),
    _Words((187,), "the same was posted just before", "Change a word, or let it be"),
    _Words((139, 327, 160, 272), "that was done already", "Nothing has to be done"),
    _Words(
        (158, 162, 271),
        "nobody can follow or mute themselves, nor follow who has blocked them",
        "Name somebody else",
    ),
    _Words(
        (0, 67, 130, 131),
        "X has trouble of its own",
        "Wait; Roost tries again by itself where nothing can be done twice",
    ),
)

NOT_GIVEN = frozenset({61, 87, 200, 220, 348, 453})
"""Codes by which X refuses what it has not given the app or account: new tokens change nothing."""

CAUSES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {code: (one.cause, one.remedy) for one in _WORDS for code in one.codes}
)
"""Cause and remedy of each code that X documents."""


def explained(code: int) -> Explanation:
    """Explain a code.

    Raises:
        InvalidCall: X documents none such.
    """
    if code not in CAUSES:
        raise InvalidCall("--code", f"{code} is no error code that X documents")
    known, (cause, remedy) = ERROR_CODES[code], CAUSES[code]
    return Explanation(code, known.status, known.message, cause, remedy)
