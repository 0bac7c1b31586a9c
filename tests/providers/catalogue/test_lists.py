"""A list of prompts becomes requests: lines, tables, alternatives, takes and several models."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.catalogue.lists import MOST_ROWS, Rows, read_list
from providers.catalogue.models import Catalogue
from providers.catalogue.requests import ImageRequest, VideoRequest
from providers.catalogue.variants import Misread, read_pattern
from providers.errors import InvalidRequest
from providers.vendors.all import VENDORS

ROWS = Catalogue(spec for vendor in VENDORS for spec in vendor.models)
GEN4 = "useapi:image/gen4"
WORDS = st.text(st.characters(blacklist_characters="{}|\\"), max_size=12)


def _read(text: str, **more: object) -> Rows:
    form = ImageRequest(model=GEN4, options={"ratio": "16:9"})
    return read_list(text, form, ROWS, **more)  # pyright: ignore[reportArgumentType]


def _prompts(found: Rows) -> list[str]:
    return [row.request.prompt for row in found.rows]


def escaped(text: str) -> str:
    """A text as a line that means just this text."""
    return re.sub(r"([{}|\\])", r"\\\1", text)


@given(st.text())
def test_every_text_can_be_written_so_that_it_means_itself(text: str) -> None:
    assert read_pattern(escaped(text)).prompts() == [text]


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=2, max_size=4)), max_size=3), WORDS)
def test_every_alternative_makes_a_prompt(places: list[tuple[str, list[str]]], tail: str) -> None:
    text = "".join(f"{before}{{{'|'.join(each)}}}" for before, each in places) + tail
    wanted = [""]
    for before, each in places:
        wanted = [have + before + one for have in wanted for one in each]
    pattern = read_pattern(text)
    assert pattern.prompts() == [one + tail for one in wanted]
    assert pattern.count == len(wanted)


@given(st.text(st.sampled_from("{}|\\ab"), max_size=40))
def test_no_text_breaks_the_reader_and_its_count_is_true(text: str) -> None:
    told = ""
    count = made = 1
    try:
        pattern = read_pattern(text)
        count, made = pattern.count, len(pattern.prompts()) if pattern.count < 1000 else 0
    except Misread as error:
        told = str(error)
    assert made in (count, 0)
    assert told.endswith("for a brace.") or not told


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ('{"scene": "a fox"}', ['{"scene": "a fox"}']),
        ("a } or | b", ["a } or | b"]),
        (r"{a\|b|c} \{d\}", ["a|b {d}", "c {d}"]),
        ("{|red }fox", ["fox", "red fox"]),
        (r"C:\new \\", [r"C:\new " + "\\"]),
    ],
)
def test_signs_that_stand_for_themselves(text: str, prompts: list[str]) -> None:
    assert read_pattern(text).prompts() == prompts


def test_a_line_is_a_prompt_and_a_bad_line_keeps_its_place() -> None:
    found = _read("  A fox \n\nA {red|blue} bird\nA {lost|brace\nLast, with a comma; and more")
    assert _prompts(found) == [
        "A fox", "A red bird", "A blue bird", "A {lost|brace", "Last, with a comma; and more",
    ]  # fmt: skip
    assert [row.line for row in found.rows] == [1, 3, 3, 4, 5]
    assert [row.problem for row in found.rows if row.problem] == [
        "The brace at character 3 is not closed. Close it with }, or write \\{ for a brace."
    ]
    assert all(row.request.options == {"ratio": "16:9"} for row in found.rows)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_names_options_by_field_or_by_their_words(mark: str) -> None:
    lines = [
        ["Prompt", "ratio", "Images", "seed", "Explore queue"],
        ['"A fox\nin two lines"', "1:1", "4", "7", "on"],
        ["{a|b}", "", "two", "", "maybe"],
    ]
    found = _read("\n".join(mark.join(cells) for cells in lines))
    assert _prompts(found) == ["A fox\nin two lines", "a", "b"]
    assert [row.line for row in found.rows] == [2, 4, 4]
    first, second, _ = (dict(row.request.options) for row in found.rows)
    assert first == {"ratio": "1:1", "count": 4, "seed": 7, "explore": True}
    # What is no such value reaches the validator as it stands.
    assert second == {"ratio": "16:9", "count": "two", "explore": "maybe"}
    assert [one.field for one in ROWS.problems(found.rows[1].request)] == ["count", "explore"]


def test_columns_that_nobody_knows_and_cells_beyond_the_head_are_told_by_the_validator() -> None:
    found = _read("prompt,ratio,mood\nA fox,1:1,glad\nA bird,1:1,,more")
    assert [[one.field for one in ROWS.problems(row.request)] for row in found.rows] == [
        ["mood"],
        ["column 4"],
    ]
    assert _prompts(_read("prompt, vivid colours\nsecond")) == ["prompt, vivid colours", "second"]
    assert _prompts(_read("Prompt\nA fox, red")) == ["A fox, red"]
    with pytest.raises(InvalidRequest, match="quotation marks don't match up"):
        _read('prompt,seed\n"A fox\nA bird')


def test_the_same_prompts_on_several_models_take_what_each_takes() -> None:
    other = "useapi:image/nano-banana"
    form = ImageRequest(
        model=GEN4, options={"ratio": "16:9", "resolution": "720p"}, references=("a",)
    )
    found = read_list("one\ntwo", form, ROWS, [GEN4, other], 1)
    assert [(row.request.model, row.request.prompt) for row in found.rows] == [
        (GEN4, "one"), (other, "one"), (GEN4, "two"), (other, "two"),
    ]  # fmt: skip
    assert found.rows[0].request.options == form.options
    assert found.rows[1].request.options == {"ratio": "16:9"}
    assert found.rows[1].note == "Nano Banana doesn't support resolution, so it was dropped."
    for model in ("useapi:video/veo-3.1", "nobody:image/none"):
        with pytest.raises(InvalidRequest):
            read_list("one", form, ROWS, [model], 1)


def test_every_model_takes_what_it_is_given_of_any_other_ones_form() -> None:
    for spec in ROWS.of_kind("video"):
        form = VideoRequest(
            model="useapi:video/veo-3.1",
            options={"ratio": "16:9", "duration": 8, "resolution": "1080p", "audio": True},
            start_frame="a",
            end_frame="b",
        )
        (row,) = read_list("A fox", form, ROWS, [spec.id], 1).rows
        problems = spec.problems(row.request.fields())
        told = {one.field for one in problems if not one.soft}
        assert told <= {"driving_video", "references", "prompt"}, (spec.id, problems)


def test_a_table_names_models_by_id_or_words_and_an_unknown_one_is_a_problem() -> None:
    found = _read("prompt,model\nA fox,Nano Banana\nA bird,useapi:image/GEN4\nA cat,Nobody")
    assert [row.request.model for row in found.rows] == [
        "useapi:image/nano-banana", GEN4, "Nobody",
    ]  # fmt: skip
    assert [one.field for one in ROWS.problems(found.rows[2].request)] == ["model"]


def test_takes_count_a_chosen_seed_up_and_leave_others_to_chance() -> None:
    seeded: dict[str, JsonValue] = {"seed": 41}
    form = ImageRequest(model=GEN4, options=seeded)
    rows = read_list("a fox", form, ROWS, (), 3).rows
    assert [row.request.options["seed"] for row in rows] == [41, 42, 43]
    assert all("seed" not in row.request.options for row in _read("a fox", takes=3).rows)
    for takes in (0, 21):
        with pytest.raises(InvalidRequest):
            _read("a fox", takes=takes)


def test_a_list_is_bounded_before_it_is_made() -> None:
    assert len(_read("\n".join(["x"] * MOST_ROWS)).rows) == MOST_ROWS
    found = _read("first\n" + "{a|b}" * 12)
    assert (_prompts(found), found.count) == (["first"], 2**12 + 1)
    assert "makes 4,097 jobs, but the limit is 200 at a time" in found.problem
    # More places than a number of jobs could be written out for.
    found = _read("first\n" + "{a|b}" * 20_000)
    assert (_prompts(found), found.count) == (["first"], 1_000_000)
    assert "makes 1,000,000 jobs or more, but the limit is" in found.problem


@pytest.mark.parametrize(
    "text",
    ["x" * 200_000, "prompt,seed\n" + "x," * 60_000, "{a|b}" + "x" * 200_000],
)
def test_rows_that_repeat_a_long_line_are_refused_before_they_are_made(text: str) -> None:
    models = [spec.id for spec in ROWS.of_kind("image")][:10]
    with pytest.raises(InvalidRequest, match="too long in total"):
        _read(text, models=models, takes=10)


@pytest.mark.parametrize("cell", ["--5", "-", "+5", "5" * 40, "٣", "1e3", "0x10"])
def test_a_cell_that_is_no_number_stays_a_text(cell: str) -> None:
    (row,) = _read(f"prompt,seed\na fox,{cell}").rows
    assert row.request.options["seed"] == cell


def test_a_long_table_is_looked_through_once() -> None:
    # Each line looked through every model: a megabyte of lines held the studio for seconds.
    asked = 0

    class Counting(str):
        def casefold(self) -> str:
            nonlocal asked
            asked += 1
            return super().casefold()

    rows = [spec.model_copy(update={"label": Counting(spec.label)}) for spec in ROWS]
    form = ImageRequest(model=GEN4)
    found = read_list("prompt,model\n" + "a,b\n" * 500, form, Catalogue(rows))
    assert (found.count, asked <= len(rows)) == (500, True)
