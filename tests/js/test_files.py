"""Files and ratios, read alike in Python and by the page's modules."""

import random
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.catalogue.files import (
    LEAST_CUT,
    Leaving,
    beyond,
    cutting,
    fitted,
    is_cut,
    is_wider,
    kept,
    nearest,
    shrunk,
)
from providers.catalogue.rules import Choice, Slot, Takes
from tests.browser.forms import MODELS
from tests.js.answers import told

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:19.5")
OPTIONS: tuple[tuple[str, ...], ...] = (RATIOS, ("16:9", "9:16"), ("adaptive", "1:1"), ("auto",))
SIDES = st.integers(min_value=1, max_value=20_000)


def all_takes() -> list[Takes]:
    """Everything that any row says of files."""
    slots = [
        rule
        for spec in MODELS
        for rules in (spec.rules, *(when.rules for when in spec.when))
        for rule in rules.values()
        if isinstance(rule, Slot)
    ]
    return list(dict.fromkeys(rule.takes for rule in slots))


def files(takes: Takes, chance: random.Random) -> Iterator[Leaving]:
    """Files at every edge of these limits, right before it and right behind it."""
    sides = {takes.least_side, takes.most_side, takes.most_lines, 480, 2048, None}
    edges = [side + step for side in sides if side is not None for step in (-1, 0, 1)]
    for width in edges:
        shapes = [takes.least_shape or 0.5, takes.most_shape or 2.0, 1.0]
        for height in [max(1, round(width / shape) + chance.randint(-1, 1)) for shape in shapes]:
            yield Leaving(kind="image", media_type="image/heic", width=width, height=height)
    seconds = [takes.least_seconds or 0.0, takes.most_seconds or 30.0]
    lengths = [length + step for length in seconds for step in (-0.06, -0.05, 0.0, 0.05, 0.06)]
    rates = [None, 30.0, 30.3, 30.31]
    sizes = [None, (takes.most_bytes or 9) + 1, takes.most_bytes or 9, 511]
    types = ["video/mp4", "video/x-flv"]
    for length, rate, size, media_type in product(lengths, rates, sizes, types):
        yield Leaving(
            kind="video", media_type=media_type, width=640, height=479,
            seconds=length, rate=rate, bytes=size,
        )  # fmt: skip


def test_the_page_finds_what_is_wrong_with_a_file_as_python_does() -> None:
    chance = random.Random(5)
    asked = [(takes, file) for takes in all_takes() for file in files(takes, chance)]
    scales = [1 + number % 3 for number in range(len(asked))]
    theirs = told(
        "files",
        [
            [takes.model_dump(mode="json"), file.model_dump(mode="json"), scale]
            for (takes, file), scale in zip(asked, scales, strict=True)
        ],
    )
    for (takes, file), scale, found in zip(asked, scales, theirs, strict=True):
        ours = [list(shrunk(file.width, file.height, takes)), list(beyond(takes, file, scale))]
        assert found == ours, f"{takes} {file}"


def test_the_page_reckons_what_is_cut_off_as_python_does() -> None:
    chance = random.Random(7)
    sides = [*range(1, 12), 64, 720, 768, 1080, 1280, 1920, 3024, 4032]
    sizes = [(chance.choice(sides), chance.choice(sides)) for _ in range(400)]
    asked = [
        (size, options, ratio) for size in sizes for options in OPTIONS for ratio in options[:2]
    ]
    theirs = told("cuts", [[*size, list(options), ratio] for size, options, ratio in asked])
    for (size, options, ratio), found in zip(asked, theirs, strict=True):
        share = kept(*size, ratio)
        cut: JsonValue = None
        if share is not None and is_cut(*size, ratio):
            cut = {"part": 1 - share, "sides": is_wider(*size, ratio)}
        rule = Choice(options=options, default=ratio)
        assert found == [nearest(*size, options), cut, fitted(rule, *size)], (size, options, ratio)


def test_the_page_knows_which_forms_cut_their_frames_as_python_does() -> None:
    media: list[dict[str, JsonValue]] = [
        {}, {"start_frame": "a"}, {"start_frame": "a", "end_frame": "b"}, {"references": ["a"]},
    ]  # fmt: skip
    asked = [(spec, given) for spec in MODELS for given in media]
    theirs = told("cutting", [[spec.id, given] for spec, given in asked])
    for (spec, given), found in zip(asked, theirs, strict=True):
        ours = cutting(spec.rules_for(given), given)
        assert found == (None if ours is None else ours.model_dump(mode="json")), spec.id
    assert any(found is not None for found in theirs)


@settings(deadline=None)
@every(SIDES, SIDES, st.sampled_from(RATIOS))
def test_what_a_ratio_leaves_of_an_image_is_the_largest_part_of_that_shape(
    width: int, height: int, ratio: str
) -> None:
    share = kept(width, height, ratio)
    assert share is not None
    assert 0 < share <= 1
    wide, high = (float(part) for part in ratio.split(":"))
    times = min(width / wide, height / high)
    assert share == pytest.approx(times * wide * times * high / (width * height))
    assert is_cut(width, height, ratio) == (1 - share >= LEAST_CUT)
    turned = ":".join(reversed(ratio.split(":")))
    assert kept(height, width, turned) == pytest.approx(share)


@settings(deadline=None)
@every(SIDES, SIDES, st.lists(st.sampled_from((*RATIOS, "auto")), min_size=1, unique=True))
def test_no_other_ratio_leaves_more_of_an_image_than_the_nearest(
    width: int, height: int, options: list[str]
) -> None:
    best = nearest(width, height, options)
    shares = [share for one in options if (share := kept(width, height, one)) is not None]
    if best is None:
        assert shares == []
        return
    assert kept(width, height, best) == max(shares)
    firsts = [one for one in options if kept(width, height, one) == max(shares)]
    assert best == firsts[0]


@settings(deadline=None)
@every(SIDES, st.sampled_from(RATIOS[:6]))
def test_an_image_of_a_ratio_is_not_cut_by_it(times: int, ratio: str) -> None:
    wide, high = (int(part) for part in ratio.split(":"))
    assert kept(wide * times, high * times, ratio) == 1
    assert nearest(wide * times, high * times, RATIOS) == ratio
