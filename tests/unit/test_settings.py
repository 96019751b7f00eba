"""Settings: what is read from where, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from roost.errors import SettingsError
from roost.settings import Role, Secret, Settings, check_servable, load

FILE = """
port = 9000
reconcile_after_s = [5, 10.5]
bots = ["shop:bot"]

[apps.main]
app_id = "123"
consumer_key = "key"
consumer_secrets = ["newest", "older"]

[accounts.shop]
user_id = "42"
access_token = "42-token"
access_token_secret = "hidden"
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(file: str = FILE, environ: Mapping[str, str] | None = None) -> Settings:
    path = Path("given.toml")
    path.write_text(file, encoding="utf-8")
    return load(path, environ=environ or {})


def refused(file: str = FILE, environ: Mapping[str, str] | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        loaded(file, environ)
    return caught.value


def test_without_a_file_and_variables_everything_is_a_default() -> None:
    settings = load(environ={"PATH": "/bin"})

    assert settings == Settings()
    assert (settings.data, settings.host, settings.port) == (Path("data"), "127.0.0.1", 8080)
    assert (settings.public_url, settings.upload_base_url) == (None, None)
    assert settings.x_base_url == "https://api.x.com"
    assert not settings.connect_at_start
    assert (settings.turn_deadline_s, settings.lease_s) == (30.0, 60.0)
    assert settings.reconcile_after_s == (30.0, 120.0)
    assert settings.log_format == "console"
    assert (settings.bots, dict(settings.apps), dict(settings.accounts)) == ((), {}, {})


def test_a_file_sets_apps_and_accounts() -> None:
    settings = loaded()

    app, account = settings.apps["main"], settings.accounts["shop"]
    assert (app.app_id, app.consumer_key, app.env_name) == ("123", "key", "prod")
    assert [secret.reveal() for secret in app.consumer_secrets] == ["newest", "older"]
    assert (account.user_id, account.screen_name, account.bot) == ("42", None, None)
    assert account.access_token == Secret("42-token")
    assert account.access_token_secret == Secret("hidden")
    assert settings.reconcile_after_s == (5.0, 10.5)


def test_an_account_belongs_to_the_only_app() -> None:
    assert loaded().accounts["shop"].app == "main"


def test_the_environment_alone_is_enough() -> None:
    settings = load(
        environ={
            "ROOST_APPS__MY_SHOP__APP_ID": "123",
            "ROOST_APPS__MY_SHOP__CONSUMER_KEY": "key",
            "ROOST_APPS__MY_SHOP__CONSUMER_SECRETS": "newest, older",
            "ROOST_APPS__MY_SHOP__WEBHOOK_PATH": "/x/my-shop/abc",
            "ROOST_CONNECT_AT_START": "true",
            "ROOST_RECONCILE_AFTER_S": "1,2.5",
            "ROOST_PORT": "0",
        }
    )

    app = settings.apps["my-shop"]
    assert app.consumer_secrets == (Secret("newest"), Secret("older"))
    assert app.webhook_path == "/x/my-shop/abc"
    assert settings.connect_at_start
    assert settings.reconcile_after_s == (1.0, 2.5)
    assert settings.port == 0


def test_the_environment_wins_over_the_file_and_the_option_over_both() -> None:
    path = Path("given.toml")
    path.write_text(FILE, encoding="utf-8")

    settings = load(path, environ={"ROOST_PORT": "1", "ROOST_BOTS": "other:bot"}, bots=["my.py"])

    assert settings.port == 1
    assert settings.bots == ("my.py",)
    assert settings.origins["port"] == "environment"
    assert settings.origins["bots"] == "option"
    assert settings.origins["apps.main.app_id"] == "file"
    assert "host" not in settings.origins


def test_the_file_is_the_one_named_else_the_one_in_the_folder() -> None:
    Path("roost.toml").write_text("port = 1", encoding="utf-8")
    Path("named.toml").write_text("port = 2", encoding="utf-8")
    Path("given.toml").write_text("port = 3", encoding="utf-8")
    named = {"ROOST_SETTINGS": "named.toml"}

    assert load(environ={}).port == 1
    assert load(environ=named).port == 2
    assert load(Path("given.toml"), environ=named).port == 3


@pytest.mark.parametrize(
    "variable",
    ["SETTINGS", "CRASH_AT", "STOP_AT", "BROWSER", "REQUIRE_BROWSER", "TEST_PG"],
)
def test_variables_of_tests_are_no_settings(variable: str) -> None:
    environ = {f"ROOST_{variable}": "given.toml"}
    assert loaded(environ=environ).port == 9000


def test_a_named_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml: cannot be read"):
        load(environ={"ROOST_SETTINGS": "absent.toml"})


def test_a_file_that_is_not_toml_is_refused_with_the_line() -> None:
    assert "given.toml: is not TOML" in str(refused("port = 1\nport 2"))
    assert "line 2" in str(refused("port = 1\nport 2"))


def test_a_file_that_is_not_text_is_refused() -> None:
    Path("roost.toml").write_bytes(b'host = "\xff"')
    with pytest.raises(SettingsError, match="is not UTF-8 text"):
        load(environ={})


@pytest.mark.parametrize(
    ("file", "name", "meant"),
    [
        ("prot = 1", "prot", "Did you mean port?"),
        ("[apps.main]\nconsumer_secret = 'k'", "apps.main.consumer_secret", "consumer_secrets?"),
        ("zzz = 1", "zzz", "There are: data, host, port"),
        ("[zzz]\nport = 1", "zzz", "There are: data, host, port"),
    ],
)
def test_an_unknown_name_in_the_file_is_refused_with_the_nearest(
    file: str, name: str, meant: str
) -> None:
    error = refused(file)
    assert error.name == name
    assert meant in error.remedy


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("ROOST_PROT", "Did you mean ROOST_PORT?"),
        ("ROOST_port", "Did you mean ROOST_PORT?"),
        ("ROOST_APPS", "ROOST_PORT"),
        ("ROOST_APPS__MAIN", "ROOST_APPS__MAIN__APP_ID"),
        ("ROOST_APPS__MAIN__APPID", "Did you mean ROOST_APPS__MAIN__APP_ID?"),
        ("ROOST_ORIGINS", "ROOST_"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest(variable: str, meant: str) -> None:
    error = refused(environ={variable: "1"})
    assert error.name == variable
    assert meant in error.remedy


def test_what_is_missing_is_named_in_the_file_and_in_the_environment() -> None:
    error = refused(FILE.replace('app_id = "123"', ""))
    assert error.name == "apps.main.app_id"
    assert "is missing; it takes an id from X: 1 to 19 digits" in str(error)
    assert "Set `app_id` under [apps.main]" in error.remedy
    assert "ROOST_APPS__MAIN__APP_ID" in error.remedy


def test_an_app_with_nothing_in_it_is_noticed() -> None:
    assert refused("[apps.main]").name == "apps.main.app_id"


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"ROOST_PORT": "many"}, "takes a whole number, 0 to 65535; found text of 4 characters"),
        ({"ROOST_PORT": "65536"}, "takes a whole number, 0 to 65535"),
        ({"ROOST_CONNECT_AT_START": "yes"}, "takes true or false"),
        ({"ROOST_LOG_FORMAT": "xml"}, 'takes "console" or "json"'),
        ({"ROOST_RECONCILE_AFTER_S": "1"}, "takes two waits in seconds, each more than 0"),
        ({"ROOST_TURN_DEADLINE_S": "0"}, "takes seconds, more than 0"),
        ({"ROOST_LEASE_S": "nan"}, "takes seconds, more than 0"),
        ({"ROOST_DATA": ""}, "takes a folder; found text of 0 characters"),
        ({"ROOST_BOTS": "a b:c"}, "takes a list of bots, each like module:bot"),
        ({"ROOST_APPS__MAIN__WEBHOOK_PATH": "/webhook"}, "takes a path that begins with /x/"),
        ({"ROOST_ACCOUNTS__SHOP__USER_ID": "@shop"}, "takes an id from X: 1 to 19 digits"),
    ],
)
def test_a_wrong_variable_is_refused_with_what_it_takes(
    environ: dict[str, str], problem: str
) -> None:
    error = refused(environ=environ)
    assert problem in str(error)
    assert next(iter(environ)) in error.remedy


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("port = 70000", "found the number 70000 in the file"),
        ("port = '1'", "found text of 1 characters in the file"),
        ("port = true", "found a boolean in the file"),
        ("bots = {}", "found a dict in the file"),
        ("bots = 'shop:bot'", "found text of 8 characters in the file"),
        ("reconcile_after_s = [1]", "found a list of 1 in the file"),
        ("apps = 1", "apps: takes a table"),
        ("apps = {main = 1}", "apps.main: takes a table"),
        ("[apps.Main]", "apps.Main: a name under [apps] takes 1 to 40 of a-z, 0-9 and hyphen"),
    ],
)
def test_a_wrong_value_in_the_file_is_refused_with_what_was_found(line: str, problem: str) -> None:
    assert problem in str(refused(line))


