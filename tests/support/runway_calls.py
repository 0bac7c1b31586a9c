"""Rows of Runway and the create calls that they become."""

from collections.abc import Iterator

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Rule, Shots, Slot
from providers.vendors.runway.body import create_call
from providers.vendors.runway.models import MODELS
from tests.support.cases import Fields, legal, minimal, situations
from tests.support.plans import how_many, plan, totals
from tests.support.requested import request_of

ROWS = {spec.id: spec for spec in MODELS}


def call_of(spec: ModelSpec, given: Fields) -> tuple[str, dict[str, JsonValue]]:
    """Endpoint and body."""
    request = request_of(spec, given)
    uploads = {artifact: f"runway://{artifact}" for _, artifact in request.media()}
    path, body = create_call(request, uploads)
    return path.removeprefix("/v1/"), body


def everything(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    """Every legal case, also those with one more file, and every size of every shape."""
    for base in bases(spec):
        rules = spec.rules_for(base)
        for name, rule in rules.items():
            for option in rule.options if isinstance(rule, Choice) else ():
                yield {**base, name: option}
        yield from ({**base, "shots": one} for one in plans(rules.get("shots")))
        ratio, resolution = rules.get("ratio"), rules.get("resolution")
        if isinstance(ratio, Choice) and isinstance(resolution, Choice):
            for shape in ratio.options:
                for size in resolution.options:
                    yield {**base, "ratio": shape, "resolution": size}
    for case in legal(spec):
        yield dict(case.given)


def plans(rule: Rule | None) -> Iterator[JsonValue]:
    """So many shots, and so long together, as there may be."""
    if isinstance(rule, Shots):
        for count in how_many(rule):
            yield from (plan(rule, count, total) for total in totals(rule, count))


def bases(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    yield from situations(spec)
    for name, rule in spec.rules.items():
        if isinstance(rule, Slot) and not rule.requires and name not in minimal(spec):
            held: JsonValue = ["artifact0"] if name == "references" else "artifact0"
            yield {**minimal(spec), name: held}
