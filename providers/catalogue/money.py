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
    """`3.40 $`, `120 credits`, `0.039 $`: as the vendor counts, with no more places than it takes."""
    text = f"{amount / MILLION:,.{2 if abs(amount) >= MILLION else 4}f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    if part and not unit[:1].isalpha():
        part = part.ljust(2, "0")
    return f"{whole}.{part} {unit}".strip() if part else f"{whole} {unit}".strip()


def price_words(cost: Estimate) -> str:
    """An estimate for a sentence."""
    amount = in_words(millionths(cost.amount), cost.unit)
    return f"at least {amount}" if cost.at_least else f"about {amount}"