@pytest.mark.parametrize("value", ["123456789", "['123456789', '']", "['123456789', 5]"])
def test_a_wrong_secret_is_not_quoted(value: str) -> None:
    error = refused(FILE.replace('["newest", "older"]', value))
    assert error.name == "apps.main.consumer_secrets"
    assert "123456789" not in str(error)
    assert error.__cause__ is None


def test_a_token_of_another_user_is_noticed() -> None:
    error = refused(FILE.replace('user_id = "42"', 'user_id = "43"'))
    assert error.name == "accounts.shop.access_token"
    assert "this one begins with 42, the account's user_id is 43" in str(error)
    assert "42-token" not in str(error)


def test_an_account_names_an_app_that_exists() -> None:
    error = refused(FILE + 'app = "mian"')
    assert error.name == "accounts.shop.app"
    assert "the apps are: main" in str(error)


def test_an_account_names_its_app_where_there_is_not_exactly_one() -> None:
    second = '[apps.second]\napp_id = "1"\nconsumer_key = "k"\nconsumer_secrets = ["s"]\n'
    assert "there are 2 apps" in str(refused(FILE + second))
    assert "there are 0 apps" in str(refused(FILE[FILE.index("[accounts") :]))


def test_an_account_names_its_bot_where_several_are_served() -> None:
    both = {"ROOST_BOTS": "a:bot,b:bot"}
    assert "2 bots are served" in str(refused(environ=both))
    named = loaded(environ=both | {"ROOST_ACCOUNTS__SHOP__BOT": "a"})
    assert named.accounts["shop"].bot == "a"


