"""Kling 3.0 Pro at Runflow, as one shot and as several: each is two addresses, with and without a start frame.

Rows only. The pages name no maximum for texts, and the table of a shot's fields could not be read: how many
shots, how long one, and how long their texts, is what other sellers of the same model say, and so a warning.
Lengths of a whole video stand on the pages. What a video with audio costs does not: one names $0.112 a
second without audio, another $0.14.
"""

from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Rule, Shots, Slot, Span, Text, When

PAGE = "docs.runflow.io/models/kuaishou/kling-video/v3/pro/text-to-video"
READ = date(2026, 11, 29)
MOST_TEXT = 100_000

FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)
RATIO = Choice(options=("16:9", "9:16", "1:1"))
VIDEO_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=1, longest=MOST_TEXT, doubtful=2500),
    "start_frame": Slot(),
    "end_frame": Slot(requires="start_frame"),
    "ratio": RATIO,
    "duration": Span(low=3, high=15, default=5, unit="s"),
    "audio": Flag(default=True),
}
# The vendor takes either a prompt or shots, and nobody says what becomes of an end frame beside shots.
MULTISHOT_RULES: dict[str, Rule] = {
    "shots": Shots(
        least=2,
        most=6,
        prompt=Text(shortest=1, longest=MOST_TEXT, doubtful=512),
        seconds=Span(low=3, high=15, default=5, unit="s"),
        # What they last together is sent as the length of the video.
        total=15,
        total_least=3,
        soft=("count", "seconds"),
    ),
    "start_frame": Slot(),
    "ratio": RATIO,
    "audio": Flag(default=True),
}
# The address for a start frame has no ratio: the video takes the shape of its frame.
SHAPE_OF_THE_FRAME = (When(field="start_frame", hides=("ratio",)),)
FROM_TEXT = Price(
    amount=0.112, unit="$", per="second", when={"audio": (False,), "start_frame": (None,)},
    source=PAGE, checked=READ,
)  # fmt: skip
# Another page names more for the address of a start frame.
FRAMED = FROM_TEXT.model_copy(update={"when": {"audio": (False,)}, "at_least": True})
SILENT = (FROM_TEXT, FRAMED)
WIRE: dict[str, JsonValue] = {
    "without_files": "kuaishou/kling-video/v3/pro/text-to-video",
    "with_files": "kuaishou/kling-video/v3/pro/image-to-video",
    "start_frame": "start_image_url",
    "end_frame": "end_image_url",
    "seconds": "{}",
}

KLING_VIDEOS = (
    ModelSpec(
        id="runflow:video/kuaishou/kling-video/v3/pro",
        label="Kling 3.0 Pro",
        summary="Videos of 3 to 15 s with audio, with optional start and end frames.",
        good_for=("people", "detail", "any length"),
        rules=VIDEO_RULES,
        when=SHAPE_OF_THE_FRAME,
        examples=FILM_IDEAS,
        family="kling-3.0-pro",
        prices=SILENT,
        wire=WIRE,
        source=PAGE,
        checked=READ,
    ),
)
KLING_MULTISHOTS = (
    ModelSpec(
        id="runflow:multishot/kuaishou/kling-video/v3/pro",
        label="Kling 3.0 Pro",
        summary="2 to 6 shots in one video of up to 15 s, with audio.",
        good_for=("people", "detail"),
        rules=MULTISHOT_RULES,
        when=SHAPE_OF_THE_FRAME,
        family="kling-3.0-pro",
        prices=SILENT,
        wire=WIRE,
        source=PAGE,
        checked=READ,
    ),
)
