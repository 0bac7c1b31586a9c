"""The newer rows against a second reading of the vendors' contracts, made by somebody who had not seen them.

Each limit holds at its edge and not one beyond: a firm one refuses, one that no page says only warns.
"""

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import MEDIA_FIELDS
from providers.catalogue.rules import LABELS
from tests.support.cases import Fields
from tests.support.readings.all import (
    PROMPT,
    READINGS,
    ROWS,
    base,
    beyond,
    choices,
    held,
    judged,
    plan,
    plausible,
    problems,
    slot,
    spec_of,
)
from tests.support.readings.known import FIRST_ROWS
from tests.support.readings.words import Pick, Reading, Segments, Share, Switch, Whole

each = pytest.mark.parametrize("reading", READINGS, ids=Reading.told)
with_shots = pytest.mark.parametrize(
    "reading", [one for one in READINGS if one.shots], ids=Reading.told
)
OURS = {"explore"}


def test_every_row_but_the_first_ones_has_a_second_reading() -> None:
    assert ROWS.keys() == FIRST_ROWS | {reading.row for reading in READINGS}


@each
def test_the_least_request_of_a_reading_fits(reading: Reading) -> None:
    assert problems(reading, base(reading)) == []


@each
def test_a_field_that_no_source_lists_is_refused(reading: Reading) -> None:
    given = base(reading)
    listed = {*reading.options, *reading.files}
    listed |= {"prompt"} if reading.prompt else set()
    listed |= {"shots"} if reading.shots else set()
    listed |= {"ratio", "resolution"} if reading.sizes else set()
    # A file makes another situation, which has a reading of its own.
    listed |= {
        field for other in READINGS if other.row == reading.row for field in other.given
    } if not reading.given else set()  # fmt: skip
    for field in LABELS.keys() - listed:
        for value in plausible(field, reading):
            verdict = judged(reading, {**given, field: value})
            assert verdict == "refused", (field, value)


@each
def test_prompts_are_as_long_as_the_sources_say(reading: Reading) -> None:
    words, given = reading.prompt, base(reading)
    if words is None:
        return
    without = {name: value for name, value in given.items() if name != "prompt"}
    assert judged(reading, without) == ("refused" if words.needed else "fits")
    assert judged(reading, {**given, "prompt": " \n"}) == judged(reading, without)
    if words.least > 1:
        assert judged(reading, {**given, "prompt": "x" * (words.least - 1)}) == "refused"
    assert judged(reading, {**given, "prompt": "x" * words.least}) == "fits"
    if words.most is None:
        assert judged(reading, {**given, "prompt": "x" * 1000}) == "fits"
        assert judged(reading, {**given, "prompt": "x" * 2501}) in {"fits", "warned"}
        return
    assert judged(reading, {**given, "prompt": "x" * words.most}) == "fits"
    assert judged(reading, {**given, "prompt": "x" * (words.most + 1)}) in beyond(words.firm)
    if words.utf16 is not None:
        waves = words.most // 2 if words.utf16 else words.most
        assert judged(reading, {**given, "prompt": "🌊" * waves}) == "fits"
        assert judged(reading, {**given, "prompt": "🌊" * (waves + 1)}) in beyond(words.firm)


@each
def test_options_have_the_values_of_the_sources(reading: Reading) -> None:
    given = base(reading)
    for name, option in reading.options.items():
        if isinstance(option, Whole):
            _whole(reading, given, name, option)
        elif isinstance(option, Switch):
            for value in (True, False):
                assert judged(reading, {**given, name: value}) == "fits", name
        elif isinstance(option, Pick):
            offered = choices(reading, given, name)
            assert offered, name
            for value in offered:
                assert judged(reading, {**given, name: value}) == "fits", (name, value)
        else:
            assert len(choices(reading, given, name)) == 2, name


def _whole(reading: Reading, given: Fields, name: str, option: Whole) -> None:
    """Edges, whether the row has a span or a list of numbers, or of texts of them."""
    offered = choices(reading, given, name)
    told = [str(one) for one in offered]
    as_text = bool(offered) and all(isinstance(one, str) for one in offered)
    edges = [option.low] if option.high is None else [option.low, option.high]
    for value in edges:
        tried: JsonValue = str(value) if as_text else value
        assert judged(reading, {**given, name: tried}) == "fits", (name, tried, told)
    outside = [option.low - 1] if option.high is None else [option.low - 1, option.high + 1]
    for value in outside:
        tried = str(value) if as_text else value
        wanted = beyond(option.firm if value > 0 else None)
        assert judged(reading, {**given, name: tried}) in wanted, (name, tried)