def test_two_accounts_are_not_the_same_user() -> None:
    again = FILE[FILE.index("[accounts") :].replace("shop", "again")
    error = refused(FILE + again)
    assert error.name == "accounts.again.user_id"
    assert "same as that of accounts.shop" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "api.x.com",
        "ftp://api.x.com",
        "https://",
        "https://api.x.com/2",
        "https://me:pass@api.x.com",
        "https://api.x.com?a=b",
        "https://api.x.com:99999",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("name", ["x_base_url", "upload_base_url", "public_url"])
def test_an_address_is_absolute_and_has_no_path(name: str, url: str) -> None:
    error = refused(environ={f"ROOST_{name.upper()}": url})
    assert error.name == name
    assert "me:pass" not in str(error)


def test_a_last_slash_of_an_address_is_dropped() -> None:
    settings = loaded(environ={"ROOST_X_BASE_URL": "http://127.0.0.1:8090/"})
    assert settings.x_base_url == "http://127.0.0.1:8090"


def test_x_itself_calls_only_https() -> None:
    plain = {"ROOST_PUBLIC_URL": "http://roost.example"}
    assert "must begin with https" in str(refused(environ=plain))
    simulated = loaded(environ=plain | {"ROOST_X_BASE_URL": "http://simulator:8090"})
    assert simulated.public_url == "http://roost.example"


@pytest.mark.parametrize(
    ("file", "environ", "name"),
    [
        ("", {}, "apps"),
        (FILE[: FILE.index("[accounts")], {}, "accounts"),
        (FILE.replace('bots = ["shop:bot"]', ""), {}, "bots"),
        (FILE, {"ROOST_CONNECT_AT_START": "true"}, "public_url"),
    ],
)
def test_serving_needs_an_app_an_account_and_a_bot(
    file: str, environ: dict[str, str], name: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        check_servable(loaded(file, environ))
    assert caught.value.name == name


def test_an_app_an_account_and_a_bot_are_enough_to_serve() -> None:
    check_servable(loaded())


SHARED = {"ROOST_DATABASE": "postgresql://db/roost"}


@pytest.mark.parametrize("role", [Role.WEB, Role.WORKER])
def test_a_role_needs_a_database_that_processes_can_share(role: Role) -> None:
    with pytest.raises(SettingsError, match=rf"^database: .*--role {role} .*ROOST_DATABASE"):
        check_servable(loaded(), role)

    check_servable(loaded(environ=SHARED), role)


def test_only_a_process_that_works_needs_a_bot() -> None:
    settings = loaded(FILE.replace('bots = ["shop:bot"]', ""), SHARED)

    check_servable(settings, Role.WEB)
    with pytest.raises(SettingsError, match=r"^bots: is missing"):
        check_servable(settings, Role.WORKER)


def test_proxies_are_trusted_by_address_or_network() -> None:
    settings = loaded('trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]')
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "fd00::/8")
    for odd in ("*", "proxy", "10.0.0.1/8"):
        assert refused(f"trusted_proxies = ['{odd}']").name == "trusted_proxies"
