"""What a request will cost, by the prices that a row carries."""

from datetime import date

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Estimate, ModelSpec, Price
from providers.catalogue.rules import Choice, Slot, Span

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


def _change(**more: float | bool) -> ModelSpec:
    """A model whose result is as long as the video handed in."""
    price = _price(10, "second").model_copy(update=more)
    rules = {"driving_video": Slot(kind="video", least=1), "references": Slot(most=5)}
    return _spec(price).model_copy(update={"rules": rules})


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
    assert spec.estimate(given) == Estimate(amount=amount, unit="credits")


def test_pictures_are_counted_and_a_task_is_one() -> None:
    assert _spec(_price(0.5, "picture")).estimate({"count": 4}) == Estimate(
        amount=2.0, unit="credits"
    )
    assert _spec(_price(7, "task")).estimate({"count": 4}) == Estimate(amount=7.0, unit="credits")


def test_a_model_without_published_prices_costs_nobody_knows_what() -> None:
    assert _spec().estimate({}) is None
    assert _spec(_price(1, "task", resolution=("4K",))).estimate({}) is None


def test_a_multishot_costs_the_seconds_of_its_shots() -> None:
    shots: list[JsonValue] = [{"prompt": "a", "seconds": 4}, {"prompt": "b", "seconds": 6}]
    assert _spec(_price(2, "second")).estimate({"shots": shots}) == Estimate(
        amount=20.0, unit="credits"
    )


def test_a_result_as_long_as_the_video_is_priced_by_its_seconds() -> None:
    spec = _change()
    assert spec.estimate({}) is None
    assert spec.estimate({"driving_video": "v"}, 4.2) == Estimate(amount=50.0, unit="credits")
    asked: dict[str, JsonValue] = {"shots": [{"prompt": "a", "seconds": 4}]}
    assert _spec(_price(2, "second")).estimate(asked, 9.0) == Estimate(amount=8.0, unit="credits")


def test_pictures_and_seconds_that_are_handed_in_are_added() -> None:
    given: dict[str, JsonValue] = {"driving_video": "v", "references": ["a", "b"]}
    spec = _change(each_picture=2)
    assert spec.estimate(given, 3.0) == Estimate(amount=34.0, unit="credits")
    assert _change(each_second_in=5).estimate(given, 3.0) == Estimate(amount=45.0, unit="credits")


def test_what_cannot_be_told_beforehand_makes_it_a_lower_bound() -> None:
    least = _change(least=64)
    assert least.estimate({}) == Estimate(amount=64.0, unit="credits", at_least=True)
    assert least.estimate({"driving_video": "v"}, 3.0) == Estimate(amount=64.0, unit="credits")
    assert least.estimate({"driving_video": "v"}, 7.0) == Estimate(amount=70.0, unit="credits")
    open_end = _change(at_least=True)
    assert open_end.estimate({"driving_video": "v"}, 3.9) == Estimate(
        amount=30.0, unit="credits", at_least=True
    )
    per_input = _price(10, "second").model_copy(update={"each_second_in": 5})
    assert _spec(per_input).estimate({}) == Estimate(amount=50.0, unit="credits", at_least=True)