@each
def test_files_are_as_many_as_the_sources_say(reading: Reading) -> None:
    given = base(reading)
    for field, files in reading.files.items():
        if files.least:
            without = {name: value for name, value in given.items() if name != field}
            assert judged(reading, without) == "refused", field
        known = files.most if files.most is not None else max(files.least, 1)
        for count in range(max(files.least, 1), known + 1):
            verdict = judged(reading, {**given, field: held(field, count)})
            warned = files.warned_from is not None and count > files.warned_from
            assert verdict == ("warned" if warned else "fits"), (field, count)
        if files.most is not None and field == "references":
            more = {**given, field: held(field, files.most + 1)}
            assert judged(reading, more) in beyond(files.firm), field
        rule = slot(reading, given, field)
        assert rule is not None, field
        assert rule.kind == ("video" if field == "driving_video" else "image")


@each
def test_files_that_exclude_each_other_are_refused_together(reading: Reading) -> None:
    for one, other in reading.apart:
        both = {**base(reading), one: held(one, 1), other: held(other, 1)}
        if other == "references" or one == "end_frame":
            both.setdefault("start_frame", held("start_frame", 1))
        assert judged(reading, both) == "refused", (one, other)


@each
def test_roles_that_share_a_maximum_are_counted_together(reading: Reading) -> None:
    if reading.together is None:
        return
    roles, most = reading.together
    frames = {role: held(role, 1) for role in roles if role != "references"}
    left = most - len(frames)
    full = {**base(reading), **frames, "references": held("references", left)}
    assert judged(reading, full) == "fits"
    assert judged(reading, {**full, "references": held("references", left + 1)}) == "refused"


@each
def test_an_end_frame_needs_a_start_frame(reading: Reading) -> None:
    if "end_frame" in reading.files and reading.given == ("start_frame",):
        given = {name: value for name, value in base(reading).items() if name != "start_frame"}
        alone: Fields = {"prompt": PROMPT, **given, "end_frame": held("end_frame", 1)}
        assert judged(reading, alone) == "refused"


def spread(shots: Segments, total: int) -> list[tuple[int, JsonValue]]:
    """Plans of so many seconds together, by their number of shots."""
    low, high = shots.seconds
    least, most = shots.counts
    return [
        (count, plan(shots, count, total))
        for count in range(least, most + 1)
        if count * low <= total <= count * high
    ]


@with_shots
def test_shots_last_together_as_long_as_the_sources_say(reading: Reading) -> None:
    shots, given = reading.shots, base(reading)
    assert shots is not None
    low, high = shots.total
    for total in range(1, 20):
        for count, held_shots in spread(shots, total):
            verdict = judged(reading, {**given, "shots": held_shots})
            legal = total in shots.sums if shots.sums else low <= total <= high
            wanted = {"fits"} if legal else beyond(shots.firm_total)
            assert verdict in wanted, (count, total)


@with_shots
def test_shots_are_as_many_as_the_sources_say(reading: Reading) -> None:
    shots, given = reading.shots, base(reading)
    assert shots is not None
    least, most = shots.counts
    assert judged(reading, {**given, "shots": []}) == "refused"
    if least > 1:
        fewer: JsonValue = [
            {"prompt": "x", "seconds": seconds}
            for seconds in _lengths(shots, least - 1)
        ]  # fmt: skip
        assert judged(reading, {**given, "shots": fewer}) in beyond(shots.firm_counts)
    more: JsonValue = [{"prompt": "x", "seconds": one} for one in _lengths(shots, most + 1)]
    refused_by_sum = sum(_lengths(shots, most + 1)) > shots.total[1] and shots.firm_total
    wanted = {"refused"} if refused_by_sum else beyond(shots.firm_counts)
    assert judged(reading, {**given, "shots": more}) in wanted


def _lengths(shots: Segments, count: int) -> list[int]:
    """Lengths of so many shots that are legal but for their number, where there are any."""
    low, high = shots.seconds
    if not shots.firm_seconds:
        low = 1
    known = shots.sums or range(shots.total[0], shots.total[1] + 1)
    total = next((one for one in known if count * low <= one <= count * high), count * low)
    lengths = [low] * count
    for place in range(count):
        more = min(total - sum(lengths), high - low)
        lengths[place] += max(more, 0)
    return lengths


