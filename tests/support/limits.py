"""Questions to a row about one value at a time, for the tests that hold rows against a contract."""

from collections.abc import Iterable

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from tests.support.cases import Fields


def is_refused(spec: ModelSpec, base: Fields, field: str, value: JsonValue) -> bool:
    """Whether this one value is refused; a refusal must name its field and no other."""
    named = {problem.field for problem in spec.problems({**base, field: value}) if not problem.soft}
    assert named <= {field}, (spec.id, field, value)
    return bool(named)


def is_doubted(spec: ModelSpec, base: Fields, field: str, value: JsonValue) -> bool:
    """Whether this one value may be sent with a warning."""
    found = [problem for problem in spec.problems({**base, field: value}) if problem.field == field]
    return bool(found) and all(problem.soft for problem in found)


def only(
    spec: ModelSpec,
    base: Fields,
    field: str,
    tried: Iterable[JsonValue],
    allowed: Iterable[JsonValue] | None,
) -> None:
    """Of all values tried, those that the contract lists are taken and all others refused."""
    legal = [] if allowed is None else list(allowed)
    for value in tried:
        # True == 1 in Python, and no vendor takes one for the other.
        fits = any(value == one and type(value) is type(one) for one in legal)
        assert is_refused(spec, base, field, value) == (not fits), (spec.id, field, value)


def several(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """A list of one is no choice: the vendor takes its only value when the field is left out."""
    return values if values is not None and len(values) > 1 else None


def flag(allowed: bool) -> list[bool]:
    """Both positions of a switch, where there is one."""
    return [True, False] if allowed else []


def references(count: int) -> list[JsonValue]:
    """So many artifact ids."""
    return [f"artifact{number}" for number in range(count)]
