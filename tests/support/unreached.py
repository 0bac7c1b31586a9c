"""Commands that ask the index of packages, for tests that are left out where none answers."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

UNREACHED = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|No matching distribution found"
    r"|error sending request|Failed to fetch"
)
"""What pip and uv say where no index answers."""


def answered(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What a command of this environment says; the test is left out where no index answers, but not in CI."""
    program = Path(sys.executable).with_name(command[0])
    told = subprocess.run(
        [str(program), *command[1:]],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if told.returncode and UNREACHED.search(told.stderr) and "CI" not in os.environ:
        pytest.skip("no package index can be reached")
    return told
