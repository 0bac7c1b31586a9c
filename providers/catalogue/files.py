"""Files against what a vendor takes: limits that one breaks, and how much of a frame a ratio cuts off."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import inf

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import (
    Choice,
    FileLimit,
    Frozen,
    MediaKind,
    Rule,
    Slot,
    Takes,
    When,
    is_given,
)

FRAMES = ("start_frame", "end_frame")
"""Fields whose images fill a whole frame of the video."""
SECONDS_APART, RATE_APART = 0.05, 1.01
"""By how many seconds, and how many times, a file may differ from round numbers."""
LEAST_CUT = 0.02
"""The share of an image of which nobody says that it is cut off: sizes of one ratio differ as much."""
RATIO = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")


class Leaving(Frozen):
    """A file as it leaves for a vendor. What is None is not known."""

    kind: MediaKind
    media_type: str
    width: int
    height: int
    bytes: int | None = None
    seconds: float | None = None
    rate: float | None = None
    """Frames in a second."""


def beyond(takes: Takes, file: Leaving, scale: int = 1) -> tuple[FileLimit, ...]:
    """Every limit that a file breaks. `scale`: how many times larger it is made.

    `assets/js/core/files.js` does the same.
    """
    short, long = sorted((file.width, file.height))
    shape, made = file.width / file.height, file.width * file.height * scale * scale
    broken: Mapping[FileLimit, bool] = {
        "types": file.kind == "video" and bool(takes.types) and file.media_type not in takes.types,
        "sides": _outside(short, takes.least_side, takes.most_lines)
        or _outside(long, None, takes.most_side),
        "shape": _outside(shape, takes.least_shape, takes.most_shape),
        "bytes": _outside(file.bytes, takes.least_bytes, takes.most_bytes),
        "seconds": _outside(file.seconds, takes.least_seconds, takes.most_seconds, SECONDS_APART),
        "rate": _outside(file.rate, None, takes.most_rate and takes.most_rate * RATE_APART),
        "made": _outside(made, None, takes.most_made),
    }
    return tuple(limit for limit, is_broken in broken.items() if is_broken)


def _outside(
    value: float | None, least: float | None, most: float | None, apart: float = 0
) -> bool:
    if value is None:
        return False
    return not (least or -inf) - apart <= value <= (inf if most is None else most) + apart


def shrunk(width: int, height: int, takes: Takes) -> tuple[int, int]:
    """Pixels of an image as it leaves. `assets/js/core/files.js` does the same."""
    longest, most = max(width, height), takes.shrunk_to
    if most is None or longest <= most:
        return width, height
    return max(1, round(width * most / longest)), max(1, round(height * most / longest))


def kept(width: float, height: float, ratio: str) -> float | None:
    """The share of an image that a ratio leaves of it, 0 to 1; None for a choice that is no ratio.

    `assets/js/core/files.js` does the same.
    """
    told = RATIO.fullmatch(ratio)
    if told is None or not float(told[2]) or not float(told[1]):
        return None
    one, other = width * float(told[2]), height * float(told[1])
    return min(one, other) / max(one, other)


def is_cut(width: float, height: float, ratio: str) -> bool:
    """Whether a ratio cuts off more of an image than nobody sees."""
    share = kept(width, height, ratio)
    return share is not None and 1 - share >= LEAST_CUT


def is_wider(width: float, height: float, ratio: str) -> bool:
    """Whether an image is wider than a ratio, which so cuts off its left and right."""
    told = RATIO.fullmatch(ratio)
    return told is not None and width * float(told[2]) > height * float(told[1])


def nearest(width: float, height: float, options: Sequence[str | int]) -> str | None:
    """The ratio that leaves the most of an image, the first of equals; None where no option is a ratio.

    `assets/js/core/files.js` does the same.
    """
    shares = {str(option): kept(width, height, str(option)) for option in options}
    known = {option: share for option, share in shares.items() if share is not None}
    return max(known, key=lambda option: known[option], default=None)


def cutting(rules: Mapping[str, Rule], given: Mapping[str, JsonValue]) -> Choice | None:
    """The rule about the ratio to which the frames of these fields are cut; None where none is."""
    rule = rules.get("ratio")
    frames = [rules.get(field) for field in FRAMES if is_given(given.get(field))]
    cut = any(isinstance(frame, Slot) and not frame.uncut for frame in frames)
    return rule if cut and isinstance(rule, Choice) else None


def fitted(rule: Choice, width: float, height: float) -> str | int | None:
    """The ratio for a start frame where nobody chose one: the nearest, if otherwise another would be sent."""
    if rule.default is None or kept(width, height, str(rule.default)) is None:
        return rule.default
    return nearest(width, height, rule.options)


def with_takes(
    specs: Iterable[ModelSpec], takes: Mapping[MediaKind, Takes]
) -> tuple[ModelSpec, ...]:
    """Rows whose files obey what a vendor says of all of them; where a row says more, that counts."""
    return tuple(
        spec.model_copy(
            update={
                "rules": _taking(spec.rules, takes),
                "when": tuple(_when(when, takes) for when in spec.when),
            }
        )
        for spec in specs
    )


def _when(when: When, takes: Mapping[MediaKind, Takes]) -> When:
    return when.model_copy(update={"rules": _taking(when.rules, takes)})


def _taking(rules: Mapping[str, Rule], takes: Mapping[MediaKind, Takes]) -> dict[str, Rule]:
    return {
        name: rule.model_copy(update={"takes": _both(takes[rule.kind], rule.takes)})
        if isinstance(rule, Slot) and rule.kind in takes
        else rule
        for name, rule in rules.items()
    }


def _both(general: Takes, own: Takes) -> Takes:
    told = own.model_dump(exclude_none=True, exclude_defaults=True)
    return general.model_copy(update={**told, "soft": (*general.soft, *own.soft)})
