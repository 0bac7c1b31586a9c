"""Runware's Kling models as makers of multishots. Rows only; what is unsure stands beside them.

3.0 takes a list of shots of its own. No page of the vendor tells its limits: they are those of the maker, as
other sellers of it report them, so all of them are soft. Turbo reads its shots from the prompt, and its
limits are the vendor's own.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Shots, Span, Text, When
from providers.vendors.runware.kling_models import (
    PRO_PRICES,
    RATIO,
    SOUND,
    STANDARD_PRICES,
    TURBO_PAGE,
    TURBO_PRICES,
    TURBO_RESOLUTION,
    TURBO_WIRE,
    wire,
)
from providers.vendors.runware.prices import PAGE, READ_AGAIN
from providers.vendors.runware.sizes import KLING_720P, KLING_1080P
from providers.vendors.runware.video_rules import FRAMES_OR_SIZE, START

# A prompt for the whole video and a list of shots exclude each other at the maker's.
KLING_3_SHOTS_RULES: dict[str, Rule] = {
    "shots": Shots(
        least=2,
        most=6,
        prompt=Text(shortest=1, longest=2500, doubtful=512),
        # Sellers disagree whether the shortest shot has 1 or 3 seconds.
        seconds=Span(low=3, high=15, default=5, unit="s"),
        total=15,
        total_least=3,
        soft=("count", "seconds", "total"),
    ),
    "start_frame": START,
    "ratio": RATIO,
    "audio": SOUND,
}
TURBO_SHOTS = Shots(
    least=1,
    most=6,
    prompt=Text(shortest=1, longest=512),
    seconds=Span(low=1, high=15, default=5, unit="s"),
    total=15,
    total_least=3,
    in_one_text=3072,
)
TURBO_SHOTS_RULES: dict[str, Rule] = {
    "shots": TURBO_SHOTS,
    "start_frame": START,
    "ratio": RATIO,
    "resolution": TURBO_RESOLUTION,
}
TURBO_SHOTS_WITH_FRAME = (
    When(
        field="start_frame",
        rules={"shots": TURBO_SHOTS.model_copy(update={"in_one_text": 2500})},
        hides=("ratio",),
    ),
)

KLING_MULTISHOTS = (
    ModelSpec(
        id="runware:multishot/klingai:kling-video@3-pro",
        label="Kling 3.0 Pro",
        summary="2 to 6 shots in one video of up to 15 s in 1080p, with optional audio.",
        good_for=("people", "detail"),
        rules=KLING_3_SHOTS_RULES,
        when=FRAMES_OR_SIZE,
        family="kling-3.0-pro",
        prices=PRO_PRICES,
        wire={**wire(KLING_1080P), "shots": "klingai.multiPrompt"},
        source=PAGE + "klingai-video-3-0-pro",
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:multishot/klingai:kling-video@3-standard",
        label="Kling 3.0 Standard",
        summary="2 to 6 shots in one video of up to 15 s in 720p, for drafts.",
        good_for=("people", "drafts"),
        rules=KLING_3_SHOTS_RULES,
        when=FRAMES_OR_SIZE,
        family="kling-3.0-standard",
        prices=STANDARD_PRICES,
        wire={**wire(KLING_720P), "shots": "klingai.multiPrompt"},
        source=PAGE + "klingai-video-3-0-standard",
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:multishot/klingai:kling-video@3.0-turbo",
        label="Kling 3.0 Turbo",
        summary="Up to 6 shots in one video of 3 to 15 s, with audio.",
        good_for=("fast", "short shots"),
        always_audio=True,
        rules=TURBO_SHOTS_RULES,
        when=TURBO_SHOTS_WITH_FRAME,
        family="kling-3.0-turbo",
        prices=TURBO_PRICES,
        wire=TURBO_WIRE,
        source=PAGE + TURBO_PAGE,
        checked=READ_AGAIN,
    ),
)
