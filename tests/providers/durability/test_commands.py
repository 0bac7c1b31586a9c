"""Commands of the data folder answer to the names that they had, which people have in their notes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.histories import a_history
from tests.support.sources import ROOT

pytestmark = pytest.mark.slow
ROOMS = ("providers.jobs", "providers.durability")
"""Where the commands were, and where they are."""


def told(module: str, *arguments: str) -> tuple[int, str, str]:
    """What a command answers: its code, what it says, and its complaints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["restore", "verify"])
def test_the_old_name_of_a_command_explains_it_too(command: str) -> None:
    old, new = (told(f"{room}.{command}", "--help") for room in ROOMS)
    assert old == new
    assert old[0] == 0
    assert f"usage: python -m providers.durability.{command} " in old[1]


@pytest.mark.fault("F65")
@pytest.mark.parametrize("room", ROOMS)
def test_a_lost_history_comes_back_and_is_checked_by_either_name(tmp_path: Path, room: str) -> None:
    jobs = a_history(tmp_path)
    (tmp_path / "jobs.db").write_bytes(b"no history" * 500)
    where = ("--data-dir", str(tmp_path))
    code, said, complaint = told(f"{room}.verify", *where)
    assert (code, said) == (1, "")
    assert "restore" in complaint
    code, said, _ = told(f"{room}.restore", *where)
    assert code == 0
    assert f"{len(jobs)} jobs" in said
    old, new = (told(f"{one}.verify", *where)[:2] for one in ROOMS)
    assert old == new
    assert "3 files" in old[1]


@pytest.mark.parametrize("command", ["restore", "verify"])
def test_a_folder_that_is_not_there_is_refused_alike(tmp_path: Path, command: str) -> None:
    gone = ("--data-dir", str(tmp_path / "gone"))
    old, new = (told(f"{room}.{command}", *gone) for room in ROOMS)
    assert old == new
    assert old[0] == 1
    assert not (tmp_path / "gone").exists()
