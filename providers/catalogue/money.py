"""Amounts as they are counted and told: whole millionths of a vendor's own unit."""

import math

from providers.catalogue.models import Estimate

MILLION = 1_000_000
"""Vendors charge thousandths of a dollar, and tell costs with six places."""
MOST = 10**13
"""No amount is greater, so that sums stay within 64 bits."""


def millionths(amount: float) -> int:
    """An amount as a whole number; nothing below zero, nothing that is no number."""
    return min(round(amount * MILLION), MOST) if math.isfinite(amount) and amount > 0 else 0


def in_words(amount: int, unit: str) -> str:
    """`$3.40`, `120 credits`, `$0.039`: as the vendor counts, as people write it. `amount` in numbers.js is
    the twin."""
    is_sign = unit != "" and not unit[0].isalpha()
    coarse = MILLION // 10 if is_sign else MILLION  # Some images cost less than a cent.
    text = f"{abs(amount) / MILLION:,.{2 if abs(amount) >= coarse else 4}f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if part and is_sign:
        part = part.ljust(2, "0")
    told = f"{'-' if amount < 0 else ''}{unit if is_sign else ''}{whole}{'.' if part else ''}{part}"
    return told if is_sign else f"{told} {_one(unit) if told == '1' else unit}".strip()


def _one(unit: str) -> str:
    return unit.removesuffix("s") if unit.islower() else unit


def price_words(cost: Estimate) -> str:
    """An estimate for a sentence."""
    amount = in_words(millionths(cost.amount), cost.unit)
    return f"at least {amount}" if cost.at_least else f"about {amount}"
