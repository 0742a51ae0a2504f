# SPDX-License-Identifier: GPL-2.0-or-later
"""`make test` gives a few tests that failed beside the others one more run, and says so."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEADY = "def test_steady(): pass\n"
BROKEN = "def test_broken(): assert not 'broken for good'\n"
UNSTEADY = """
from pathlib import Path

def test_unsteady():
    seen = Path(__file__).with_name("seen")
    was_there = seen.exists()
    seen.touch()
    assert was_there
"""


@pytest.fixture
def run(tmp_path):
    """Runs the script over test files in a folder of their own."""
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "run_tests.sh"
    script.write_text((ROOT / "scripts" / "run_tests.sh").read_text())
    script.chmod(0o755)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    plugins = "-p no:pytest_qgis -p no:pytest-qt -p no:hypothesispytest"
    environment = {**os.environ, "WORKERS": "1", "PYTEST_ADDOPTS": plugins}

    def run(*arguments, **files):
        for name, text in files.items():
            (tmp_path / f"test_{name}.py").write_text(text)
        command = [script, *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    return run


def test_what_passes_at_once_is_not_run_again(run) -> None:
    done = run(steady=STEADY)
    assert done.returncode == 0
    assert "Once more" not in done.stdout


def test_an_unsteady_test_is_forgiven_and_named(run) -> None:
    done = run(steady=STEADY, unsteady=UNSTEADY)
    assert done.returncode == 0
    assert "assert was_there" in done.stdout  # why it failed
    assert done.stdout.rstrip().endswith("test_unsteady.py::test_unsteady")
    assert "UNSTEADY" in done.stdout


def test_what_fails_twice_fails(run) -> None:
    done = run(unsteady=UNSTEADY, broken=BROKEN)
    assert done.returncode == 1
    assert "UNSTEADY" not in done.stdout


def test_many_failures_are_not_forgiven(run) -> None:
    done = run(**{f"unsteady{i}": UNSTEADY.replace('seen"', f'seen{i}"') for i in range(6)})
    assert done.returncode == 1
    assert "Once more" not in done.stdout


def test_a_mistake_in_the_call_is_no_failed_test(run) -> None:
    assert run("--no-such-option", steady=STEADY).returncode == 4
