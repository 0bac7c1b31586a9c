"""Whether a vendor's list shows what was sent: lists cut prompts, tidy and escape them, and rewrite numbers."""

import html
import re
import unicodedata
from enum import IntEnum

from pydantic import JsonValue

from providers.vendors.transport.answer import finite

LEAST = 30
"""Signs of a beginning that stand for the whole; fewer do where a list says that it cut the rest."""
LEAST_BEFORE_DOTS = 8
NEAR = 0.03
"""Part by which the shapes of two pictures may differ that were asked for in the same ratio."""
ESCAPES = 3
"""How often a list may have escaped what it shows."""
_DOTS = re.compile(r"\s*(?:…|\.\.\.|&hellip;)\s*$")
_HALF = re.compile(r"(?:&#?\w{0,8}|\ufffd+)$")
_SHAPE = re.compile(r"\s*(\d{1,5})\s*[:/x]\s*(\d{1,5})\s*", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


class Likeness(IntEnum):
    """How well one text stands for another."""

    NONE = 0
    BEGINNING = 1
    WHOLE = 2


def likeness(sent: str, told: str) -> Likeness:
    """How well what a list tells stands for what was sent."""
    whole = tidy(sent)
    if tidy(told) == whole:
        return Likeness.WHOLE
    cut = _DOTS.sub("", told)
    # The last sign may be half of one.
    head = tidy(_HALF.sub("", cut))[:-1]
    least = LEAST if cut == told else LEAST_BEFORE_DOTS
    is_beginning = len(head) >= least and whole.startswith(head)
    return Likeness.BEGINNING if is_beginning else Likeness.NONE


def tidy(text: str) -> str:
    """The words alone: one form of every letter, no escapes, no line ends, nothing that cannot be seen."""
    for _ in range(ESCAPES):
        text = html.unescape(text)
    seen = [
        sign
        for sign in unicodedata.normalize("NFKC", " ".join(text.split())).casefold()
        if unicodedata.category(sign) not in _UNSEEN
    ]
    return " ".join("".join(seen).split())


def same_setting(mine: JsonValue, told: JsonValue) -> bool:
    """Whether two values say the same, as numbers, as shapes (`16:9`, `1920x1080`) or as words."""
    numbers = finite(mine), finite(told)
    if None not in numbers:
        return numbers[0] == numbers[1]
    shapes = _shape(mine), _shape(told)
    if shapes[0] is not None and shapes[1] is not None:
        return abs(shapes[0] / shapes[1] - 1) <= NEAR
    return str(mine).strip().casefold() == str(told).strip().casefold()


def _shape(value: JsonValue) -> float | None:
    found = _SHAPE.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) / int(found[2]) if found and int(found[1]) and int(found[2]) else None
