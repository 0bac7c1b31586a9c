"""What a film's file shows: how many frames, and with which of them another shot begins."""

# PyAV's stubs leave frames open.
# pyright: reportUnknownMemberType=false

from itertools import pairwise
from pathlib import Path
from typing import cast

import av
from PIL import Image, ImageChops, ImageStat

SMALL = (64, 36)
CUT = 12.0
"""Neighbouring frames that differ by more, of 255 levels, belong to two shots."""


def cuts(path: Path) -> tuple[int, list[int]]:
    """The number of frames, and the numbers of those that begin a shot (the first one left out)."""
    with av.open(str(path)) as film:
        frames = [_small(frame) for frame in film.decode(video=0)]
    steps = [_difference(one, other) for one, other in pairwise(frames)]
    return len(frames), [number for number, step in enumerate(steps, start=1) if step > CUT]


def _small(frame: av.VideoFrame) -> Image.Image:
    picture = cast(Image.Image, frame.to_image())
    return picture.resize(SMALL, Image.Resampling.BOX)


def _difference(one: Image.Image, other: Image.Image) -> float:
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)
