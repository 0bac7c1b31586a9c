"""One value changes in a form: one thing changes on the wire, and a step beyond the limit is refused twice.

Every row of every vendor, each option in every situation: the adapter's own create call is watched on its
way to the emulator. No model and no limit is named here; `wordings.py` knows what a vendor calls a field.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Shots, Slot, Span, Text
from providers.errors import InvalidRequest, VendorError
from tests.support.cases import Fields, situations
from tests.support.plans import how_many, plan, shots, totals
from tests.support.requested import body_of
from tests.support.watching import SPECS, Paths, changed, counter, read_request, request_of, within
from tests.support.wordings import Wording

pytestmark = pytest.mark.anyio

every_row = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)


def files(name: str, count: int, first: int = 0) -> JsonValue:
    """So many artifacts for this field, in the form in which a request holds them."""
    ids: list[JsonValue] = [f"{name}-{first + number}" for number in range(count)]
    return ids if name == "references" else ids[0]


def crowded(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    """Each situation with every option told, and as many references as are sure to be taken."""
    for base in situations(spec):
        full = dict(base)
        for name, rule in spec.rules.items():
            if name in base and isinstance(rule, Slot):
                full[name] = files(name, rule.doubtful or rule.most)
        yield filled(spec, full)


def filled(spec: ModelSpec, given: Fields) -> dict[str, JsonValue]:
    """The same with the first value of every option that is not told, without what falls away."""
    rules = spec.rules_for(given)
    full = {name: value for name, value in given.items() if name in rules}
    for name, rule in rules.items():
        if isinstance(rule, Choice | Span | Flag):
            fits = isinstance(rule, Choice) and full.get(name) in rule.options
            full[name] = full[name] if fits else _values(rule)[0]
    return full


def _values(rule: Choice | Span | Flag) -> list[JsonValue]:
    match rule:
        case Choice():
            return list(rule.options)
        case Span():
            return [rule.low, rule.low + 1, rule.high]
        case Flag():
            return [False, True]


def options_of(spec: ModelSpec, base: Fields) -> Iterator[tuple[str, Choice | Span | Flag]]:
    """Every option in force."""
    for name, rule in spec.rules_for(base).items():
        if isinstance(rule, Choice | Span | Flag):
            yield name, rule


@every_row
async def test_each_option_moves_its_own_words_and_nothing_else(
    spec: ModelSpec, tmp_path: Path
) -> None:
    async with counter(spec, tmp_path) as desk:
        for base in crowded(spec):
            before = await desk.told(base)
            for name, rule in options_of(spec, base):
                seen = [_own(desk.wording, before, name)]
                for value in _values(rule)[1:]:
                    place = (spec.id, name, value)
                    after = await desk.told({**base, name: value})
                    moved = changed(desk.wording, before, after)
                    assert moved, place
                    assert all(within(path, desk.wording.paths[name]) for path in moved), (
                        place,
                        moved,
                    )
                    words = _own(desk.wording, after, name)
                    assert words not in seen, place
                    seen.append(words)
                    _is_said(desk.wording, words, name, value)


def _own(wording: Wording, told: Paths, name: str) -> Paths:
    return {path: value for path, value in told.items() if within(path, wording.paths[name])}


def _is_said(wording: Wording, words: Paths, name: str, value: JsonValue) -> None:
    """The value itself stands there, or it is one of those that are told otherwise."""
    if name in wording.translated:
        return
    if name in wording.silent and value == wording.silent[name]:
        assert words == {}, name
        return
    (said,) = words.values()
    assert (said, type(said)) == (value, type(value)), name


@every_row
async def test_each_file_each_shot_and_the_prompt_move_their_own_words(
    spec: ModelSpec, tmp_path: Path
) -> None:
    async with counter(spec, tmp_path) as desk:
        for base in crowded(spec):
            before = await desk.told(base)
            for name, rule in spec.rules_for(base).items():
                for value in _others(name, rule, base):
                    needed = rule.requires if isinstance(rule, Slot) else None
                    beside = {needed: files(needed, 1)} if needed else {}
                    fields = filled(spec, {**beside, **base, name: value})
                    after = await desk.told(fields)
                    moved = changed(desk.wording, before, after)
                    # What falls away beside a file, and what comes along with it, is told too.
                    names = {one for one in {*base, *fields} if base.get(one) != fields.get(one)}
                    places = tuple(path for one in names for path in desk.wording.paths[one])
                    assert moved, (spec.id, name, value)
                    assert all(within(path, places) for path in moved), (spec.id, name, moved)
                    if name == "prompt":
                        (place,) = {*desk.wording.paths[name]} & after.keys()
                        assert after[place] == value


def _others(name: str, rule: Rule, base: Fields) -> list[JsonValue]:
    match rule:
        case Text():
            return ["Another prompt, longer than the first"]
        case Slot() if name == "references":
            most = rule.doubtful or rule.most
            counts = {max(rule.least, 1), most}
            fewer_or_more = [files(name, count) for count in sorted(counts)]
            return [one for one in (*fewer_or_more, files(name, most, 1)) if one != base.get(name)]
        case Slot():
            return [files(name, 1, 1)]
        case Shots():
            fewest, most = how_many(rule)[0], how_many(rule)[-1]
            return [plan(rule, most), plan(rule, fewest, totals(rule, fewest)[1])]
        case _:
            return []


@every_row
async def test_a_step_beyond_a_limit_is_refused_by_the_form_and_by_the_emulator(
    spec: ModelSpec, tmp_path: Path
) -> None:
    async with counter(spec, tmp_path) as desk:
        for base in crowded(spec):
            for name, rule in options_of(spec, base):
                # A switch that is not sent in one position is looked at in the other.
                told = {**base, name: _values(rule)[-1]}
                before = await desk.told(told)
                for value in beyond(rule):
                    assert refused_by_form(spec, {**base, name: value}) == {name}, (name, value)
                for path, said in _own(desk.wording, before, name).items():
                    if path == "@" or (name == "people" and not path.endswith("subject")):
                        continue
                    for wrong in _beyond_said(rule, said):
                        assert await desk.refuses({path: wrong}), (spec.id, path, wrong)
            await desk.told(base)
            assert await desk.refuses({f"{_root(desk.wording)}.wibble".strip("."): 1}), spec.id


def beyond(rule: Choice | Span | Flag) -> list[JsonValue]:
    """The values just outside a rule."""
    match rule:
        case Choice():
            numbers = [option for option in rule.options if isinstance(option, int)]
            near: list[JsonValue] = [min(numbers) - 1, max(numbers) + 1] if numbers else []
            return [*near, "x" * 101 if rule.open else "none of these"]
        case Span():
            low, high = rule.beyond or (rule.low, rule.high)
            return [low - 1, high + 1, str(rule.low)]
        case Flag():
            return [1, "on"]


def _beyond_said(rule: Choice | Span | Flag, said: JsonValue) -> list[JsonValue]:
    """The same for a value as the vendor says it: a number of pixels has other neighbours."""
    if isinstance(said, bool):
        return ["on", 1]
    if isinstance(said, int):
        is_plain = said in _values(rule)
        return [one for one in beyond(rule) if isinstance(one, int)] if is_plain else [said + 1]
    if isinstance(said, str) and said.isdecimal():
        return [str(one) for one in beyond(rule) if isinstance(one, int)]
    return ["x" * 101 if isinstance(rule, Choice) and rule.open else "none of these"]


def _root(wording: Wording) -> str:
    """Where the fields of a body stand."""
    return wording.paths["prompt"][0].rpartition(".")[0]


def refused_by_form(spec: ModelSpec, fields: Fields) -> set[str]:
    """The fields that a person is told about before anything is sent."""
    try:
        request_of(spec, fields)
    except InvalidRequest as error:
        return {problem.field.partition(".")[0] for problem in error.problems if not problem.soft}
    return set()


@every_row
async def test_one_file_one_shot_or_one_sign_too_many_is_refused_by_both(
    spec: ModelSpec, tmp_path: Path
) -> None:
    async with counter(spec, tmp_path) as desk:
        for base in crowded(spec):
            request = request_of(spec, base)
            for name, rule in spec.rules_for(base).items():
                value = _too_many(name, rule)
                if value is None:
                    continue
                assert refused_by_form(spec, {**base, name: value}) == {name}, name
                update = request.model_copy(update={name: _as_kept(spec, name, value)})
                before = len(desk.engine.book)
                with pytest.raises(VendorError):
                    await desk.submit(update)
                assert len(desk.engine.book) == before, (spec.id, name)


def _too_many(name: str, rule: Rule) -> JsonValue:
    match rule:
        case Text():
            return "x" * (rule.longest + 1)
        case Slot() if rule.most > 1:
            return files(name, rule.most + 1)
        case Shots() if "count" not in rule.soft:
            return shots(rule, rule.most + 1)
        case _:
            return None


def _as_kept(spec: ModelSpec, name: str, value: JsonValue) -> object:
    return getattr(read_request(body_of(spec, {name: value})), name)
