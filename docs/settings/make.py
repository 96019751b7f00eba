"""Write `docs/reference/settings.md`: every setting, as the code that checks it describes it.

Run it with `python docs/settings/make.py`; a test says when the page is out of date.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
from msgspec.structs import FieldInfo, fields

from roost.settings import Account, App, Settings, names

PAGE = Path(__file__).parents[1] / "reference/settings.md"

HEAD = """# Settings

`python docs/settings/make.py` writes this page from the code that checks the settings.

They are in a TOML file: the one that `--settings` names, else `$ROOST_SETTINGS`, else
`roost.toml` in the working directory. Each can also come from the environment, which wins: `port`
is `ROOST_PORT`, `app_id` of `[apps.main]` is `ROOST_APPS__MAIN__APP_ID`, and the parts of a list
are divided by commas. `roost settings` shows what holds, where each value came from, and no
secret. A name that is no setting, and a value that a setting does not take, is an error that
names it, and nothing is started.

The smallest file with which `roost serve --bot my_bot.py` answers for an account:

```toml
public_url = "https://roost.example"

[apps.main]
app_id = "100000000000000001"
consumer_key = "..."
consumer_secrets = ["..."]

[accounts.acme]
user_id = "1001"
access_token = "..."
access_token_secret = "..."
```

Accounts that are connected in the desk or by `roost accounts connect` need no table: their tokens
are in the database, sealed.
"""

GROUPS = {
    Settings: ("The application", "At the top of the file, before the tables."),
    App: ("An app: `[apps.KEY]`", "One table for each; whose webhook X calls, and who signs."),
    Account: (
        "An account: `[accounts.KEY]`",
        "One table for each that is answered for.",
    ),
}


def page() -> str:
    """Make the page."""
    parts = [HEAD]
    for table, (title, about) in GROUPS.items():
        parts.append(f"## {title}\n\n{about}\n")
        parts.append("| setting | takes | default | |\n|---|---|---|---|")
        parts.extend(_rows(table))
        parts.append("")
    return "\n".join(parts)


def _rows(table: type[Settings | App | Account]) -> Iterator[str]:
    said = _attributes(table)
    hints = get_type_hints(table, include_extras=True)
    for field in fields(table):
        if table is not Settings or field.name in names.TOP:
            takes, default = _takes(hints[field.name]), _default(field)
            yield f"| `{field.name}` | {takes} | {default} | {said[field.name]} |"


def _attributes(table: type) -> dict[str, str]:
    """Read what the docstring says of each field."""
    _, _, listed = (inspect.getdoc(table) or "").partition("Attributes:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", listed, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text).replace("`None`", "none") for name, text in found}


def _takes(hint: object) -> str:
    for part in get_args(hint):
        if isinstance(part, msgspec.Meta) and part.description:
            return part.description
    return next(filter(None, map(_takes, get_args(hint))), "")


def _default(field: FieldInfo) -> str:
    if field.required:
        return "**required**"
    if field.default is None:
        return "none"
    return f"`{json.dumps(field.default, default=str)}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
