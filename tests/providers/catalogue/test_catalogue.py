"""Every row of the catalogue, tried from all sides; nothing here names a limit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.catalogue.checks import check
from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import (
    MEDIA_FIELDS,
    ImageRequest,
    MultishotRequest,
    Shot,
    VideoRequest,
    read_request,
)
from providers.catalogue.rules import LABELS, Choice, Shots, Slot, Span, Text, with_unit
from providers.errors import InvalidRequest, Problem, Unknown
from providers.vendors.all import VENDORS
from tests.support.cases import PROMPT, Case, illegal, legal, minimal, situations
from tests.support.requested import body_of

SPECS = [spec for vendor in VENDORS for spec in vendor.models]
CATALOGUE = Catalogue(SPECS)
OWN = {
    "image": {"prompt", "references"},
    "video": {"prompt", *MEDIA_FIELDS},
    "multishot": {"prompt", "shots", "start_frame", "references"},
}

every_row = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)


def hard(problems: list[Problem]) -> set[str]:
    return {problem.field for problem in problems if not problem.soft}


def refused(spec: ModelSpec, case: Case) -> tuple[Problem, ...]:
    """What a person is told about the case when it comes in by the front door."""
    with pytest.raises(InvalidRequest) as caught:
        CATALOGUE.validate(read_request(body_of(spec, case.given)))
    return caught.value.problems


@every_row
def test_every_edge_of_every_rule_is_accepted(spec: ModelSpec) -> None:
    for case in legal(spec):
        assert hard(spec.problems(case.given)) == set(), case.name
        CATALOGUE.validate(read_request(body_of(spec, case.given)))


@every_row
def test_every_broken_rule_is_refused_and_nothing_but_its_field_is_named(spec: ModelSpec) -> None:
    for case in illegal(spec):
        assert hard(spec.problems(case.given)) == case.wrong, case.name


@every_row
def test_the_front_door_refuses_every_broken_rule_by_its_field(spec: ModelSpec) -> None:
    for case in illegal(spec):
        wrong = {field.partition(".")[0] for field in case.wrong}
        named = {problem.field.partition(".")[0] for problem in refused(spec, case)}
        assert named == wrong, case.name


@every_row
def test_every_problem_is_a_sentence_that_can_be_sent(spec: ModelSpec) -> None:
    for case in illegal(spec):
        for problem in (*spec.problems(case.given), *refused(spec, case)):
            assert problem.message.endswith((".", ")")), problem
            assert problem.message[0].isupper(), problem
            assert "!" not in problem.message, problem
            assert len(problem.message) < 400, problem
            problem.message.encode()


@every_row
def test_all_problems_come_at_once(spec: ModelSpec) -> None:
    wrong: dict[str, JsonValue] = dict.fromkeys(spec.rules, True)
    wrong |= {name: 7 for name, rule in spec.rules.items() if rule.rule == "flag"}
    assert hard(spec.problems({**wrong, "wibble": 1})) >= {*spec.rules, "wibble"}


@every_row
def test_a_field_with_its_own_place_is_refused_among_the_options(spec: ModelSpec) -> None:
    fields = minimal(spec)
    for name in {"prompt", "shots", *MEDIA_FIELDS}:
        value: JsonValue = fields.get(name, "artifact0")
        body = body_of(spec, {key: held for key, held in fields.items() if key != name})
        body["options"] = {name: value}
        with pytest.raises(InvalidRequest) as caught:
            CATALOGUE.validate(read_request(body))
        assert name in {problem.field for problem in caught.value.problems}


@every_row
def test_an_option_never_hides_what_stands_in_its_own_place(spec: ModelSpec) -> None:
    for name in OWN[spec.kind] & set(minimal(spec)):
        body = body_of(spec, minimal(spec))
        body["options"] = {name: None}
        assert read_request(body).fields()[name] == body[name]


@every_row
def test_a_valid_request_carries_every_default_and_stays_as_it_is(spec: ModelSpec) -> None:
    for fields in situations(spec):
        asked = read_request(body_of(spec, fields))
        kept = CATALOGUE.validate(asked)
        rules = spec.rules_for(fields)
        for name, rule in rules.items():
            if not isinstance(rule, Text | Slot | Shots) and rule.default is not None:
                assert kept.options[name] == fields.get(name, rule.default)
        assert set(kept.options) <= set(rules)
        assert kept.prompt == asked.prompt
        assert kept.media() == asked.media()
        assert CATALOGUE.validate(kept) == kept


@every_row
def test_a_value_that_was_chosen_is_not_replaced_by_a_default(spec: ModelSpec) -> None:
    for case in legal(spec):
        kept = CATALOGUE.validate(read_request(body_of(spec, case.given))).fields()
        for name, value in case.given.items():
            assert kept[name] == value
            assert isinstance(kept[name], type(value))


@every_row
def test_a_seed_is_chosen_where_the_model_takes_one(spec: ModelSpec) -> None:
    request = read_request(body_of(spec, minimal(spec)))
    seeds = [CATALOGUE.validate(request).options.get("seed") for _ in range(5)]
    rule = spec.rules.get("seed")
    if rule is None:
        assert seeds == [None] * 5
        return
    assert isinstance(rule, Span)
    assert all(isinstance(seed, int) and rule.low <= seed <= rule.high for seed in seeds)
    assert len(set(seeds)) > 1


@every_row
def test_a_row_says_what_a_picker_needs(spec: ModelSpec) -> None:
    assert spec.label
    assert spec.summary.endswith(".")
    assert spec.source
    assert all(0 < len(chip) <= 24 for chip in spec.good_for)
    assert {*spec.rules, *(name for when in spec.when for name in when.rules)} <= set(LABELS)
    for rule in spec.rules.values():
        if isinstance(rule, Slot):
            assert rule.requires is None or rule.requires in spec.rules
    prompt = spec.rules.get("prompt")
    for example in spec.examples:
        assert isinstance(prompt, Text)
        assert len(example) <= prompt.longest


def test_every_id_is_one_row_and_finds_it() -> None:
    assert len({spec.id for spec in SPECS}) == len(SPECS)
    for spec in CATALOGUE:
        assert CATALOGUE[spec.id] is spec
        assert spec.id == f"{spec.vendor}:{spec.kind}/{spec.name}"
        assert spec in CATALOGUE.of_kind(spec.kind)


def test_the_id_of_a_video_model_finds_its_multishot_row() -> None:
    videos = {spec.id for spec in CATALOGUE.of_kind("video")}
    multishots = [
        (spec, f"{spec.vendor}:video/{spec.name}") for spec in CATALOGUE.of_kind("multishot")
    ]
    assert any(twin in videos for _, twin in multishots)
    for spec, twin in multishots:
        if twin not in videos:
            continue
        body = body_of(spec, minimal(spec))
        body["model"] = twin
        assert CATALOGUE.validate(read_request(body)).model == spec.id


def test_a_model_of_another_kind_is_a_problem_of_the_model() -> None:
    for spec in CATALOGUE.of_kind("image"):
        request = VideoRequest(model=spec.id, prompt=PROMPT)
        assert hard(CATALOGUE.problems(request)) == {"model"}
        with pytest.raises(Unknown, match="does not make this kind"):
            CATALOGUE.spec_for(request)


@pytest.mark.parametrize("model", ["", "nobody:image/nothing", "useapi", "useapi:image/", ":/"])
def test_an_unknown_model_is_a_problem_of_the_model(model: str) -> None:
    request = ImageRequest(model=model, prompt=PROMPT)
    (problem,) = CATALOGUE.problems(request)
    assert problem.field == "model"
    assert "Pick one" in problem.message
    with pytest.raises(InvalidRequest):
        CATALOGUE.validate(request)


def test_a_model_that_its_maker_ended_is_at_risk_at_every_vendor_that_sells_it() -> None:
    ended = {"nano-banana", "sora-2", "sora-2-pro"}
    for spec in SPECS:
        assert bool(spec.at_risk) == (spec.family in ended), spec.id


def test_a_soft_problem_is_shown_and_does_not_refuse() -> None:
    soft = [spec for spec in SPECS if spec.at_risk]
    doubtful = [
        spec
        for spec in SPECS
        if isinstance(rule := spec.rules.get("prompt"), Text) and rule.doubtful is not None
    ]
    assert soft
    assert doubtful
    for spec in soft:
        request = read_request(body_of(spec, minimal(spec)))
        assert [problem.field for problem in CATALOGUE.problems(request)] == ["model"]
        CATALOGUE.validate(request)
    for spec in doubtful:
        rule = spec.rules["prompt"]
        assert isinstance(rule, Text)
        assert rule.doubtful is not None
        at = {**minimal(spec), "prompt": "x" * rule.doubtful}
        over = {**minimal(spec), "prompt": "x" * (rule.doubtful + 1)}
        assert spec.problems(at) == []
        (problem,) = spec.problems(over)
        assert (problem.field, problem.soft) == ("prompt", True)


def test_a_tag_without_its_reference_is_warned_about() -> None:
    tagged = [
        (spec, rule)
        for spec in SPECS
        for rule in spec.rules.values()
        if isinstance(rule, Slot) and rule.tag
    ]
    assert tagged
    for spec, rule in tagged:
        assert rule.tag is not None
        held: list[JsonValue] = ["a"]
        near, far = rule.tag.format(n=1), rule.tag.format(n=2)
        fine = {**minimal(spec), "prompt": f"Put {near}, here", "references": held}
        loose = {**minimal(spec), "prompt": f"Put {far} here.", "references": held}
        at_risk = [problem for problem in spec.problems(minimal(spec)) if problem.field == "model"]
        assert spec.problems(fine) == at_risk
        (problem,) = [one for one in spec.problems(loose) if one not in at_risk]
        assert (problem.field, problem.soft) == ("prompt", True)
        assert far in problem.message


SENTENCES: list[tuple[dict[str, JsonValue], str, str]] = [
    ({}, "kind", "an image, a video or a multishot"),
    ({"kind": "song", "model": "m"}, "kind", "an image, a video or a multishot"),
    ({"kind": "image"}, "model", "missing"),
    ({"kind": "image", "model": "m", "ratio": "1:1"}, "ratio", "no field 'ratio'"),
    ({"kind": "image", "model": "m", "start_frame": "a"}, "start_frame", "no field"),
    ({"kind": "image", "model": "m", "prompt": 5}, "prompt", "wrong type"),
    ({"kind": "image", "model": "m", "references": ["a", 5]}, "references.2", "wrong type"),
    ({"kind": "image", "model": "m", "references": "a"}, "references", "wrong type"),
    ({"kind": "image", "model": "m", "options": []}, "options", "wrong type"),
    ({"kind": "video", "model": "m", "end_frame": ["a"]}, "end_frame", "wrong type"),
    (
        {"kind": "multishot", "model": "m", "shots": [{"prompt": "a", "seconds": "3"}]},
        "shots.1.seconds",
        "wrong type",
    ),
    (
        {"kind": "multishot", "model": "m", "shots": [{"prompt": "a", "seconds": 3, "cut": 1}]},
        "shots.1.cut",
        "no field",
    ),
]


@pytest.mark.parametrize(("body", "field", "words"), SENTENCES, ids=lambda value: str(value)[:40])
def test_json_of_no_such_shape_gets_a_sentence_for_its_field(
    body: dict[str, JsonValue], field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_request(body)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.message


def test_json_becomes_the_request_that_was_meant() -> None:
    wanted: dict[str, JsonValue] = {
        "kind": "multishot",
        "model": "v:multishot/m",
        "prompt": "Launch film",
        "shots": [{"prompt": "One", "seconds": 3}],
        "start_frame": "a",
        "references": ["b"],
        "options": {"audio": False},
    }
    request = read_request(wanted)
    assert request == MultishotRequest(
        model="v:multishot/m",
        prompt="Launch film",
        shots=(Shot(prompt="One", seconds=3),),
        start_frame="a",
        references=("b",),
        options={"audio": False},
    )
    assert request.model_dump(mode="json") == wanted


def test_media_stand_in_the_order_of_their_slots() -> None:
    request = VideoRequest(
        model="m", driving_video="d", references=("r1", "r2"), end_frame="e", start_frame="s"
    )
    fields = [field for field, _ in request.media()]
    assert fields == ["start_frame", "end_frame", "references", "references", "driving_video"]
    assert [artifact for _, artifact in request.media()] == ["s", "e", "r1", "r2", "d"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
names = st.sampled_from([*LABELS]) | st.text(st.characters(), max_size=12)
bodies = st.dictionaries(
    st.sampled_from(["kind", "model", "prompt", "options", "shots", *MEDIA_FIELDS])
    | st.text(max_size=6),
    json_values
    | st.sampled_from(["image", "video", "multishot", *(spec.id for spec in SPECS)])
    | st.dictionaries(names, json_values)
    | st.lists(st.dictionaries(st.sampled_from(["prompt", "seconds", "x"]), json_values)),
)


@settings(max_examples=100, deadline=None)
@given(spec=st.sampled_from(SPECS), fields=st.dictionaries(names, json_values, max_size=8))
def test_no_fields_whatever_make_the_check_fall_over(
    spec: ModelSpec, fields: dict[str, JsonValue]
) -> None:
    for problem in spec.problems(fields):
        assert problem.message.strip()
        problem.message.encode()
    spec.complete(fields)


@settings(max_examples=100, deadline=None)
@given(body=bodies)
def test_any_json_becomes_a_request_or_problems(body: dict[str, JsonValue]) -> None:
    problems: tuple[Problem, ...] = (Problem("", "None."),)
    try:
        CATALOGUE.validate(read_request(body)).model_dump_json()
    except InvalidRequest as error:
        problems = error.problems
    assert problems
    for problem in problems:
        f"{problem.field} {problem.message}".encode()


def test_a_shot_without_a_length_is_named_together_with_every_other_problem() -> None:
    body: dict[str, JsonValue] = {
        "kind": "multishot",
        "model": "useapi:multishot/kling-3.0-pro",
        "shots": [
            {"prompt": "a", "seconds": 4.0},
            {"prompt": "b", "seconds": None},
            {"prompt": "c" * 534, "seconds": 3.5},
        ],
    }
    found = {problem.field: problem.message for problem in CATALOGUE.problems(read_request(body))}
    assert found == {
        "shots.2.seconds": "Shot 2 must be 3 to 12 whole seconds long, not nothing.",
        "shots.3.prompt": "Shot 3: Prompt is 22 characters too long: 534 of 512.",
        "shots.3.seconds": "Shot 3 must be 3 to 12 whole seconds long, not 3.5.",
    }


SIZES = Choice(options=("1k", "2k", "4k"), default="1k")


def test_sizes_are_written_in_one_way_whatever_case_a_service_writes_them_in() -> None:
    written = [
        with_unit(one, "") for one in ("4k", "4K", "720P", "720p", 8, "auto", "16:9", "10 k")
    ]
    assert written == ["4K", "4K", "720p", "720p", "8", "auto", "16:9", "10 k"]
    [problem] = check("resolution", SIZES, "8k")
    assert problem.message == "Resolution must be 1K, 2K or 4K, not “8k”."


@every_row
def test_a_size_in_another_case_is_the_same_size_and_sent_as_the_service_writes_it(
    spec: ModelSpec,
) -> None:
    rule = spec.rules.get("resolution")
    if not isinstance(rule, Choice):
        return
    for option in rule.options:
        for written in (str(option).upper(), str(option).lower()):
            body = body_of(spec, minimal(spec))
            asked = read_request({**body, "options": {"resolution": written}})
            told = [one for one in CATALOGUE.problems(asked) if one.field == "resolution"]
            assert not told
            if not hard(CATALOGUE.problems(asked)):
                assert CATALOGUE.validate(asked).options["resolution"] == option
