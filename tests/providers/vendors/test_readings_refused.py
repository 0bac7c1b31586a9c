"""The emulators refuse what the second reading says is refused, and take what nobody forbids."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.support.readings.all import READINGS, base, plan
from tests.support.readings.wire import Line, line
from tests.support.readings.words import Pick, Plain, Reading, Segments, Whole
from tests.support.runway_types import ENDPOINTS, arms

pytestmark = pytest.mark.anyio
Body = dict[str, JsonValue]
GOOD: Body = {"prompt": "x", "duration": 4}
STRICT = ("runway", "runware")
"""Services whose pages say that they refuse a field that they do not know."""
each = pytest.mark.parametrize("reading", READINGS, ids=Reading.told)
with_shots = pytest.mark.parametrize(
    "reading", [one for one in READINGS if one.shots], ids=Reading.told
)


@pytest.fixture
async def sent(reading: Reading, tmp_path: Path) -> AsyncGenerator[Line]:
    """After one request that was taken."""
    async with line(vendor_of(reading), tmp_path) as there:
        await there.send(reading, base(reading))
        yield there


def vendor_of(reading: Reading) -> str:
    return reading.row.partition(":")[0]


def put(body: Body, path: str, value: JsonValue) -> None:
    """Set what stands at a path; None takes it away."""
    *places, last = path.split(".")
    for place in places:
        inner = body.setdefault(place, {})
        assert isinstance(inner, dict)
        body = inner
    if value is None:
        body.pop(last, None)
    else:
        body[last] = value


async def status(sent: Line, path: str, value: JsonValue) -> int:
    return await sent.post(lambda body: put(body, path, value))


def refused(code: int) -> bool:
    assert 200 <= code < 500
    return code >= 400


@each
async def test_a_field_that_is_not_known_is_refused_where_the_pages_say_so(
    reading: Reading, sent: Line
) -> None:
    if vendor_of(reading) in STRICT:
        for name in ("wibble", "promptTextt", "CFGScale", "shots_1"):
            assert refused(await status(sent, name, 1)), name
        forbidden = "seed" if "seed" not in reading.options else "strength"
        assert refused(await status(sent, forbidden, 1))


@each
async def test_a_value_that_stands_in_no_list_is_refused(reading: Reading, sent: Line) -> None:
    for name, option in reading.options.items():
        if isinstance(option, Pick) and option.values:
            assert refused(await status(sent, option.path, "none of these")), name
        if isinstance(option, Whole) and option.path and option.firm:
            for value in _outside(option):
                assert refused(await status(sent, option.path, value)), (name, value)
    if reading.sizes is not None:
        for path in reading.sizes.paths:
            wrong: JsonValue = "1:7" if len(reading.sizes.paths) == 1 else 1001
            assert refused(await status(sent, path, wrong)), path


def _outside(option: Whole) -> list[JsonValue]:
    edges = [option.low - 1] if option.high is None else [option.low - 1, option.high + 1]
    return [str(edge) if option.form == "text" else edge for edge in edges]


@each
async def test_a_model_that_is_not_there_is_refused(reading: Reading, sent: Line) -> None:
    if "model" in reading.fixed:
        assert refused(await status(sent, "model", "no-such-model"))


@each
async def test_a_prompt_that_is_needed_is_missed(reading: Reading, sent: Line) -> None:
    words = reading.prompt
    if words is None or not words.needed:
        return
    if not words.path.startswith("promptText") or reading.place != "text_to_video":
        # Of some of Runway's models a text may be left out by type, though no form does.
        assert refused(await status(sent, words.path, None))
    if words.firm and words.most is not None:
        assert refused(await status(sent, words.path, "x" * (words.most + 1)))
    elif words.most is not None:
        assert not refused(await status(sent, words.path, "x" * (words.most + 1)))


def told(shots: Segments, lengths: list[JsonValue], text: str = "A door opens") -> Body:
    """Shots in the form of a body, by their paths."""
    if shots.form == "fields":
        found: Body = {}
        for number, seconds in enumerate(lengths, start=1):
            found[f"{shots.path}_prompt_{number}"] = text
            found[f"{shots.path}_duration_{number}"] = seconds
        return found
    if shots.form == "one text":
        parts = [f"shot {n}, {one}, {text};" for n, one in enumerate(lengths, start=1)]
        return {shots.path: " ".join(parts)}
    as_text = shots.form == "text seconds"
    items: list[JsonValue] = [
        {"prompt": text, "duration": str(one) if as_text else one} for one in lengths
    ]
    return {shots.path: items}


async def filmed(
    sent: Line, shots: Segments, lengths: list[int], *, total: int | None = None,
    text: str = "A door opens",
) -> bool:  # fmt: skip
    """Whether a plan is taken, beside the sum where one is sent, or another than the sum."""
    whole = sum(lengths) if total is None else total

    def change(body: Body) -> None:
        for name in [name for name in body if name.startswith("multishot_")]:
            del body[name]
        for path, value in told(shots, [*lengths], text).items():
            put(body, path, value)
        if shots.sum_path in body:
            put(body, shots.sum_path, str(whole) if shots.sum_as_text else whole)

    return not refused(await sent.post(change))


def spread(count: int, total: int) -> list[int]:
    return [total - count + 1, *[1] * (count - 1)]


@with_shots
async def test_numbers_of_shots_that_a_page_forbids_are_refused(
    reading: Reading, sent: Line
) -> None:
    shots = reading.shots
    assert shots is not None
    least, most = shots.counts
    low, high = shots.seconds
    free = 1 if not shots.firm_seconds else low
    total = 10 if shots.sums else max(shots.total[0], free)
    for count in range(1, most + 2):
        lengths = [free] * count
        lengths[0] += max(total - sum(lengths), 0)
        if not all(free <= one <= high for one in lengths) or sum(lengths) > shots.total[1]:
            continue
        legal = least <= count <= most or not shots.firm_counts
        assert await filmed(sent, shots, lengths) == legal, count


@with_shots
async def test_sums_of_shots_that_a_page_forbids_are_refused(reading: Reading, sent: Line) -> None:
    shots = reading.shots
    assert shots is not None
    low, high = shots.seconds
    count = max(shots.counts[0], 2)
    for total in (shots.total[1], shots.total[1] + 1, 2):
        lengths = [low] * count if total > 2 else [1, 1]
        lengths[0] += max(min(total - sum(lengths), high - low), 0)
        lengths[1] += max(total - sum(lengths), 0)
        if not all(one <= high for one in lengths) or (total == 2 and count > 2):
            continue
        known = shots.sums or range(shots.total[0], shots.total[1] + 1)
        legal = total in known
        if legal or shots.firm_total:
            assert await filmed(sent, shots, lengths) == legal, lengths
    if shots.sums:
        assert not await filmed(sent, shots, [4, 4, 3])
        assert not await filmed(sent, shots, [4, 4, 3], total=10)
    if shots.form == "one text":
        assert not await filmed(sent, shots, [4, 4], total=9)


@with_shots
async def test_a_shot_that_a_page_forbids_is_refused(reading: Reading, sent: Line) -> None:
    shots = reading.shots
    assert shots is not None
    held = plan(shots)
    assert isinstance(held, list)
    lengths = [int(str(one["seconds"])) for one in held if isinstance(one, dict)]
    least, most = shots.characters
    assert await filmed(sent, shots, lengths, text="x" * least)
    assert await filmed(sent, shots, lengths, text="x" * most)
    longer = await filmed(sent, shots, lengths, text="x" * (most + 1))
    assert longer == (not shots.firm_characters)
    if least > 1:
        assert not await filmed(sent, shots, lengths, text="x" * (least - 1))
    if shots.form == "objects" and vendor_of(reading) == "runway":
        faulty: list[Body] = [{"prompt": "x"}, {"duration": 5}, {"prompt": "x", "duration": 2.5}]
        for broken in faulty:
            items: JsonValue = [{**broken}, {**GOOD}, {**GOOD}]
            assert refused(await status(sent, shots.path, items)), broken
        stray: JsonValue = [{**GOOD, "ratio": "1:1"}, {**GOOD}, {**GOOD}]
        assert refused(await status(sent, shots.path, stray))


@with_shots
async def test_what_shots_exclude_is_refused_beside_them(reading: Reading, sent: Line) -> None:
    vendor = vendor_of(reading)
    beside: dict[str, list[tuple[str, Plain]]] = {
        "runflow": [("prompt", "A door opens")],
        "runway": [("promptImagee", "x"), ("mode", "wibble"), ("seed", 1)],
        "runware": [("seed", 1), ("providerSettings.klingai.shotType", "customize")],
        "useapi": [("seed", 1), ("resolution", "720p")],
    }
    for path, value in beside[vendor]:
        assert refused(await status(sent, path, value)), path


@pytest.mark.parametrize(
    "reading",
    [one for one in READINGS if one.row.startswith("runware:") and one.given],
    ids=Reading.told,
)
async def test_a_frame_and_a_size_exclude_each_other(reading: Reading, sent: Line) -> None:
    def change(body: Body) -> None:
        body |= {"width": 1280, "height": 720}

    assert reading.given == ("start_frame",)
    assert refused(await sent.post(change))


RUNWAYS = [one for one in READINGS if one.row.startswith("runway:")]
KNOWN = {endpoint: arms(endpoint) for endpoint in ENDPOINTS}
NAMES = sorted({name for found in KNOWN.values() for arm in found.values() for name in arm})
"""All fields that any of Runway's models has."""


@pytest.mark.parametrize("reading", RUNWAYS, ids=Reading.told)
async def test_a_field_that_only_other_models_of_runway_have_is_refused(
    reading: Reading, sent: Line
) -> None:
    model = reading.fixed.get("model", reading.fixed.get("mode"))
    own = KNOWN[reading.place][str(model)]
    tried: list[JsonValue] = ["edit", True, 5, [], {}]
    taken = [
        (name, value)
        for name in NAMES
        if name not in own
        for value in tried
        if not refused(await status(sent, name, value))
    ]
    assert taken == []
