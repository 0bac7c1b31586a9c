"""What is said of a file that a vendor would refuse or cut: what is wrong, the number that it has, the number
that is allowed, what to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from providers.catalogue.files import Leaving, is_cut, is_wider, kept, nearest
from providers.catalogue.rules import FileLimit, Takes, listed
from providers.library.media_types import suffix

UNSURE = "The limit isn't certain, so you can try this one."
LARGER, SMALLER = "Choose a larger one.", "Choose a smaller one."
Clauses = tuple[str, str, str]
"""What the file is like, what the model takes, what to do."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A file that breaks a limit."""

    who: str
    """What people call the file: "This image", "Reference 2"."""
    model: str
    takes: Takes
    file: Leaving
    scale: int = 1
    """How many times larger it is made."""

    def sentence(self, limit: FileLimit) -> str:
        """What is wrong, and what to do."""
        has, allowed, advice = _TOLD[limit](self)
        sentence = f"{self.who} {has}; {self.model} {allowed}. {advice}"
        return f"{sentence} {UNSURE}" if limit in self.takes.soft else sentence


def cut_off(who: str, size: tuple[int, int], ratio: str, options: Sequence[str | int]) -> str:
    """That a ratio cuts off a part of a frame, and which of these options cuts off less."""
    share, best = 1 - (kept(*size, ratio) or 0), nearest(*size, options)
    edges = "left and right" if is_wider(*size, ratio) else "top and bottom"
    part = f"about {round(share * 100)}% of {who[0].lower()}{who[1:]} ({_pixels(*size)})"
    told = f"{ratio} would cut off {part} at the {edges}."
    if best is None or best == ratio:
        return f"{told} Choose an image closer to {ratio} to keep more of it."
    return f"{told} Choose {best} to keep {'more' if is_cut(*size, best) else 'all'} of it."


def _types(misfit: Misfit) -> Clauses:
    taken = listed(list(dict.fromkeys(_ending(one) for one in misfit.takes.types)))
    return f"is a {_ending(misfit.file.media_type)} file", f"takes {taken}", "Convert it to MP4."


def _ending(media_type: str) -> str:
    return suffix(media_type).removeprefix(".").upper()


def _sides(misfit: Misfit) -> Clauses:
    takes, file = misfit.takes, misfit.file
    has, short = f"is {_pixels(file.width, file.height)}", min(file.width, file.height)
    if takes.least_side is not None and short < takes.least_side:
        return has, f"needs at least {takes.least_side} px on each side", LARGER
    if takes.most_lines is not None and short > takes.most_lines:
        return has, f"takes up to {takes.most_lines}p", SMALLER
    return has, f"takes up to {takes.most_side} px on each side", SMALLER


def _shape(misfit: Misfit) -> Clauses:
    least, most, file = misfit.takes.least_shape, misfit.takes.most_shape, misfit.file
    shape = file.width / file.height
    is_narrow = least is not None and shape < least
    times = _apart(shape, least if is_narrow else most)
    has = f"is {_pixels(file.width, file.height)}, {times} times as wide as high"
    bounds = [f"at least {least:g}"] if least is not None else []
    bounds += [f"at most {most:g}"] if most is not None else []
    advice = "Choose a wider one." if is_narrow else "Choose a narrower one."
    return has, f"takes {' and '.join(bounds)} times", advice


def _bytes(misfit: Misfit) -> Clauses:
    size = misfit.file.bytes or 0
    least, most = misfit.takes.least_bytes or 0, misfit.takes.most_bytes or 0
    if size < least:
        return f"is {size} bytes", f"needs at least {least}", LARGER
    has, allowed, unit = f"{size / 1e6:.1f}", f"{most / 1e6:.1f}", "MB"
    if has == allowed:
        has, allowed, unit = f"{size:,}", f"{most:,}", "bytes"
    has, allowed = has.removesuffix(".0"), allowed.removesuffix(".0")
    return f"is {has} {unit}", f"takes up to {allowed} {unit}", SMALLER


def _seconds(misfit: Misfit) -> Clauses:
    seconds = misfit.file.seconds or 0
    least, most = misfit.takes.least_seconds, misfit.takes.most_seconds
    if least is not None and seconds < least:
        has = f"lasts {_apart(seconds, least)} s"
        return has, f"needs at least {least:g} s", "Choose a longer one."
    has = f"lasts {_apart(seconds, most)} s"
    return has, f"takes up to {most:g} s", "Shorten it, or choose another one."


def _rate(misfit: Misfit) -> Clauses:
    has = f"has {_apart(misfit.file.rate or 0, misfit.takes.most_rate)} frames per second"
    advice = "Convert it, or choose another one."
    return has, f"takes up to {misfit.takes.most_rate:g}", advice


def _made(misfit: Misfit) -> Clauses:
    wide, high = misfit.file.width * misfit.scale, misfit.file.height * misfit.scale
    most = (misfit.takes.most_made or 0) / 1e6
    has = f"would become {_pixels(wide, high)}, {_apart(wide * high / 1e6, most)} megapixels"
    return has, f"makes up to {most:g}", "Choose a lower upscale or a smaller image."


_TOLD: Mapping[FileLimit, Callable[[Misfit], Clauses]] = {
    "types": _types,
    "sides": _sides,
    "shape": _shape,
    "bytes": _bytes,
    "seconds": _seconds,
    "rate": _rate,
    "made": _made,
}


def _pixels(width: int, height: int) -> str:
    return f"{width} × {height} px"


def _apart(value: float, bound: float | None) -> str:
    """A number with two places, or with as many as tell it apart from its bound."""
    texts = [f"{round(value, places):g}" for places in (2, 3, 4)]
    told = f"{bound:g}" if bound is not None else ""
    return next((text for text in texts if text != told), f"{value:g}")
