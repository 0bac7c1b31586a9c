"""What the second reading lists is what goes on the wire, where it belongs, and nothing else ever does.

Each request goes through the catalogue and its vendor's adapter to the emulator, which takes it.
"""

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.support.cases import Fields
from tests.support.readings.all import READINGS, base, choices, held, plan, shaped, spec_of
from tests.support.readings.wire import Call, Line, fields_of, line, pattern
from tests.support.readings.words import (
    Files,
    Option,
    Pick,
    Plain,
    Reading,
    Segments,
    Share,
    Sizes,
    Switch,
    Whole,
)

pytestmark = pytest.mark.anyio
each = pytest.mark.parametrize("reading", READINGS, ids=Reading.told)
with_shots = pytest.mark.parametrize(
    "reading", [one for one in READINGS if one.shots], ids=Reading.told
)


@pytest.fixture
async def sent(reading: Reading, tmp_path: Path) -> AsyncGenerator[Line]:
    async with line(reading.row.partition(":")[0], tmp_path) as there:
        yield there


def same(one: JsonValue, other: Plain) -> bool:
    """Equal in value and in kind: true is no 1 on a wire, and "5" no 5."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def listed(call: Call, *readings: Reading) -> None:
    """A body has no field that these readings do not list."""
    fits = [pattern(path) for path in fields_of(readings)]
    told = {f"{path}={value}" for path, values in call.paths().items() for value in values}
    allowed = {one for reading in readings for one in reading.may if "=" in one}
    for path in call.paths():
        known = any(one.expression.fullmatch(path) for one in fits if one(path))
        known = known or any(entry in allowed for entry in told if entry.startswith(f"{path}="))
        assert known, (path, call.body)


@each
async def test_the_least_request_has_its_fixed_fields_and_defaults(
    reading: Reading, sent: Line
) -> None:
    call = await sent.send(reading, base(reading))
    assert call.place == reading.place
    for path, value in reading.fixed.items():
        assert call.at(path) == value, path
    listed(call, reading)
    for name, option in reading.options.items():
        if not option.path:
            continue
        default = option.default
        value = call.at(option.path)
        if isinstance(option, Share):
            assert value is None or value == default, name
            continue
        assert value is not None or not option.always, name
        if default is not None and value is not None:
            assert same(value, default), (name, value)
    sizes = reading.sizes
    if sizes is not None:
        size = tuple(call.at(path) for path in sizes.paths)
        assert not sizes.always or size in sizes.values, size
        if sizes.default is not None:
            assert size in {sizes.default, (None,) * len(size)}


@each
async def test_each_option_moves_on_the_wire(reading: Reading, sent: Line) -> None:
    given = base(reading)
    for name, option in reading.options.items():
        if not option.path:
            continue
        seen: dict[str, JsonValue] = {}
        for value in choices(reading, given, name):
            call = await sent.send(reading, {**given, name: value})
            listed(call, reading)
            assert call.place == reading.place
            seen[repr(value)] = call.at(option.path)
            _is_told(option, value, call.at(option.path))
        values = list(seen.values())
        assert len({repr(value) for value in values}) == len(values) > 1, (name, seen)
        if isinstance(option, Pick) and option.values:
            left = (await sent.send(reading, given)).at(option.path)
            told = {value for value in values if isinstance(value, str | int)}
            assert told | _left(option, [*values, left]) == {*option.values}, name


def _left(option: Pick, values: list[JsonValue]) -> set[Plain]:
    """The default, which may be meant by leaving the field out."""
    return {option.default} if None in values and option.default is not None else set()


def _is_told(option: Option, value: JsonValue, told: JsonValue) -> None:
    match option:
        case Whole():
            number = int(str(value))
            wanted: Plain = str(number) if option.form == "text" else number
            assert told is not None
            assert same(told, wanted), (value, told)
        case Share():
            assert isinstance(told, int | float)
            assert isinstance(value, int | float)
            assert told == pytest.approx(value / 100)
        case Switch():
            # What is the vendor's default may be left out.
            assert told is value or (told is None and value is option.default), (value, told)
        case Pick():
            assert told is None or not option.values or told in option.values, (value, told)


@each
async def test_every_size_of_the_sources_can_be_had_and_no_other(
    reading: Reading, sent: Line
) -> None:
    sizes, given = reading.sizes, base(reading)
    if sizes is None:
        return
    found: dict[tuple[JsonValue, ...], Fields] = {}
    for asked in shaped(reading, given):
        call = await sent.send(reading, asked)
        listed(call, reading)
        size = tuple(call.at(path) for path in sizes.paths)
        if size != (None,) * len(size):
            found[size] = asked
        _is_of_its_shape(asked, size)
    assert {*found} == {*sizes.values} - {*sizes.not_offered}
    _prices(reading, sizes, found)


def _is_of_its_shape(asked: Fields, size: tuple[JsonValue, ...]) -> None:
    """A size that is chosen by its shape has it, within what whole pixels allow."""
    shape = str(asked.get("ratio", ""))
    pixels = ":".join(map(str, size)).split(":")
    if shape.count(":") == 1 and len(pixels) == 2 and all(one.isdigit() for one in pixels):
        width, height = map(int, shape.split(":"))
        wide, high = map(int, pixels)
        assert wide / high == pytest.approx(width / height, rel=0.06), (asked, size)


def _prices(reading: Reading, sizes: Sizes, found: Mapping[tuple[JsonValue, ...], Fields]) -> None:
    for cost in reading.prices:
        if cost.size is None:
            continue
        asked = {k: v for k, v in cost.asked.items() if k != "total"}
        given: dict[str, JsonValue] = {**found[cost.size], **asked}
        if reading.shots is not None and "total" in cost.asked:
            given["shots"] = _lasting(reading.shots, int(cost.asked["total"]))
        estimate = spec_of(reading).estimate(given)
        assert estimate is not None, cost
        assert (estimate.amount, estimate.unit) == (pytest.approx(cost.amount), cost.unit), cost
        assert cost.size in sizes.values


def _lasting(shots: Segments, total: int) -> JsonValue:
    """The fewest shots that last so long together."""
    low, high = shots.seconds
    count = next(
        count
        for count in range(shots.counts[0], shots.counts[1] + 1)
        if count * low <= total <= count * high
    )
    return plan(shots, count, total)


@each
async def test_a_prompt_is_sent_as_it_is_written(reading: Reading, sent: Line) -> None:
    words = reading.prompt
    if words is None:
        return
    for text in ("A ferry, “late” & slow — 日本 🌊", "x" * (words.most or 1000)):
        call = await sent.send(reading, {**base(reading), "prompt": text})
        assert call.at(words.path) == text
    if not words.needed:
        call = await sent.send(reading, base(reading))
        assert call.at(words.path) is None


@each
async def test_files_go_where_the_sources_have_them(reading: Reading, sent: Line) -> None:
    own = [one for one in READINGS if one.row == reading.row]
    for field, files in reading.files.items():
        for count in sorted({max(files.least, 1), files.most or 3}):
            call = await sent.send(reading, {**base(reading), field: held(field, count)})
            listed(call, *own)
            names = [f"{field}{number}" for number in range(count)]
            places = [_place(call, files, sent.uploads[name]) for name in names]
            assert places == sorted(places), (field, call.body)
            if "#" in files.path:
                numbers = [int(path.rpartition("Id")[2]) for path, _ in call.below(files.path)]
                assert numbers == [*range(1, len(numbers) + 1)]
            for name in names:
                _beside(call.body, files, sent.uploads[name])


def _place(call: Call, files: Files, upload: str) -> int:
    """Where among the files of its path one stands."""
    values = [str(value) for _, value in call.below(files.path)]
    found = [number for number, value in enumerate(values) if _tail(upload) in value]
    assert found, (files.path, upload, call.body)
    return found[0]


def _tail(upload: str) -> str:
    """The part of a reference that a vendor signs anew for each request."""
    return upload.rpartition("/")[2]


def _beside(body: JsonValue, files: Files, upload: str) -> None:
    """What stands in the same object as the file is what the sources say."""
    for holder in _holders(body, _tail(upload)):
        for name, value in files.beside.items():
            assert holder.get(name) == value, (holder, files)


def _holders(value: JsonValue, upload: str) -> list[dict[str, JsonValue]]:
    """The objects of a list in which a file stands."""
    found: list[dict[str, JsonValue]] = []
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and any(upload in str(part) for part in one.values()):
            found.append(one)
    for one in value.values() if isinstance(value, dict) else ():
        found += _holders(one, upload)
    return found


@each
async def test_all_at_once_has_no_field_beyond_the_sources(reading: Reading, sent: Line) -> None:
    given = base(reading)
    own = [one for one in READINGS if one.row == reading.row]
    # Switches first: what is on may narrow what others take.
    names = sorted(reading.options, key=lambda name: not isinstance(reading.options[name], Switch))
    names += ["ratio", "resolution"] if reading.sizes else []
    for place in (0, -1):
        full = dict(given)
        for name in names:
            if offered := choices(reading, full, name):
                full[name] = offered[place]
        call = await sent.send(reading, full)
        listed(call, *own)
        assert call.place == reading.place


@with_shots
async def test_shots_are_sent_as_they_are_written(reading: Reading, sent: Line) -> None:
    shots, given = reading.shots, base(reading)
    assert shots is not None
    for count in range(shots.counts[0], shots.counts[1] + 1):
        low, high = shots.seconds
        totals = shots.sums or range(shots.total[0], shots.total[1] + 1)
        for total in totals:
            if not count * low <= total <= count * high:
                continue
            asked = plan(shots, count, total)
            call = await sent.send(reading, {**given, "shots": asked})
            listed(call, reading)
            assert filmed(shots, call) == asked
            whole = call.at(shots.sum_path) if shots.sum_path else None
            if whole is not None or shots.sums:
                assert whole == (str(total) if shots.sum_as_text else total)


def filmed(shots: Segments, call: Call) -> JsonValue:
    """The plan in a body, in the studio's words."""
    found: list[JsonValue] = []
    if shots.form == "one text":
        text = str(call.at(shots.path))
        assert text.endswith(";")
        for number, part in enumerate(text.removesuffix(";").split(";"), start=1):
            name, seconds, prompt = part.strip().split(", ", 2)
            assert name == f"shot {number}"
            found.append({"prompt": prompt, "seconds": int(seconds)})
        return found
    for number, (prompt, seconds) in enumerate(zip(*_columns(shots, call), strict=True), start=1):
        assert isinstance(seconds, str) == (shots.form == "text seconds"), number
        assert not isinstance(seconds, bool | float)
        found.append({"prompt": prompt, "seconds": int(str(seconds))})
    return found


def _columns(shots: Segments, call: Call) -> tuple[list[JsonValue], list[JsonValue]]:
    """Prompts and seconds in their order."""
    if shots.form == "fields":
        count = len(call.below(f"{shots.path}_prompt_#"))
        names = range(1, count + 1)
        return (
            [call.at(f"{shots.path}_prompt_{number}") for number in names],
            [call.at(f"{shots.path}_duration_{number}") for number in names],
        )
    paths = call.paths()
    return paths[f"{shots.path}.prompt"], paths[f"{shots.path}.duration"]
