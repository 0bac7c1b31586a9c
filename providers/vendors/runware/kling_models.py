"""Runware's Kling models. Rows only; what is unsure stands beside them.

Where the vendor's pages name no limit, the maker's own stands here: for prompts and references as a warning,
for lengths as a limit.
"""

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Text, When
from providers.vendors.runware.prices import PAGE, READ, READ_AGAIN, dollars
from providers.vendors.runware.sizes import KLING_4K, KLING_720P, KLING_1080P, KLING_TURBO
from providers.vendors.runware.video_rules import END, FILM_IDEAS, START

RATIO = Choice(options=("16:9", "9:16", "1:1"), default="16:9")
TURBO_RESOLUTION = Choice(options=("720p", "1080p"), default="720p")
MOST_TEXT = 45_000
"""Characters: no model of this vendor takes more."""
LENGTH = Span(low=3, high=15, default=5, unit="s")
# The vendor sends none unless it is asked for.
SOUND = Flag(default=False)

# Lengths and sound are not in what could be read of the pages of 3.0 Pro and Standard; they are what callers
# of both use, what the page of 3.0 4K has, and what the maker itself offers.
KLING_3_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=1, longest=MOST_TEXT, doubtful=2500),
    "start_frame": START,
    "end_frame": END,
    "ratio": RATIO,
    "duration": LENGTH,
    "audio": SOUND,
}
KLING_O3_RULES: dict[str, Rule] = {
    **KLING_3_RULES,
    # The maker takes 7; the vendor names a maximum only beside a video, which no row hands in.
    "references": Slot(most=20, doubtful=7, open=True),
}
# The vendor takes either frames or a size, never both, and can do without words where it has a frame.
FREE_PROMPT = Text(longest=MOST_TEXT, doubtful=2500)
WITH_FRAME = (When(field="start_frame", rules={"prompt": FREE_PROMPT}, hides=("ratio",)),)

TURBO_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=3, longest=3072),
    "start_frame": START,
    "ratio": RATIO,
    "resolution": TURBO_RESOLUTION,
    "duration": LENGTH,
}
TURBO_WITH_FRAME = (
    When(field="start_frame", rules={"prompt": Text(shortest=3, longest=2500)}, hides=("ratio",)),
)
TURBO_PAGE = "klingai-video-3-0-turbo"
TURBO_PRICES = (
    dollars(0.14, "second", TURBO_PAGE, checked=READ_AGAIN, resolution=("1080p",)),
    dollars(0.112, "second", TURBO_PAGE, checked=READ_AGAIN),
)
TURBO_WIRE: dict[str, JsonValue] = {
    "task": "videoInference",
    "sizes": KLING_TURBO,
    "by_resolution": True,
}

PRO_PRICES = (
    dollars(0.168, "second", "klingai-video-3-0-pro", audio=(True,)),
    dollars(0.112, "second", "klingai-video-3-0-pro"),
)
STANDARD_PRICES = (
    dollars(0.126, "second", "klingai-video-3-0-standard", audio=(True,)),
    dollars(0.084, "second", "klingai-video-3-0-standard"),
)


def omni_prices(page: str, silent: float, with_sound: float) -> tuple[Price, ...]:
    """What a second of an O3 model costs, without and with audio."""
    return (
        dollars(with_sound, "second", page, checked=READ_AGAIN, audio=(True,)),
        dollars(silent, "second", page, checked=READ_AGAIN),
    )


def wire(sizes: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What the adapter needs for a model with a switch for its audio."""
    return {"task": "videoInference", "sizes": sizes, "sound": "klingai.sound"}


KLING_MODELS = (
    ModelSpec(
        id="runware:video/klingai:kling-video@3-pro",
        label="Kling 3.0 Pro",
        summary="Videos of 3 to 15 s in 1080p, with optional audio and start and end frames.",
        good_for=("people", "detail", "any length"),
        rules=KLING_3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-3.0-pro",
        prices=PRO_PRICES,
        wire=wire(KLING_1080P),
        source=PAGE + "klingai-video-3-0-pro",
        checked=READ,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@3-standard",
        label="Kling 3.0 Standard",
        summary="Kling 3.0 in 720p with the same controls, for drafts.",
        good_for=("people", "drafts", "any length"),
        rules=KLING_3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-3.0-standard",
        prices=STANDARD_PRICES,
        wire=wire(KLING_720P),
        source=PAGE + "klingai-video-3-0-standard",
        checked=READ,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@3-4k",
        label="Kling 3.0 4K",
        summary="Kling 3.0 in 4K with the same controls.",
        good_for=("people", "detail", "any length", "up to 4K"),
        rules=KLING_3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-3.0-4k",
        # Its sizes and lengths are known from a reading of its page by others; the page's price is not.
        wire=wire(KLING_4K),
        source=PAGE + "klingai-video-3-0-4k",
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@3.0-turbo",
        label="Kling 3.0 Turbo",
        summary="Quick videos of 3 to 15 s with audio, from text or a start frame.",
        good_for=("fast", "any length"),
        always_audio=True,
        rules=TURBO_RULES,
        when=TURBO_WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-3.0-turbo",
        prices=TURBO_PRICES,
        wire=TURBO_WIRE,
        source=PAGE + TURBO_PAGE,
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@o3-pro",
        label="Kling O3 Pro",
        summary="People and places from references, in 1080p for 3 to 15 s, with optional audio.",
        good_for=("consistent people", "detail", "any length"),
        rules=KLING_O3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-o3-pro",
        prices=omni_prices("klingai-video-3-0-omni-pro", 0.112, 0.14),
        wire=wire(KLING_1080P),
        source=PAGE + "klingai-video-3-0-omni-pro",
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@o3-standard",
        label="Kling O3 Standard",
        summary="Kling O3 in 720p with the same controls, for drafts.",
        good_for=("consistent people", "drafts", "any length"),
        rules=KLING_O3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-o3-standard",
        prices=omni_prices("klingai-video-3-0-omni-standard", 0.084, 0.112),
        wire=wire(KLING_720P),
        source=PAGE + "klingai-video-3-0-omni-standard",
        checked=READ_AGAIN,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@o3-4k",
        label="Kling O3 4K",
        summary="Kling O3 in 4K with the same controls.",
        good_for=("consistent people", "detail", "any length", "up to 4K"),
        rules=KLING_O3_RULES,
        when=WITH_FRAME,
        examples=FILM_IDEAS,
        family="kling-o3-4k",
        # Its pixels are those of 3.0 4K, as at the other two tiers; the page's price is not known.
        wire=wire(KLING_4K),
        source=PAGE + "klingai-video-3-0-omni-4k",
        checked=READ_AGAIN,
    ),
)
