"""What Gradio's page will ask for one after the other, read from its own scripts so that it can come at once.

Its scripts name what they load later in lists that its bundler wrote. If a later Gradio writes them otherwise,
nothing is found, and the page is ready a little later.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ui.gradio_private import ASKED, CONTROL, FRONTEND, LISTED


@dataclass(frozen=True, slots=True)
class Early:
    """Names of Gradio's files for a page, in the order in which it asks for them."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def early(kinds: Iterable[str], folder: Path = FRONTEND) -> Early:
    """The files for a page with these kinds of controls, but for those that it names itself."""
    names = dict.fromkeys(_all(sorted(set(kinds)), folder))
    named = {
        path.name for pattern in ("index-*.js", "index-*.css") for path in folder.glob(pattern)
    }
    found = [name for name in names if name not in named and (folder / name).is_file()]
    return Early(
        tuple(name for name in found if name.endswith(".js")),
        tuple(name for name in found if name.endswith(".css")),
    )


def _all(kinds: list[str], folder: Path) -> Iterator[str]:
    for entry in sorted(folder.glob("index-*.js")):
        for first, files in _asked(entry).items():
            yield from files
            if first.startswith("Index-"):
                later = _asked(folder / first).items()
                yield from (
                    file for name, needs in later if name.startswith("Blocks-") for file in needs
                )
    for core in sorted(folder.glob("core-*.js")):
        text = core.read_text(encoding="utf-8")
        for kind in kinds:
            if control := re.search(CONTROL.format(re.escape(kind)), text):
                yield from _asked(core).get(control[1], ())


@cache
def _asked(path: Path) -> Mapping[str, tuple[str, ...]]:
    text = path.read_text(encoding="utf-8")
    files = _listed(text)
    return {
        match[1]: tuple(
            files[int(place)] for place in match[2].split(",") if int(place) < len(files)
        )
        for match in ASKED.finditer(text)
    }


def _listed(text: str) -> list[str]:
    listed = LISTED.search(text)
    try:
        names = json.loads(listed[1]) if listed else []
    except ValueError:
        return []
    return [name.removeprefix("./") for name in names if isinstance(name, str)]
