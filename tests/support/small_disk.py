"""A disk of a few megabytes that can be filled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NO_MOUNT = "Only root on Linux can make a small file system here."


def mount(folder: Path, options: str) -> None:
    """A file system of memory with these options, or a skipped test."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip(NO_MOUNT)
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(NO_MOUNT)


def fill(folder: Path) -> Path:
    """Take every byte that is left."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\1" * size)
            except OSError:
                continue
    return filler
