"""Scripts build on each other in one direction, and each name that one gives is taken by another."""

import re
from pathlib import Path

import pytest

from tests.support.sources import ROOT, files

ORDER = ("core", "form", "jobs", "library", "settings")
"""Each may use what stands before it."""
SCRIPTS = [path for path in files("*.js") if path.is_relative_to(ROOT / "assets/js")]
IMPORT = re.compile(r'(?:\bfrom |\bimport\()"(\.{1,2}/[^"]+\.js)"')


def _room(path: Path) -> int:
    return ORDER.index(path.relative_to(ROOT / "assets/js").parts[0])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_uses_only_what_stands_before_its_folder(path: Path) -> None:
    needed = [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text("utf-8"))]
    assert [str(other) for other in needed if _room(other) > _room(path)] == []
