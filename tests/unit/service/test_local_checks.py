"""What the doctor says of a database on this machine."""

from __future__ import annotations

import os
from contextlib import closing

from roost.service.doctor import local_checks
from roost.service.doctor.findings import Level
from roost.settings import Settings
from roost.store import log_alarm, schema
from roost.store.connection import open_for_writing


def test_a_log_that_cannot_be_emptied_is_named_with_its_size(tmp_path):
    path = tmp_path / "roost.db"
    schema.upgrade(path)
    settings = Settings(data=tmp_path)
    with closing(open_for_writing(path)) as writer:
        writer.execute("CREATE TABLE t (a)")
        assert local_checks.database(settings).level is Level.OK
        os.truncate(f"{path}-wal", log_alarm.LARGE)

        found = local_checks.database(settings)

    assert found.level is Level.WARNING
    assert "its write-ahead log holds 256 MB" in found.says
    assert f"lsof {path}" in found.remedy
