"""The pages on which a person lets an app act for them. They need no script, and allow none."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from roost.simulator.calls import Answer
from roost.simulator.consent_style import STYLE
from roost.simulator.entries import AccessLevel, AppEntry, UserEntry

LISTED = 50
"""Users to pick from; others are named by hand."""

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

_ALLOWED: dict[AccessLevel, Sequence[str]] = {
    "read": ("See Posts and profiles",),
    "read-write": ("See Posts and profiles", "Post, like and follow for you"),
    "read-write-directmessages": (
        "See Posts and profiles",
        "Post, like and follow for you",
        "Read, send and delete your Direct Messages",
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person is asked.

    Attributes:
        token: The request token.
        app: Who wants something.
        access_level: What it wants.
        users: Whom the person may be; the first one is picked already.
        form_action: Where the form's answer may lead, for the policy.
        problem: What was wrong with the answer before; `""` for nothing.
    """

    token: str
    app: AppEntry
    access_level: AccessLevel
    users: Sequence[UserEntry]
    form_action: str
    problem: str = ""


def ask(choice: Choice, *, status: int = 200) -> Answer:
    """Ask a person to authorize an app."""
    app = escape(choice.app.name)
    wants = "".join(f"<li>{escape(one)}</li>" for one in _ALLOWED[choice.access_level])
    problem = f'<p class="problem" role="alert">{escape(choice.problem)}</p>'
    people = "".join(_person(user, is_picked=not n) for n, user in enumerate(choice.users[:LISTED]))
    other = _OTHER if len(choice.users) > LISTED else ""
    site = f'<p class="site">{escape(choice.app.url)}</p>' if choice.app.url else ""
    body = f"""<h1>Authorize <strong>{app}</strong> to use an account?</h1>{site}
{problem if choice.problem else ""}
<form method="post" action="/oauth/authorize">
<input type="hidden" name="oauth_token" value="{escape(choice.token)}">
<fieldset><legend>You are</legend>
<div class="people">{people}{other}</div></fieldset>
<h2>This app will be able to</h2><ul class="wants">{wants}</ul>
<div class="buttons">
<button class="yes" type="submit" name="decision" value="allow">Authorize app</button>
<button type="submit" name="decision" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<p class="note">This is X, offline: anybody here may be anybody. Nothing leaves this machine.</p>"""
    return _page(f"Authorize {app}", body, status=status, form_action=choice.form_action)


def show_pin(app: AppEntry, pin: str) -> Answer:
    """Show the number a person types into an app that cannot be called back."""
    body = f"""<h1>You have authorized <strong>{escape(app.name)}</strong></h1>
<p>Go back to the app and enter this PIN to finish:</p>
<p class="pin"><code>{escape(pin)}</code></p>"""
    return _page("Your PIN", body)


def show_refused(app: AppEntry) -> Answer:
    """Say that an app that cannot be called back has got nothing."""
    body = f"""<h1>You have not authorized <strong>{escape(app.name)}</strong></h1>
<p>It has no access. You can close this page.</p>"""
    return _page("Not authorized", body)


def show_invalid() -> Answer:
    """Say that a request token is not, or no longer, good for anything."""
    body = """<h1>Whoa there!</h1>
<p>The request token for this page is missing, unknown, too old, or has been used already. Go back
to the app you came from and begin again.</p>"""
    return _page("This page is not valid", body, status=401)


def _person(user: UserEntry, *, is_picked: bool) -> str:
    picked = " checked" if is_picked else ""
    return (
        f'<label class="person"><input type="radio" name="user_id" required '
        f'value="{escape(user.user_id)}"{picked}><span class="name">{escape(user.name)}</span> '
        f'<span class="handle">@{escape(user.screen_name)}</span></label>'
    )


_OTHER = """<label class="other">or, by handle
<input type="text" name="screen_name" autocomplete="off" spellcheck="false"></label>"""


def _page(title: str, body: str, *, status: int = 200, form_action: str = "'none'") -> Answer:
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · X, offline</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return Answer(status, text.encode(), headers)
