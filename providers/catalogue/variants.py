"""`{a|b|c}` in a prompt: every alternative makes a prompt of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

UNCOUNTED = 1_000_000
"""So many prompts or more are not counted."""
_PIECE = re.compile(r"\\([{}|\\])|([{}|])")
"""A sign that is meant as itself, or one that means something."""


class Misread(Exception):
    """A sentence about braces that do not pair."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line as it was written: its places in order, each with its alternatives."""

    places: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """How many prompts it makes; a million for more."""
        count = 1
        for place in self.places:
            count = min(count * len(place), UNCOUNTED)
        return count

    def prompts(self) -> list[str]:
        """Every prompt, the last place changing fastest."""
        return ["".join(parts) for parts in product(*self.places)]


def read_pattern(text: str) -> Pattern:
    """The pattern that a line stands for, or Misread.

    Braces without a bar between them stay as they are, so that JSON is no riddle; a backslash before
    a brace, a bar or a backslash takes it for itself.
    """
    places: list[tuple[str, ...]] = []
    plain, inside, opened = "", [""], 0
    last, within = 0, False
    for found in _PIECE.finditer(text):
        between = text[last : found.start()]
        last = found.end()
        sign = found[2]
        said = between + (found[1] or "")
        if within:
            inside[-1] += said
        else:
            plain += said
        if sign == "{":
            if within:
                raise Misread(NESTED.format(at=opened, other=found.start() + 1))
            within, opened, inside = True, found.start() + 1, [""]
        elif sign == "}" and within:
            places += _closed(plain, inside)
            plain, within = "", False
        elif sign == "|" and within:
            inside.append("")
        elif sign:
            plain += sign
    if within:
        raise Misread(UNCLOSED.format(at=opened))
    return Pattern((*places, (plain + text[last:],)))


UNCLOSED = "The brace at character {at} is not closed. Close it with }}, or write \\{{ for a brace."
NESTED = (
    "The brace at character {other} is inside the one at {at}. Remove one of them, or write "
    "\\{{ for a brace."
)


def _closed(plain: str, inside: Sequence[str]) -> list[tuple[str, ...]]:
    if len(inside) == 1:
        return [(plain + "{" + inside[0] + "}",)]
    return [(plain,), tuple(inside)]
