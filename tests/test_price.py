"""What a request will cost, by the prices that a row carries."""

from datetime import date

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Span

CHECKED = date(2026, 11, 1)


def _spec(*prices: Price) -> ModelSpec:
    return ModelSpec(
        id="acme:video/one",
        label="One",
        summary="",
        rules={
            "duration": Choice(options=(5, 10), default=5),
            "resolution": Choice(options=("720p", "1080p"), default="720p"),
            "count": Span(low=1, high=8, default=1),
        },
        prices=prices,
        source="acme.example",
        checked=CHECKED,
    )


def _price(amount: float, per: str, **when: tuple[JsonValue, ...]) -> Price:
    return Price.model_validate(
        {"amount": amount, "unit": "credits", "per": per, "when": when,
         "source": "acme.example", "checked": CHECKED}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({}, 25.0),
        ({"duration": 10}, 50.0),
        ({"duration": 10, "resolution": "1080p"}, 120.0),
    ],
)
def test_the_first_tier_that_holds_is_the_price(given: dict[str, JsonValue], amount: float) -> None:
    spec = _spec(_price(12, "second", resolution=("1080p",)), _price(5, "second"))
    assert spec.estimate(given) == (amount, "credits")


def test_pictures_are_counted_and_a_task_is_one() -> None:
    assert _spec(_price(0.5, "picture")).estimate({"count": 4}) == (2.0, "credits")
    assert _spec(_price(7, "task")).estimate({"count": 4}) == (7.0, "credits")


def test_a_model_without_published_prices_costs_nobody_knows_what() -> None:
    assert _spec().estimate({}) is None
    assert _spec(_price(1, "task", resolution=("4K",))).estimate({}) is None


def test_a_multishot_costs_the_seconds_of_its_shots() -> None:
    shots: list[JsonValue] = [{"prompt": "a", "seconds": 4}, {"prompt": "b", "seconds": 6}]
    assert _spec(_price(2, "second")).estimate({"shots": shots}) == (20.0, "credits")
