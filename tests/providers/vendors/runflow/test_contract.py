"""Runflow's row for images says what the vendor's contract says of both of its addresses."""

from typing import cast

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Estimate
from providers.catalogue.rules import Text
from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.bodies import run_body, run_path
from tests.support.cases import PROMPT, Fields
from tests.support.limits import is_doubted, is_refused, only, references
from tests.support.meeting import request_of
from tests.support.runflow_table import ADDRESSES, BASE, EDIT, NEVER_SENT, PRICED, Contract

(SPEC,) = (spec for spec in VENDOR.models if spec.kind == "image")
RATIOS = ("21:9", "16:9", "9:16", "1:1", "", " ", 1, True, "x" * 101)
OTHER_RATIOS = ("auto", "9:21", "4:1", "8:1", "1K")
TIERS = ("0.5K", "1K", "2K", "4K", "8K", "1080p", "auto")
FORMATS = ("png", "jpeg", "webp", "jpg", "PNG", "gif")
SEEDS = (0, 1, 2147483647, 2**53, -(2**53), 1.5, "1")
OTHER_SEEDS = (-1, 2147483648, 2**53 - 1, 1 - 2**53)
KNOWN_SEEDS = (0, 1, 2147483647)
every_address = pytest.mark.parametrize("address", ADDRESSES)


def base_of(contract: Contract) -> Fields:
    """As little as this address takes."""
    least = contract.references[0]
    return {"prompt": PROMPT, **({"references": references(least)} if least else {})}


def told(fields: Fields) -> tuple[str, dict[str, JsonValue]]:
    """Where the run is created, and what stands in its `input`."""
    request = request_of(VENDOR, SPEC.id, fields)
    pictures = [f"https://r2.example.com/{one}" for _, one in request.media()]
    body = run_body(request, pictures, "0" * 32)
    return run_path(request), cast("dict[str, JsonValue]", body["input"])


@every_address
def test_the_row_takes_what_the_contract_lists(address: str) -> None:
    contract = ADDRESSES[address]
    base = base_of(contract)
    low, high = contract.counts
    only(SPEC, base, "ratio", RATIOS, contract.aspect_ratios)
    only(SPEC, base, "resolution", TIERS, contract.resolutions)
    only(SPEC, base, "format", FORMATS, contract.formats)
    only(SPEC, base, "count", (*range(-1, high + 1), 101), range(low, high + 1))
    only(SPEC, base, "seed", SEEDS, KNOWN_SEEDS)
    tolerances = [int(one) for one in contract.tolerances]
    only(SPEC, base, "tolerance", (0, *tolerances, 7, *contract.tolerances), tolerances)
    for switch in ("web_search", "limit_generations"):
        only(SPEC, base, switch, (True, False, 1, "on"), (True, False))
    for field in ("quality", "content_check", "audio", "duration", "style", "start_frame"):
        only(SPEC, base, field, (True, 5, "a", ["a"]), None)
    rule = SPEC.rules["ratio"]
    assert rule.rule == "choice"
    assert set(rule.options) == set(contract.aspect_ratios)


@every_address
def test_what_the_contract_only_deduces_is_warned_about_and_not_refused(address: str) -> None:
    contract = ADDRESSES[address]
    base = base_of(contract)
    for length in (1, contract.prompt_most):
        assert not is_doubted(SPEC, base, "prompt", "x" * length)
    assert is_doubted(SPEC, base, "prompt", "x" * (contract.prompt_most + 1))
    assert is_refused(SPEC, base, "prompt", " ")
    for field, known, others in (
        ("ratio", contract.aspect_ratios, OTHER_RATIOS),
        ("count", contract.counts, (5, 12, 100)),
        ("seed", KNOWN_SEEDS, OTHER_SEEDS),
    ):
        assert not any(is_doubted(SPEC, base, field, value) for value in known)
        for value in others:
            assert is_doubted(SPEC, base, field, value), (field, value)
            assert not is_refused(SPEC, base, field, value)
            assert value in told({**base, field: value})[1].values()
    rule = SPEC.rules["prompt"]
    assert isinstance(rule, Text)
    assert not rule.utf16
    if contract.references[1]:
        assert not is_doubted(SPEC, base, "references", references(contract.references[1]))
        assert is_doubted(SPEC, base, "references", references(contract.references[1] + 1))


@every_address
def test_the_references_choose_the_address(address: str) -> None:
    least, most = ADDRESSES[address].references
    for count in (least, most):
        fields: Fields = {"prompt": PROMPT, **({"references": references(count)} if count else {})}
        path, given = told(fields)
        assert path == f"/models/{address}/runs"
        urls = given.get("image_urls")
        assert (len(urls) if isinstance(urls, list) else 0) == count
    assert {BASE, EDIT} == set(ADDRESSES)


@every_address
def test_the_row_starts_from_the_contracts_defaults(address: str) -> None:
    contract = ADDRESSES[address]
    assert SPEC.complete(base_of(contract)) == {
        "resolution": contract.resolution_default,
        "format": contract.format_default,
        "count": contract.count_default,
        "web_search": contract.web_search_default,
        "limit_generations": contract.limit_generations_default,
    }


@every_address
def test_every_value_goes_out_in_the_vendors_own_words(address: str) -> None:
    contract = ADDRESSES[address]
    base = base_of(contract)
    words: dict[str, tuple[str, list[tuple[JsonValue, JsonValue]]]] = {
        "ratio": ("aspect_ratio", [(one, one) for one in contract.aspect_ratios]),
        "resolution": ("resolution", [(one, one) for one in contract.resolutions]),
        "format": ("output_format", [(one, one) for one in contract.formats]),
        "count": ("num_images", [(one, one) for one in contract.counts]),
        "seed": ("seed", [(one, one) for one in contract.seeds]),
        "tolerance": ("safety_tolerance", [(int(one), one) for one in contract.tolerances]),
        "web_search": ("enable_web_search", [(True, True), (False, None)]),
        "limit_generations": ("limit_generations", [(True, True), (False, None)]),
    }
    for name, (field, values) in words.items():
        for ours, theirs in values:
            _, given = told({**base, name: ours})
            assert given.get(field) == theirs, (name, ours)
            assert type(given.get(field)) is type(theirs)
    _, given = told(base)
    assert not given.keys() & {*NEVER_SENT, "aspect_ratio", "safety_tolerance"}


@every_address
def test_the_price_is_the_published_one(address: str) -> None:
    contract = ADDRESSES[address]
    for resolution in contract.resolutions:
        fields = {**base_of(contract), "resolution": resolution, "count": 4}
        assert SPEC.estimate(fields) == Estimate(amount=4 * contract.dollars, unit="$")
    (price,) = SPEC.prices
    assert (price.source, price.checked.year) == PRICED
