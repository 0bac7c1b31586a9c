"""The page's scripts and styles in as few files as can be: our script, our styles, Gradio's styles."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ui.bundle import early, scripts
from ui.bundle.assets import ASSETS
from ui.gradio_private import FRONTEND

SCRIPT, STYLE, CONTROLS = "page.js", "page.css", "controls.css"
STYLES = (
    "studio.css", "shots.css", "views.css", "money.css", "doors.css", "picker.css", "tools.css", "marks.css",
    "people.css", "many.css", "plans.css", "restore.css", "reach.css", "forced.css",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """Joined files by their address, and what of Gradio's the page will ask for."""

    files: Mapping[str, bytes]
    early: early.Early
    script: str
    styles: str
    """Ours."""
    controls: str
    """Gradio's."""


def bundle(kinds: Iterable[str] = (), folder: Path = ASSETS) -> Bundle:
    """For a page with these kinds of Gradio controls."""
    asked = early.early(kinds)
    joined = dict(scripts.join(folder / "studio.js", SCRIPT))
    joined[STYLE] = b"\n".join((folder / name).read_bytes() for name in STYLES)
    joined[CONTROLS] = b"\n".join((FRONTEND / name).read_bytes() for name in asked.styles)
    names = {name: _hashed(name, content) for name, content in joined.items()}
    files = {f"assets/{names[name]}": content for name, content in joined.items()}
    own = {name: f"assets/{names[name]}" for name in names}
    return Bundle(files, asked, own[SCRIPT], own[STYLE], own[CONTROLS])


def _hashed(name: str, content: bytes) -> str:
    # A map is asked for under the name that stands in its script.
    if name.endswith(".map"):
        return name
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
