"""Where the built phone lies."""

from __future__ import annotations

from pathlib import Path

PHONE = Path(__file__).parent.parent / "_ui" / "phone"
"""The folder of the phone: `index.html`, and `assets/` whose file names change with their content.

Wheels carry it; in a checkout it is missing until it has been built.
"""


def find_phone() -> Path:
    """Give the folder of the built phone.

    Raises:
        FileNotFoundError: This is a checkout in which the pages have not been built yet.
    """
    if not (PHONE / "index.html").is_file():
        message = f"{PHONE} is missing: run `python hatch_build.py` to build the pages"
        raise FileNotFoundError(message)
    return PHONE
