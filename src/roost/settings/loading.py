"""One `Settings` from everything that was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import fields, replace

from roost.settings import checks, names, sources
from roost.settings.names import Name
from roost.settings.sources import Found, Origin
from roost.settings.values import Account, App, DatabaseUrl, Secret, Settings

_T = TypeVar("_T", App, Account, Settings)


def load(
    path: Path | None = None, *, environ: Mapping[str, str], bots: Sequence[str] = ()
) -> Settings:
    """Read and check the settings. The environment wins over the file, `bots` over both.

    Args:
        path: The settings file; `None` for `$ROOST_SETTINGS`, else `./roost.toml` if present.
        environ: Usually `os.environ`. Names are `ROOST_PORT`, `ROOST_APPS__MAIN__APP_ID`; lists
            are comma-separated.
        bots: References given on the command line; empty to use the setting `bots`.

    Raises:
        SettingsError: The first setting that is wrong, missing or unknown. Nothing was opened.
    """
    found = sources.from_file(path, environ) | sources.from_environment(environ)
    if bots:
        found["bots",] = Found(list(bots), Origin.OPTION)
    settings = replace(
        _build(Settings, (), found),
        apps=MappingProxyType({k: _build(App, ("apps", k), found) for k in _keys("apps", found)}),
        accounts=MappingProxyType(
            {k: _build(Account, ("accounts", k), found) for k in _keys("accounts", found)}
        ),
        origins=MappingProxyType({names.dotted(n): f.origin.value for n, f in found.items()}),
    )
    return checks.checked(settings)


def _keys(group: str, found: Mapping[Name, Found]) -> Iterator[str]:
    """Give the keys of a group, each once, in the order found."""
    yield from dict.fromkeys(name[1] for name in found if name[0] == group)


def _build(cls: type[_T], prefix: Name, found: Mapping[Name, Found]) -> _T:
    hints = get_type_hints(cls, include_extras=True)
    values: dict[str, object] = {}
    for field in fields(cls):
        name = (*prefix, field.name)
        if name in found:
            values[field.name] = _convert(name, found[name], hints[field.name])
        elif field.required:
            raise names.wrong(name, f"is missing; it takes {_meta(hints[field.name]).description}")
    return msgspec.convert(values, cls)


def _convert(name: Name, found: Found, hint: object) -> object:
    is_text = found.origin is Origin.ENVIRONMENT
    value = found.value
    if is_text and isinstance(value, str) and _takes_list(hint):
        value = [part.strip() for part in value.split(",")]
    try:
        return msgspec.convert(value, hint, strict=not is_text, dec_hook=_from_text)
    except msgspec.ValidationError:
        # Without its cause, whose text may quote the value.
        problem = f"takes {_meta(hint).description}; found {_described(value, hint)}"
        raise names.wrong(name, f"{problem} in the {found.origin.value}") from None


def _from_text(cls: type, value: object) -> object:
    """Make what msgspec does not know by itself; it turns a `ValueError` into its own error."""
    if not isinstance(value, str) or not value:
        raise ValueError("takes text")
    if cls is Secret:
        return Secret(value)
    if cls is DatabaseUrl:
        return DatabaseUrl(value)
    if cls is Path:
        return Path(value)
    raise TypeError(f"{cls.__name__} is no type of a setting")


def _metas(hint: object) -> Iterator[msgspec.Meta]:
    for part in get_args(hint):
        if isinstance(part, msgspec.Meta):
            yield part
    for part in get_args(hint):
        yield from _metas(part)


def _meta(hint: object) -> msgspec.Meta:
    """Find the outermost description of a field; every field has one (tested)."""
    return next(meta for meta in _metas(hint) if meta.description)


def _takes_list(hint: object) -> bool:
    return get_origin(hint) is tuple or any(get_origin(part) is tuple for part in get_args(hint))


def _is_secret(hint: object) -> bool:
    return hint is Secret or hint is DatabaseUrl or any(_is_secret(part) for part in get_args(hint))


def _described(value: object, hint: object) -> str:
    """Say what was found by type and size; only numbers that are no secret are quoted."""
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number" if _is_secret(hint) else f"the number {value}"
        case str():
            return f"text of {len(value)} characters"
        case list():
            return f"a list of {len(cast('list[object]', value))}"
        case _:
            return f"a {type(value).__name__}"
