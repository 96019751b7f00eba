"""PostgreSQL under the benchmarks: the server that is named, or the tests' own, on a disk."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol

_TESTS = Path(__file__).parents[1] / "tests" / "postgres.py"


class Databases(Protocol):
    """Makes databases on a server."""

    def made(self) -> str:
        """Make an empty database and give its DSN."""
        ...


@contextmanager
def databases(dsn: str | None) -> Generator[Databases]:
    """Give a server on which databases can be made; they are dropped on leaving.

    Args:
        dsn: Of a database whose user may create others; `None` to start a server.
    """
    postgres = _module()
    if dsn is not None:
        made = postgres.Databases(dsn)
        try:
            yield made
        finally:
            made.drop_all()
        return
    with postgres.cluster(parent=Path(tempfile.gettempdir())) as started:
        yield postgres.Databases(started.dsn)


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_tests_postgres", _TESTS)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{_TESTS} cannot be loaded")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
