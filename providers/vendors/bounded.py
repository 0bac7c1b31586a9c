"""The numbers in a vendor's words, as types: whatever a provider makes of an answer, none is out of bounds."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, JsonValue

from providers.catalogue.bounds import (
    EPOCHS,
    MOST_COUNT,
    MOST_MONEY,
    MOST_SECONDS,
    believed,
    finite,
    whole,
    within,
)
from providers.catalogue.models import Cost


def paid(cost: Cost | None) -> Cost | None:
    """What a task cost, where that can be."""
    fine = cost is not None and believed(cost.amount, 0, MOST_MONEY) is not None
    return cost if fine else None


def _left(cost: Cost | None) -> Cost | None:
    # An account may be overdrawn.
    fine = cost is not None and believed(cost.amount, -MOST_MONEY, MOST_MONEY) is not None
    return cost if fine else None


def _places(told: object) -> int | None:
    most = whole(told, 1, 2**63)
    return None if most is None else min(most, MOST_COUNT)


def _count(told: object) -> int:
    return int(within(told, 0, MOST_COUNT) or 0)


def _sound(used: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    return {name: value for name, value in used.items() if _is_sound(value)}


def _is_sound(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return (finite(value) if isinstance(value, float) else whole(value)) is not None


Share = Annotated[float | None, BeforeValidator(lambda told: within(told, 0, 1))]
"""0 to 1."""
SecondsAhead = Annotated[
    float | None, BeforeValidator(lambda told: believed(told, 0, MOST_SECONDS))
]
"""Seconds from now."""
Moment = Annotated[float | None, BeforeValidator(lambda told: believed(told, 0, EPOCHS[1]))]
"""Seconds since the epoch; one that is long past is one all the same."""
Count = Annotated[int, BeforeValidator(_count)]
Places = Annotated[int | None, BeforeValidator(_places)]
"""How many tasks may run."""
Seed = Annotated[int | None, BeforeValidator(whole)]
Used = Annotated[Mapping[str, JsonValue], AfterValidator(_sound)]
Paid = Annotated[Cost | None, AfterValidator(paid)]
Left = Annotated[Cost | None, AfterValidator(_left)]
