"""Libraries that stand between a process and its disk (LD_PRELOAD), built where they are needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent


class NoCompiler(Exception):
    """A library cannot be built here."""


def built(name: str, folder: Path) -> Path:
    """Build a library, with `cc` or with the compiler of the wheel `ziglang`.

    Args:
        name: Of its source, beside this file, without the suffix.
        folder: Where to put it.

    Raises:
        NoCompiler: There is neither, or it refuses.
    """
    named = shutil.which(os.environ.get("CC", "cc"))
    command = [named] if named else [sys.executable, "-m", "ziglang", "cc"]
    if named is None and find_spec("ziglang") is None:
        raise NoCompiler("install a C compiler (`cc`), or the wheel `ziglang`")
    library = folder / f"{name}{sysconfig.get_config_var('SHLIB_SUFFIX') or '.so'}"
    source = FOLDER / f"{name}.c"
    compiled = subprocess.run(
        [*command, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"],
        capture_output=True,
        text=True,
        check=False,
    )
    if compiled.returncode:
        raise NoCompiler(f"{' '.join(command)}: {compiled.stderr}")
    return library
