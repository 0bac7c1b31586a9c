"""Runway's recipe that makes one video of several shots. Rows only."""

from datetime import date

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Rule, Shots, Span, Text
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import PRICES, a_second
from providers.vendors.runway.video_rules import SOUND, START, prompt, ratio, resolution

RECIPE = "docs.dev.runwayml.com/recipes/multi-shot-video"
READ = date(2026, 11, 29)
VERSION = "2026-06"
"""Of the recipe; the API has another one."""
TOLD = (PRICES, date(2026, 9, 25))
TIERS = (
    a_second(17, told_by=TOLD, resolution=("1080p",)),
    a_second(13, told_by=TOLD),
)

RECIPE_RULES: dict[str, Rule] = {
    "start_frame": START,
    "ratio": ratio(sizes.RECIPE),
    "resolution": resolution(*sizes.RECIPE),
    "audio": SOUND,
}
STORY_IDEAS = (
    "A courier in a red helmet crosses a waking city and hands over a parcel at the last second",
    "A potter makes a bowl, from the wet clay on the wheel to the first meal in it",
    "A lighthouse keeper climbs the stairs at dusk, lights the lamp, and a ship turns in time",
)

RECIPES = (
    ModelSpec(
        id="runway:multishot/multi_shot_video",
        label="Multi-Shot Video",
        summary="3 to 5 shots in one video of 5, 10 or 15 s, with audio, in 720p or 1080p.",
        good_for=("stories", "short shots"),
        rules={
            "shots": Shots(
                least=3,
                most=5,
                prompt=Text(shortest=3, longest=512, utf16=True),
                seconds=Span(low=1, high=15, default=5, unit="s"),
                total=15,
                sums=(5, 10, 15),
                rewritten=True,
            ),
            **RECIPE_RULES,
        },
        family="runway-multi-shot",
        prices=TIERS,
        wire={
            "endpoint": "recipes/multi_shot_video",
            "sizes": sizes.facts(sizes.RECIPE),
            "fixed": {"version": VERSION, "mode": "custom"},
        },
        source=RECIPE,
        checked=READ,
    ),
    ModelSpec(
        id="runway:multishot/multi_shot_video-auto",
        label="Multi-Shot Video: from one story",
        summary="Five shots from one story, in a video of 5, 10 or 15 s with audio.",
        good_for=("stories", "no planning"),
        note="The model always makes five shots. It decides what each shows and how long it lasts.",
        rules={
            "prompt": prompt(2500),
            **RECIPE_RULES,
            "duration": Choice(options=(10, 5, 15), default=10, unit="s"),
        },
        examples=STORY_IDEAS,
        family="runway-multi-shot-auto",
        prices=TIERS,
        wire={
            "endpoint": "recipes/multi_shot_video",
            "model": "multi_shot_video",
            "sizes": sizes.facts(sizes.RECIPE),
            "fixed": {"version": VERSION, "mode": "auto"},
        },
        source=RECIPE,
        checked=READ,
    ),
)
