"""One owner per database file, for as long as it lives."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from roost.errors import StoreLocked
from roost.store.ownership import owned

OWNER = """
import sys
from pathlib import Path
from roost.store.ownership import owned

with owned(Path(sys.argv[1])):
    print("owned", flush=True)
    sys.stdin.read()
"""


@pytest.mark.crash
def test_another_process_is_named_until_it_is_gone(tmp_path):
    path = tmp_path / "roost.db"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "owned\n"
        with pytest.raises(StoreLocked) as refused, owned(path):
            pytest.fail("it was owned twice")
        other.kill()

    assert refused.value.pid == other.pid
    with owned(path):
        assert path.with_name("roost.db.lock").read_text() == str(os.getpid())


def test_a_lock_that_says_nothing_has_no_pid(tmp_path):
    path = tmp_path / "roost.db"
    with owned(path):
        path.with_name("roost.db.lock").write_text("")
        with pytest.raises(StoreLocked) as refused, owned(path):
            pytest.fail("it was owned twice")

    assert refused.value.pid == 0
