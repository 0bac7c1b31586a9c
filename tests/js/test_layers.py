"""Scripts build on each other in one direction, and each name that one gives is taken by another."""

import re
from pathlib import Path

import pytest

from tests.support.sources import ROOT, files

ORDER = ("core", "form", "jobs", "library", "settings")
"""Each may use what stands before it."""
SCRIPTS = [path for path in files("*.js") if path.is_relative_to(ROOT / "assets/js")]
ENTRIES = [
    ROOT / "assets/studio.js",
    *(path for path in files("*.js") if path.is_relative_to(ROOT / "tests/js")),
]
"""What uses scripts without being used: the page's entry, and tests."""
IMPORT = re.compile(r'(?:\bfrom |\bimport\()"(\.{1,2}/[^"]+\.js)"')

EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)
TAKEN = re.compile(
    r'(?:\* as (?P<all>\w+)|\{(?P<names>[^}]*)\}) (?:from |= await import\()"(?P<file>[^"]+)"'
)
"""What a script takes from another: names, or all under one name."""


def _room(path: Path) -> int:
    return ORDER.index(path.relative_to(ROOT / "assets/js").parts[0])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_uses_only_what_stands_before_its_folder(path: Path) -> None:
    needed = [(path.parent / name).resolve() for name in IMPORT.findall(path.read_text("utf-8"))]
    assert [str(other) for other in needed if _room(other) > _room(path)] == []


def _taken() -> set[tuple[Path, str]]:
    """(script, name) of all that scripts and tests take from each other."""
    found: set[tuple[Path, str]] = set()
    for path in (*SCRIPTS, *ENTRIES):
        text = path.read_text("utf-8")
        for match in TAKEN.finditer(text):
            origin = (path.parent / match["file"]).resolve()
            if match["names"] is not None:
                names = {part.split()[0] for part in match["names"].split(",") if part.strip()}
            elif re.search(rf"\b{match['all']}\b(?![.\w])", text[match.end() :]):
                # Handed on as a whole.
                names = set(EXPORT.findall(origin.read_text("utf-8")))
            else:
                names = set(re.findall(rf"\b{match['all']}\.(\w+)", text))
            found |= {(origin, name) for name in names}
    return found


def test_each_name_that_a_script_gives_is_taken_by_another() -> None:
    given = {(path, name) for path in SCRIPTS for name in EXPORT.findall(path.read_text("utf-8"))}
    assert len(given) > 200
    assert sorted(f"{path.stem}.{name}" for path, name in given - _taken()) == []
