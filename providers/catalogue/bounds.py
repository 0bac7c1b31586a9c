"""Numbers that others tell, within bounds: a vendor may say anything, and nothing that it says may make us
hurry without a pause, wait for ever, or break what reckons with it."""

import math

MOST_SECONDS = 7 * 86400.0
"""A span beyond this tells nothing."""
EPOCHS = (9e8, 1e10)
"""Seconds since the epoch that a moment is taken for: from 1998 to 2286."""
MOST_MONEY = 1e9
"""Dollars or credits, of one task or on one account."""
MOST_COUNT = 1000
"""Files, places, results: of anything that is counted."""
MOST_WHOLE = 2**64
"""Beyond what a seed may be."""


def finite(value: object) -> float | None:
    """A finite number from a number or its text; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def within(value: object, low: float, high: float) -> float | None:
    """The number, or the bound that it passes; None for what is none."""
    number = finite(value)
    return None if number is None else min(max(number, low), high)


def believed(value: object, low: float, high: float) -> float | None:
    """The number where it lies within bounds; None for all else."""
    number = finite(value)
    return number if number is not None and low <= number <= high else None


def whole(value: object, low: int = -MOST_WHOLE, high: int = MOST_WHOLE) -> int | None:
    """The whole number where it is one, no text of one, and lies within bounds; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if low <= value <= high else None
