"""Runflow's other models for videos: Seedance, Veo, Wan and HappyHorse, as far as their pages could be read.

Rows only. A page that gives a field without its values leaves the choice open: others are sent after a
warning. No page names a maximum for the prompt, so a sibling's stands here. Prices are those of the pages:
where one is told only for silence or for one resolution, the others have none.
"""

from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Text, When
from providers.vendors.runflow.kling_models import FILM_IDEAS, MOST_TEXT

PAGE = "docs.runflow.io/models/"
READ = date(2026, 11, 29)

PROMPT = Text(shortest=1, longest=MOST_TEXT, doubtful=50_000)
AUDIO = Flag(default=True)
HD = Choice(options=("720p", "1080p"), default="720p", open=True)
ANY_LENGTH = Span(low=4, high=15, default=5, unit="s")

SEEDANCE_RULES: dict[str, Rule] = {
    "prompt": PROMPT,
    # The vendor's `auto`, for ratio and length, is what happens when nothing is sent; a length is
    # always sent, because the price depends on it.
    "ratio": Choice(options=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")),
    "resolution": Choice(options=("480p", "720p", "1080p"), default="720p"),
    "duration": ANY_LENGTH,
    "audio": AUDIO,
}
VEO_RULES: dict[str, Rule] = {
    "prompt": PROMPT,
    "ratio": Choice(options=("16:9", "9:16")),
    "resolution": Choice(options=("720p", "1080p", "4k"), default="720p"),
    "duration": Choice(options=(4, 6, 8), default=8, unit="s"),
    "audio": AUDIO,
    # No range is stated; a page reads no larger number exactly.
    "seed": Span(low=0, high=2147483647, beyond=(1 - 2**53, 2**53 - 1)),
    # The values are those of the same field at the maker's image model.
    "tolerance": Choice(options=(1, 2, 3, 4, 5, 6)),
}
VEO_FRAME_RATIO = Choice(options=("16:9", "9:16"), default="16:9")
VEO_WIRE: dict[str, JsonValue] = {"seconds": "{}s"}
SILENT: dict[str, tuple[JsonValue, ...]] = {"audio": (False,)}
IN_720P: dict[str, tuple[JsonValue, ...]] = {"resolution": ("720p",)}
BELOW_4K: dict[str, tuple[JsonValue, ...]] = {"resolution": ("720p", "1080p")}
FROM_TEXT: dict[str, tuple[JsonValue, ...]] = {"start_frame": (None,)}


def _dollars(
    amount: float, page: str, when: dict[str, tuple[JsonValue, ...]], *, at_least: bool = False
) -> Price:
    return Price(
        amount=amount,
        unit="$",
        per="second",
        when=when,
        at_least=at_least,
        source=PAGE + page,
        checked=READ,
    )


VIDEO_MODELS = (
    ModelSpec(
        id="runflow:video/bytedance/seedance/2.0",
        label="Seedance 2.0",
        summary="Videos of 4 to 15 s with audio up to 1080p, with optional start and end frames.",
        good_for=("motion", "any length"),
        rules={
            "prompt": PROMPT,
            "start_frame": Slot(),
            "end_frame": Slot(requires="start_frame"),
            **SEEDANCE_RULES,
        },
        examples=FILM_IDEAS,
        family="seedance-2",
        prices=(
            _dollars(0.3034, "bytedance/seedance/2.0/text-to-video", IN_720P | FROM_TEXT),
            _dollars(0.3024, "bytedance/seedance/2.0/image-to-video", IN_720P),
        ),
        wire={
            "without_files": "bytedance/seedance/2.0/text-to-video",
            "with_files": "bytedance/seedance/2.0/image-to-video",
            "start_frame": "image_url",
            "end_frame": "end_image_url",
            "seconds": "{}",
        },
        source=PAGE + "bytedance/seedance/2.0/text-to-video",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/bytedance/seedance/2.0/fast",
        label="Seedance 2.0 Fast",
        summary="A faster Seedance 2.0, from text alone.",
        good_for=("fast", "any length"),
        rules=SEEDANCE_RULES,
        examples=FILM_IDEAS,
        family="seedance-2-fast",
        prices=(_dollars(0.2419, "bytedance/seedance/2.0/fast/text-to-video", IN_720P),),
        wire={"without_files": "bytedance/seedance/2.0/fast/text-to-video", "seconds": "{}"},
        source=PAGE + "bytedance/seedance/2.0/fast/text-to-video",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/google/veo3.1",
        label="Veo 3.1",
        summary="Cinematic videos with audio up to 4K, from text alone.",
        good_for=("realism", "up to 4K"),
        rules=VEO_RULES,
        examples=FILM_IDEAS,
        family="veo-3.1",
        prices=(
            _dollars(0.20, "google/veo3.1", SILENT | BELOW_4K),
            _dollars(0.20, "google/veo3.1", SILENT, at_least=True),
        ),
        wire=VEO_WIRE,
        source=PAGE + "google/veo3.1",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/google/veo3.1/fast",
        label="Veo 3.1 Fast",
        summary="A faster Veo 3.1, with an optional start frame.",
        good_for=("realism", "fast"),
        rules={"prompt": PROMPT, "start_frame": Slot(), **VEO_RULES},
        # A frame is cut to one of these. Which one is chosen here, so that what is lost can be shown.
        when=(When(field="start_frame", rules={"ratio": VEO_FRAME_RATIO}),),
        examples=FILM_IDEAS,
        family="veo-3.1-fast",
        prices=(
            _dollars(0.10, "google/veo3.1/fast", SILENT | BELOW_4K | FROM_TEXT),
            # With a start frame one page says $0.10 and another $0.15.
            _dollars(0.10, "google/veo3.1/fast/image-to-video", SILENT, at_least=True),
        ),
        wire={
            **VEO_WIRE,
            "with_files": "google/veo3.1/fast/image-to-video",
            "start_frame": "image_url",
        },
        source=PAGE + "google/veo3.1/fast",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/google/veo3.1/lite",
        label="Veo 3.1 Lite",
        summary="The cheapest Veo 3.1, from text alone, for drafts.",
        good_for=("drafts", "fast"),
        rules=VEO_RULES,
        examples=FILM_IDEAS,
        family="veo-3.1-lite",
        prices=(_dollars(0.03, "google/veo3.1/lite", SILENT | IN_720P),),
        wire=VEO_WIRE,
        source=PAGE + "google/veo3.1/lite",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/alibaba/wan/v2.7",
        label="Wan 2.7",
        summary="Videos from text alone.",
        good_for=("drafts", "any length"),
        rules={
            "prompt": PROMPT,
            "resolution": Choice(options=("720p", "1080p"), open=True),
            # The page says only that it is a whole number; the range is the maker's.
            "duration": Span(low=2, high=15, default=5, unit="s", beyond=(1, 60)),
        },
        examples=FILM_IDEAS,
        family="wan-2.7",
        prices=(_dollars(0.10, "alibaba/wan/v2.7/text-to-video", {}),),
        wire={"without_files": "alibaba/wan/v2.7/text-to-video"},
        source=PAGE + "alibaba/wan/v2.7/text-to-video",
        checked=READ,
    ),
    ModelSpec(
        id="runflow:video/alibaba/happy-horse/reference-to-video",
        label="HappyHorse",
        summary="Videos of 3 to 15 s with the people and things of your references.",
        good_for=("consistent people", "any length"),
        rules={
            # What another seller of this model takes.
            "prompt": Text(shortest=1, longest=MOST_TEXT, doubtful=2500),
            # The maker's own maximum; the vendor names none.
            "references": Slot(least=1, most=20, doubtful=9, open=True, tag="character{n}"),
            "ratio": Choice(options=("16:9", "9:16", "1:1", "4:3", "3:4"), open=True),
            "resolution": HD,
            "duration": Span(low=3, high=15, default=5, unit="s"),
        },
        examples=(
            "character1 walks along the beach at dusk, wind in the hair, slow dolly shot",
            "character1 and character2 dance in an empty hall, warm light, wide shot",
        ),
        prices=(_dollars(0.14, "alibaba/happy-horse/reference-to-video", IN_720P),),
        wire={"references": "image_urls"},
        source=PAGE + "alibaba/happy-horse/reference-to-video",
        checked=READ,
    ),
)