@with_shots
def test_a_shot_lasts_as_long_as_the_sources_say(reading: Reading) -> None:
    shots, given = reading.shots, base(reading)
    assert shots is not None
    held_shots = plan(shots)
    assert isinstance(held_shots, list)
    low, high = shots.seconds
    for seconds in (low - 1, 0, -1, low + 0.5, str(low), None):
        lengths: list[JsonValue] = [seconds, *_others(shots, held_shots, seconds)]
        changed: JsonValue = [{"prompt": "x", "seconds": one} for one in lengths]
        whole = isinstance(seconds, int) and seconds > 0
        wanted = beyond(shots.firm_seconds) if whole else {"refused"}
        assert judged(reading, {**given, "shots": changed}) in wanted, seconds
    if high < shots.total[1]:
        rest: JsonValue = [{"prompt": "x", "seconds": high + 1}, {"prompt": "x", "seconds": low}]
        assert judged(reading, {**given, "shots": rest}) in beyond(shots.firm_seconds)


def _others(shots: Segments, held_shots: list[JsonValue], first: object) -> list[JsonValue]:
    """Lengths of the other shots, so that the sum stays legal where it can."""
    low = shots.seconds[0]
    count = max(len(held_shots) - 1, 0)
    known = shots.sums or range(max(shots.total[0], low), shots.total[1] + 1)
    told = first if isinstance(first, int) else low
    total = next((one for one in known if one >= told + count * low), known[-1])
    lengths = [low] * count
    if lengths:
        lengths[0] += total - told - count * low
    return [*lengths]


@with_shots
def test_a_shots_text_is_as_long_as_the_sources_say(reading: Reading) -> None:
    shots, given = reading.shots, base(reading)
    assert shots is not None
    held_shots = plan(shots)
    least, most = shots.characters

    def told(text: str) -> Fields:
        assert isinstance(held_shots, list)
        first, *others = held_shots
        assert isinstance(first, dict)
        return {**given, "shots": [{**first, "prompt": text}, *others]}

    assert judged(reading, told("")) == "refused"
    assert judged(reading, told(" ")) == "refused"
    if least > 1:
        assert judged(reading, told("x" * (least - 1))) == "refused"
    assert judged(reading, told("x" * least)) == "fits"
    assert judged(reading, told("x" * most)) == "fits"
    assert judged(reading, told("x" * (most + 1))) in beyond(shots.firm_characters)
    if shots.utf16:
        assert judged(reading, told("🌊" * (most // 2))) == "fits"
        assert judged(reading, told("🌊" * (most // 2 + 1))) == "refused"


@with_shots
def test_shots_in_one_text_end_with_their_semicolons_alone(reading: Reading) -> None:
    shots, given = reading.shots, base(reading)
    if shots is None or shots.form != "one text":
        return
    for text in ("a; b", "a\nb", "shot 3, 4, a door"):
        changed: JsonValue = [{"prompt": text, "seconds": shots.total[0]}]
        assert judged(reading, {**given, "shots": changed}) == "refused", text
    assert shots.most_written is not None
    count = shots.counts[1]
    # "shot 1, 2, ", the semicolon, and a space between two.
    left = shots.most_written - count * len("shot 1, 2, ;") - (count - 1)
    lengths: list[int] = []
    for after in range(count - 1, -1, -1):
        lengths.append(min(shots.characters[1], left - after))
        left -= lengths[-1]
    assert left == 0
    assert judged(reading, {**given, "shots": _long(lengths)}) == "fits"
    lengths[-1] += 1
    assert lengths[-1] <= shots.characters[1]
    assert judged(reading, {**given, "shots": _long(lengths)}) == "refused"


def _long(lengths: list[int]) -> JsonValue:
    """Shots with texts of these lengths."""
    return [{"prompt": "x" * length, "seconds": 2} for length in lengths]


@each
def test_a_row_says_whether_only_some_accounts_have_it(reading: Reading) -> None:
    if reading.by_account is not None:
        assert spec_of(reading).by_account == reading.by_account


@each
def test_prices_are_those_of_the_sources(reading: Reading) -> None:
    for cost in reading.prices:
        given = {**base(reading), **{k: v for k, v in cost.asked.items() if k != "total"}}
        if "total" in cost.asked and reading.shots:
            (*_, (_, shots)) = spread(reading.shots, int(cost.asked["total"]))
            given["shots"] = shots
        if cost.size is not None:
            continue  # Looked at on the wire, where sizes are known.
        found = spec_of(reading).estimate(given)
        if cost.amount is None:
            assert found is None, cost
        else:
            assert found is not None, cost
            assert (found.amount, found.unit) == (pytest.approx(cost.amount), cost.unit), cost
            assert cost.at_least in (None, found.at_least), cost


def test_no_option_of_another_role_is_among_the_files() -> None:
    for reading in READINGS:
        assert reading.files.keys() <= {*MEDIA_FIELDS}
        assert LABELS.keys() >= OURS
        for option in reading.options.values():
            assert isinstance(option, Pick | Whole | Switch | Share)
