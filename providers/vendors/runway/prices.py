"""What Runway charges, in credits: prices as the rows write them down."""

from datetime import date
from functools import partial
from typing import Literal

from providers.catalogue.models import Price

PRICES = "docs.dev.runwayml.com/guides/pricing"
PRICED = date(2026, 10, 6)


def credits(
    per: Literal["picture", "second"],
    amount: float,
    *,
    each_picture: float = 0,
    each_second_in: float = 0,
    least: float = 0,
    at_least: bool = False,
    told_by: tuple[str, date] = (PRICES, PRICED),
    **when: tuple[str | int | bool, ...],
) -> Price:
    """So many credits while the options have these values."""
    return Price(
        amount=amount,
        unit="credits",
        per=per,
        when=when,
        each_picture=each_picture,
        each_second_in=each_second_in,
        least=least,
        at_least=at_least,
        source=told_by[0],
        checked=told_by[1],
    )


a_picture = partial(credits, "picture")
a_second = partial(credits, "second")
