# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:download`` through Processing, on the real object store."""

from __future__ import annotations

import os
from contextlib import closing

import pytest
from qgis.core import QgsProcessingException

from tests.qgis.processing_fixtures import RecordingFeedback, container, env, provider, run

__all__ = ["container", "env", "provider", "run"]


@pytest.fixture
def target(container):
    return {"CONNECTION": "env", "CONTAINER": container}


def test_fetches_a_prefix_and_a_key_and_goes_on_the_next_time(run, env, target, tmp_path):
    data = os.urandom(100_000)
    with closing(env.connection()) as behind:
        for key in ("p/a.bin", "p/q/b.bin", "c.bin"):
            behind.put_object(target["CONTAINER"], key, data)
    feedback = RecordingFeedback()
    done = run("download", feedback, **target, KEYS="p/\nc.bin", OUTPUT=str(tmp_path / "x"))
    assert (done["COUNT"], done["SIZE"], done["SKIPPED"]) == (3, 300_000, 0)
    assert feedback.progress() == 100
    for name in ("a.bin", "q/b.bin", "c.bin"):
        assert (tmp_path / "x" / name).read_bytes() == data
    again = run("download", **target, KEYS="p/\nc.bin", OUTPUT=str(tmp_path / "x"))
    assert (again["COUNT"], again["SKIPPED"]) == (0, 3)


def test_files_that_are_there_are_kept_unless_asked(run, env, target, tmp_path):
    with closing(env.connection()) as behind:
        behind.put_object(target["CONTAINER"], "a", b"theirs")
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(QgsProcessingException, match="allow overwriting"):
        run("download", **target, KEYS="a", OUTPUT=str(tmp_path))
    assert (tmp_path / "a").read_bytes() == b"mine"
    run("download", **target, KEYS="a", OVERWRITE=True, OUTPUT=str(tmp_path))
    assert (tmp_path / "a").read_bytes() == b"theirs"


def test_a_cancelled_run_leaves_no_part(run, env, target, tmp_path):
    with closing(env.connection()) as behind:
        behind.put_object(target["CONTAINER"], "a", os.urandom(48 << 20))
    run("download", RecordingFeedback(cancel_at=1), **target, KEYS="a", OUTPUT=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_too_long_are_shortened_if_asked(run, env, target, tmp_path):
    key = f"p/{'x' * 300}.tif"
    with closing(env.connection()) as behind:
        behind.put_object(target["CONTAINER"], key, b"data")
    with pytest.raises(QgsProcessingException, match="Allow shorter names"):
        run("download", **target, KEYS="p/", OUTPUT=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    feedback = RecordingFeedback()
    run("download", feedback, **target, KEYS="p/", SHORTEN=True, OUTPUT=str(tmp_path))
    [path] = tmp_path.iterdir()
    assert path.read_bytes() == b"data"
    assert [path.name in warning for warning in feedback.warnings] == [True]
