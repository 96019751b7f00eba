"""Where the built pages lie."""

from __future__ import annotations

from pathlib import Path

BUILT = Path(__file__).parent.parent / "_ui"
"""A folder for each page: `index.html`, and `assets/` whose file names change with their content.

Wheels carry them; in a checkout they are missing until they have been built.
"""


def find(page: str) -> Path:
    """Give the folder of a built page.

    Args:
        page: `phone` or `stage`.

    Raises:
        FileNotFoundError: This is a checkout in which the pages have not been built yet.
    """
    folder = BUILT / page
    if not (folder / "index.html").is_file():
        message = f"{folder} is missing: run `python hatch_build.py` to build the pages"
        raise FileNotFoundError(message)
    return folder
