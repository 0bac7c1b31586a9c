"""Reservations on the disk: how many bytes the files of a request may take, and whether the disk has them.

Learned from what the same model made here, and until there is enough of that, from a rough table on the
safe side. What is set aside for open jobs is counted too, so that a hundred presses
cannot each take the same free space.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from providers.catalogue.requests import Request
from providers.errors import StoreProblem
from providers.library.disk import size_words

LEAST_FREE = 256 << 20
"""Bytes that stay free for the history, its backups and everything else."""
PER_PIXEL = 2
"""Bytes of a picture: a photograph as PNG."""
LINES = 1440
"""Of a picture or a video that says nothing of its size."""
PER_SECOND = ((480, 1_000_000), (720, 2_000_000), (1080, 4_000_000), (1 << 30, 12_000_000))
"""Bytes of video up to so many lines, at 25 to 60 frames a second."""
SECONDS = 15.0
"""Of a video that says nothing of its length."""
ENOUGH = 8
"""Earlier files of the same kind; fewer tell too little."""
QUANTILE = 0.95
"""The part of them that took no more than what is set aside for the next."""
NO_SPACE = (
    "Only {free} are free on the disk. With the jobs already running, this needs {needed}, so "
    "the result might not fit. Free some space and send it again."
)


def expected_bytes(request: Request, past: Sequence[float] = ()) -> int:
    """What all files of a request may take together.

    `past` is what earlier files of its kind took: bytes a picture, or bytes a second.
    """
    options = request.options
    count = max(1, int(_number(options.get("count"), 1)))
    lines, learned = _lines(options.get("resolution")), _learned(past)
    if request.kind == "image":
        return count * learned or count * PER_PIXEL * lines * lines * 16 // 9
    shots = request.shots if request.kind == "multishot" else ()
    seconds = _number(options.get("duration"), sum(shot.seconds or 0 for shot in shots) or SECONDS)
    rate = learned or next(rate for most, rate in PER_SECOND if lines <= most)
    return count * int(seconds * rate)


@dataclass(frozen=True, slots=True)
class DiskReservation:
    """What a job will take, in bytes. `free` looks how much the disk has."""

    own: int = 0
    free: Callable[[], int] | None = None

    def check(self, held: int) -> None:
        """Twice the own size, what others hold, and some more must be free. StoreProblem."""
        free = None if self.free is None else self.free()
        needed = LEAST_FREE + 2 * self.own + held
        if free is not None and free < needed:
            raise StoreProblem(NO_SPACE.format(free=size_words(free), needed=size_words(needed)))


def reservation_for(
    request: Request, free: Callable[[], int], past: Sequence[float] = ()
) -> DiskReservation:
    """The room of a request on a disk, by what files of its kind took before."""
    return DiskReservation(expected_bytes(request, past), free)


def _learned(past: Sequence[float]) -> int:
    if len(past) < ENOUGH:
        return 0
    return math.ceil(sorted(past)[math.ceil(QUANTILE * len(past)) - 1])


def _lines(told: JsonValue) -> int:
    found = re.fullmatch(r"(\d{1,4})\s*([kKpP]?)", str(told))
    if found is None:
        return LINES
    return int(found[1]) * (1024 if found[2].lower() == "k" else 1)


def _number(told: JsonValue, usual: float) -> float:
    found = re.match(r"\d{1,5}(\.\d+)?", str(told))
    return float(found[0]) if found else usual
