"""What can be wrong with a connection to X, each thing done to one in which nothing is."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace as with_fields
from tests.scenario.accounts import patient
from tests.scenario.accounts.patient import Ahead, Cause, of_app, subscribe_instead, way
from tests.scenario.accounts.stage import ACME, APP_ID, SECRETS, TOKENS, TWIN

from roost.settings import Secret

CAUSES: dict[str, tuple[Cause, str, str]] = {
    "consumer secret of another app": (
        lambda p: p.app(consumer_secrets=(Secret("other"),)),
        "app.credentials",
        "does not take consumer key and secret (code 99)",
    ),
    "consumer key mistyped": (
        lambda p: p.app(consumer_key="nobody"),
        "app.credentials",
        "does not take consumer key and secret",
    ),
    "X away": (
        lambda p: setattr(p, "settings", with_fields(p.settings, x_base_url="http://127.0.0.1:9")),
        "app.credentials",
        "X cannot be asked",
    ),
    "no app": (
        lambda p: setattr(p, "settings", with_fields(p.settings, apps={}, accounts={})),
        "app.credentials",
        "there is no app",
    ),
    "no account": (
        lambda p: setattr(p, "settings", with_fields(p.settings, accounts={})),
        "account.credentials",
        "the app has no account",
    ),
    "token secret of another token": (
        lambda p: p.account(access_token_secret=Secret("other")),
        "account.credentials",
        "does not take the signature (code 32)",
    ),
    "token made anew": (
        lambda p: p.account(access_token=Secret("1001-old")),
        "account.credentials",
        "does not take the access token (code 89)",
    ),
    "token taken back": (
        patient.revoke,
        "account.credentials",
        "does not take the access token (code 89)",
    ),
    "token of somebody else": (
        lambda p: p.account(
            access_token=Secret(TOKENS[TWIN]), access_token_secret=Secret(SECRETS[TWIN])
        ),
        "account.credentials",
        "that of @twin (1002), not of 1001",
    ),
    "permission without Direct Messages": (
        of_app(access_level="read-write"),
        "account.permission",
        "the token is read-write",
    ),
    "token of another app": (
        patient.another_app,
        "account.credentials",
        "does not take the access token (code 89)",
    ),
    "permission changed and the token kept": (
        patient.keep_token,
        "account.permission",
        "the token is read-write",
    ),
    "access level without Direct Messages": (
        of_app(withheld=("dm.", "welcome_messages.", "custom_profiles.")),
        "account.access",
        "code 453",
    ),
    "access level without the Account Activity API": (
        of_app(withheld=("webhooks.", "subscriptions.")),
        "environment",
        "code 453",
    ),
    "account suspended": (
        lambda p: p.at_x(suspended=True),
        "account.standing",
        "X lets the account do nothing (code 64)",
    ),
    "account locked": (
        lambda p: p.at_x(locked=True),
        "account.standing",
        "X lets the account do nothing (code 326)",
    ),
    "clock ten minutes ahead": (
        lambda p: setattr(p, "clock", Ahead(timedelta(minutes=10))),
        "clock",
        "X refuses this machine's time (code 135)",
    ),
    "environment's label": (
        lambda p: p.app(env_name="Production"),
        "environment",
        "no environment 'Production'; there are: prod",
    ),
    "no public_url": (
        lambda p: setattr(p, "settings", with_fields(p.settings, public_url=None)),
        "webhook.address",
        "public_url is not set",
    ),
    "nobody listens": (patient.close_port, "webhook.reachable", "no connection can be made"),
    "mute": (way("mute"), "webhook.answer_time", "no answer came"),
    "login page in front": (way("redirect"), "webhook.redirect", "(302) to https://bot.example/l"),
    "compressing proxy": (way("gzip"), "webhook.compression", "compressed (gzip)"),
    "trailing slash": (
        way("slash"),
        "webhook.redirect",
        "(301) to https://bot.example/x/main/hook/",
    ),
    "framework that takes no GET": (way("no_method"), "webhook.challenge", "it answers 405"),
    "JSON without response_token": (
        way("no_token"),
        "webhook.challenge",
        "is not JSON with a response_token",
    ),
    "response_token without sha256=": (
        way("bare_token"),
        "webhook.challenge",
        "its response_token is wrong",
    ),
    "premium app asked as enterprise": (
        patient.other_tier,
        "environment",
        "does not show the app's webhooks in the enterprise tier",
    ),
    "environment of another app": (
        of_app(env_names=("theirs",)),
        "environment",
        "no environment 'prod'; there are: theirs",
    ),
    "enterprise app asked as premium": (
        of_app(env_names=()),
        "environment",
        "the app is of the enterprise tier",
    ),
    "other path": (way("missing"), "webhook.challenge", "it answers 404"),
    "query stripped": (way("strips"), "webhook.challenge", "it answers 400"),
    "application down behind a proxy": (way("broken"), "webhook.challenge", "it answers 502"),
    "another program": (way("page"), "webhook.challenge", "is not JSON with a response_token"),
    "application with another secret": (
        way("other_secret"),
        "webhook.challenge",
        "its response_token is wrong",
    ),
    "body rewritten": (way("rewrites"), "webhook.signature", "as X signs is answered 401"),
    "body recoded": (way("recodes"), "webhook.signature", "as X signs is answered 401"),
    "signatures not checked": (way("forgives"), "webhook.signature", "wrong signature is ans"),
    "webhook deleted": (
        lambda p: p.world.webhooks.clear(),
        "webhook.registered",
        "X has no webhook",
    ),
    "environment used by another program": (
        patient.another_program,
        "webhook.registered",
        "/x/other",
    ),
    "challenge failed once": (
        lambda p: p.world.note_challenge(next(iter(p.world.webhooks)), valid=False),
        "webhook.valid",
        "X calls it invalid",
    ),
    "never subscribed": (
        lambda p: p.world.subscriptions.forget(ACME, APP_ID),
        "subscription",
        "not subscribed to prod",
    ),
    "subscribed in another environment": (
        subscribe_instead(env_name="staging"),
        "subscription",
        "not subscribed to prod, but to staging",
    ),
    "subscribed by another account's token": (
        subscribe_instead(user_id=TWIN),
        "subscription",
        "X delivers that of 1002 there",
    ),
    "database open to others": (patient.open_database, "data.folder", "(mode 0644)"),
    "database damaged": (patient.spoil_database, "data.database", "roost.db"),
    "database lost": (patient.lose_database, "data.database", "is missing or empty"),
    "key file open to others": (patient.open_key, "data.key_file", "(mode 0640)"),
    "key file gone": (patient.lose_key, "data.key_file", "cannot be used"),
    "key file of another backup": (
        patient.another_key,
        "data.key_file",
        "they are sealed with key",
    ),
    "database with accounts damaged": (patient.spoil_sealed, "data.database", "roost.db"),
}


SAFE_TO_FIX = {
    "webhook deleted",
    "challenge failed once",
    "never subscribed",
    "subscribed in another environment",
    "subscribed by another account's token",
    "database open to others",
    "key file open to others",
}


WARNINGS: dict[str, tuple[Cause, str, str]] = {
    "clock two minutes behind": (
        lambda p: setattr(p, "clock", Ahead(timedelta(minutes=-2))),
        "clock",
        "s behind X's",
    ),
    "a window used up": (patient.use_up, "account.limits", "/direct_messages/events/list"),
    "keys half changed": (patient.turn_key, "data.key_file", "it holds 2 keys"),
}
