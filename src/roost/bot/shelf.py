"""Files that bots name: found beside the bot, and looked at where a message names one."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from roost.errors import BotError, InvalidMessage
from roost.model import media
from roost.model.media import MediaFile

_VERBS = frozenset({"say", "ask", "choose", "confirm"})
_LONGEST_PATH = 4_096


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files are that a bot names.

    Attributes:
        folder: That of the bot's file; absolute. Absolute paths are taken as they are.
    """

    folder: Path = Path("/")

    @property
    def remedy(self) -> str:
        """What to do about a file that is not there, for people."""
        return f"Name a file that X takes; they are looked for in {self.folder}"

    def media(self, path: str) -> MediaFile:
        """Give a picture, GIF or video. Its bytes are read, unless they were and did not change.

        Raises:
            InvalidMessage: It is not there or cannot be read, X takes none of its kind, or it is
                too large; names limit and size.
        """
        whole = self.folder / path
        try:
            found = whole.stat()
            if not whole.is_file():
                raise _missing(whole, "is no file")
            return _read(str(whole), found.st_mtime_ns, found.st_size)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise _missing(whole, f"cannot be read: {reason}") from error


@functools.lru_cache(maxsize=256)
def _read(path: str, changed_at: int, n_bytes: int) -> MediaFile:
    """Look at a file; `changed_at` and `n_bytes` are those under which it is remembered."""
    del changed_at
    with Path(path).open("rb") as file:
        head = file.read(media.HEAD_BYTES)
        media_type = media.checked(path, head, n_bytes)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return MediaFile(path, digest, n_bytes, media_type)


def check_sources(files: Iterable[str], shelf: Shelf) -> None:
    """Look at the files that Python sources name where something is said.

    Only what stands there as a text can be looked at: `await chat.say("…", media="photo.png")`.

    Args:
        files: The sources; what is no file with Python in it is passed over.
        shelf: Where the files are.

    Raises:
        BotError: One of them cannot be sent; names the line it stands in.
    """
    for source in sorted(set(files)):
        for line, path in _named_in(Path(source)):
            try:
                shelf.media(path)
            except InvalidMessage as error:
                raise BotError(
                    str(error),
                    place=f"{source}:{line}",
                    remedy=shelf.remedy,
                ) from error


def _named_in(source: Path) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(source.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            yield from _named_by(node.value)


def _named_by(call: ast.Call) -> Iterator[tuple[int, str]]:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _VERBS:
        for one in call.keywords:
            match one:
                case ast.keyword(arg="media", value=ast.Constant(value=str(path))) if path:
                    yield one.value.lineno, path
                case _:
                    pass


def _missing(path: Path, problem: str) -> InvalidMessage:
    shown = str(path)
    told = f"{shown[:_LONGEST_PATH]} {problem}"
    return InvalidMessage("media", told, limit=_LONGEST_PATH, value=len(shown), is_size=False)
