"""All readings, and how a request of one is put together and judged by its row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import MEDIA_FIELDS, read_request
from providers.catalogue.rules import Choice, Flag, Slot, Span
from providers.errors import InvalidRequest, Problem
from providers.vendors.all import VENDORS
from tests.support.cases import Fields
from tests.support.readings import runflow, runware, runway, runway_images, useapi, useapi_newer
from tests.support.readings.words import Reading, Segments
from tests.support.requested import body_of

READINGS: Sequence[Reading] = [
    *runway.READINGS,
    *runway_images.READINGS,
    *useapi.READINGS,
    *useapi_newer.READINGS,
    *runware.READINGS,
    *runflow.READINGS,
]
ROWS: Mapping[str, ModelSpec] = {spec.id: spec for vendor in VENDORS for spec in vendor.models}
CATALOGUE = Catalogue(ROWS.values())
PROMPT = "A ferry leaves the harbor"
Verdict = Literal["fits", "warned", "refused"]
Given = dict[str, JsonValue]


def held(field: str, count: int, first: int = 0) -> JsonValue:
    """So many files in one field, as a request holds them."""
    names: list[JsonValue] = [f"{field}{number}" for number in range(first, first + count)]
    return names if field == "references" else names[0] if count == 1 else names


def base(reading: Reading) -> Given:
    """The least that can be asked for in this situation."""
    given: Given = {}
    if reading.prompt is not None and reading.prompt.needed:
        given["prompt"] = PROMPT
    if reading.shots is not None:
        given["shots"] = plan(reading.shots)
    for field, files in reading.files.items():
        if field in reading.given or files.least:
            given[field] = held(field, max(files.least, 1))
    return given


def plan(shots: Segments, count: int | None = None, total: int | None = None) -> JsonValue:
    """So many shots of the least seconds; what is missing to the sum has the first ones."""
    count = count or shots.counts[0]
    low, high = shots.seconds
    if total is None:
        known = shots.sums or (shots.total[0],)
        total = next((one for one in known if one >= count * low), count * low)
    spare = total - count * low
    lengths: list[int] = []
    for _ in range(count):
        more = min(spare, high - low)
        lengths.append(low + more)
        spare -= more
    return [
        {"prompt": f"A door opens, number {number}", "seconds": seconds}
        for number, seconds in enumerate(lengths, start=1)
    ]


def spec_of(reading: Reading) -> ModelSpec:
    """The row."""
    return ROWS[reading.row]


def problems(reading: Reading, given: Fields) -> list[Problem]:
    """What the catalogue finds wrong, but for what it says of the model itself."""
    spec = spec_of(reading)
    try:
        request = read_request(body_of(spec, given))
    except InvalidRequest as error:
        return list(error.problems)
    return [one for one in CATALOGUE.problems(request) if one.field != "model"]


def judged(reading: Reading, given: Fields) -> Verdict:
    """What becomes of these fields."""
    found = problems(reading, given)
    if any(not problem.soft for problem in found):
        return "refused"
    return "warned" if found else "fits"


def beyond(firm: bool | None) -> set[Verdict]:
    """What may become of a value beyond a limit."""
    return {"refused", "warned"} if firm is None else {"refused"} if firm else {"warned"}


def choices(reading: Reading, given: Fields, field: str) -> list[JsonValue]:
    """The values that the row offers for a field."""
    rule = spec_of(reading).rules_for(given).get(field)
    if isinstance(rule, Choice):
        return list(rule.options)
    if isinstance(rule, Flag):
        return [False, True]
    if isinstance(rule, Span):
        return [rule.low, rule.high]
    return []


def shaped(reading: Reading, given: Fields) -> Iterator[Given]:
    """The same with every shape and size that the row offers."""
    for ratio in choices(reading, given, "ratio") or [None]:
        for resolution in choices(reading, given, "resolution") or [None]:
            named = {"ratio": ratio, "resolution": resolution}
            yield {**given, **{name: value for name, value in named.items() if value is not None}}


def plausible(field: str, reading: Reading) -> list[JsonValue]:
    """Values that one might give for any field."""
    if field in MEDIA_FIELDS:
        return [held(field, 1)]
    if field == "shots":
        return [[{"prompt": "a", "seconds": 5}, {"prompt": "b", "seconds": 5}]]
    if field == "prompt":
        return [PROMPT]
    rule = spec_of(reading).rules.get(field)
    known: list[JsonValue] = [True, 1, 5, "low", "png", "16:9", "720p"]
    return [*known, *(rule.options if isinstance(rule, Choice) else ())]


def slot(reading: Reading, given: Fields, field: str) -> Slot | None:
    """The row's rule about files of a role."""
    rule = spec_of(reading).rules_for(given).get(field)
    return rule if isinstance(rule, Slot) else None
