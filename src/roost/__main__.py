"""The `roost` command. What can be answered without loading anything is answered here."""

from __future__ import annotations

import sys

from roost import __version__


def main() -> int:
    """Run the command line of this process.

    Returns:
        The exit code: 0 done, 2 wrong usage or a `RoostError`, 130 interrupted.
    """
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"roost {__version__}\n")
        return 0
    from roost.cli import app  # noqa: PLC0415 - --version is answered before anything is loaded

    return app.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
