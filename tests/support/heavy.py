"""Pictures that take much to decode, and processes that do it: who they are and how much they ever held."""

import io
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image

from providers.library.decoding.lanes import Decoders, Workers
from providers.library.decoding.tasks import Bounds
from providers.library.pixels import LARGE

PATIENCE = 120.0
"""Seconds in which a busy machine gets done what takes it a moment."""
SIDE = 8000


@cache
def lossless() -> bytes:
    """A lossless WebP of 64 megapixels in very many colors, small as a file."""
    across = Image.linear_gradient("L").resize((SIDE, SIDE))
    picture = Image.merge("RGB", (across, across.rotate(90), Image.new("L", (SIDE, SIDE), 80)))
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True, method=0, quality=0)
    return out.getvalue()


def decoders(light: Bounds | None = None, heavy: Bounds | None = None) -> Decoders:
    """Some of a test's own: one worker each, patient where nothing else is said."""
    return Decoders(
        Workers("a test's light", 1, light or Bounds(LARGE, 1 << 30, PATIENCE)),
        Workers("a test's heavy", 1, heavy or Bounds(0, 2 << 30, PATIENCE)),
    )


def children(pid: int) -> list[int]:
    """The processes that this one has begun."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.append(int(folder.name))
    return found


def is_there(pid: int) -> bool:
    """Whether a process of this number does anything."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def environment(pid: int) -> bytes:
    """What a process was given when it began."""
    return Path(f"/proc/{pid}/environ").read_bytes()


def held(pid: int, what: str = "VmHWM") -> float:
    """Megabytes that a process holds (VmRSS), or the most that it ever held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) * 1024 / 1e6


def until(holds: Callable[[], bool]) -> None:
    """Wait for what must become true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "It never came true."
        time.sleep(0.01)


def endless(folder: Path) -> Path:
    """A file whose first byte never comes."""
    path = folder / "endless"
    os.mkfifo(path)
    return path
