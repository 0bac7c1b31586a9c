"""The Seedance models that Runway resells. Rows only.

One row stands for a model's text and image endpoint: a start frame chooses between them.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Slot, Takes, When
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import a_second
from providers.vendors.runway.video_rules import (
    API,
    END,
    FILM_IDEAS,
    READ,
    SEED,
    SOUND,
    START,
    optional,
    prompt,
    ratio,
    resolution,
    seconds,
)

REFERENCE = Takes(least_shape=0.4, most_shape=4)
"""Of Seedance 2.5."""
# What is said of references alone.
FRAME = REFERENCE.model_copy(update={"soft": ("shape",)})
FAST_SEEDANCE_SIZES: sizes.Sizes = {name: sizes.SEEDANCE[name] for name in ("720p", "480p")}
SEEDANCE_RULES: dict[str, Rule] = {
    "prompt": prompt(3500),
    "start_frame": START,
    "end_frame": END,
    "references": Slot(most=9),
    "ratio": ratio(sizes.SEEDANCE),
    "resolution": resolution(*sizes.SEEDANCE),
    "duration": seconds(4, 15),
    "audio": SOUND,
    "seed": SEED,
}
FAST_SEEDANCE_RULES: dict[str, Rule] = {
    **SEEDANCE_RULES,
    "resolution": resolution(*FAST_SEEDANCE_SIZES),
}
# Frames and references are two modes of the vendor that never mix.
SEEDANCE_WHEN = (
    When(field="start_frame", rules={"prompt": optional(3500)}, hides=("references",)),
)
SEEDANCES = (
    ModelSpec(
        id="runway:video/seedance2",
        label="Seedance 2",
        summary="Videos with audio up to 4K, from text, two frames or 9 references.",
        good_for=("up to 4K", "many references"),
        rules=SEEDANCE_RULES,
        when=SEEDANCE_WHEN,
        examples=FILM_IDEAS,
        family="seedance-2",
        prices=(
            a_second(150, resolution=("4K",)),
            a_second(40, resolution=("1080p",)),
            a_second(36),
        ),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.SEEDANCE),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/seedance2_fast",
        label="Seedance 2 Fast",
        summary="Seedance 2 at up to 720p, but faster.",
        good_for=("fast", "many references"),
        rules=FAST_SEEDANCE_RULES,
        when=SEEDANCE_WHEN,
        examples=FILM_IDEAS,
        family="seedance-2-fast",
        prices=(a_second(29),),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(FAST_SEEDANCE_SIZES),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/seedance2_mini",
        label="Seedance 2 Mini",
        summary="Seedance 2 at up to 720p for drafts.",
        good_for=("drafts", "many references"),
        rules=FAST_SEEDANCE_RULES,
        when=SEEDANCE_WHEN,
        examples=FILM_IDEAS,
        family="seedance-2-mini",
        prices=(a_second(16, least=64),),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(FAST_SEEDANCE_SIZES),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/seedance2_5",
        label="Seedance 2.5",
        summary="Up to 30 s with audio in one take, from text, two frames or 30 references.",
        good_for=("long", "many references", "long prompts"),
        rules={
            "prompt": optional(15000),
            "start_frame": Slot(takes=FRAME),
            "end_frame": Slot(requires="start_frame", takes=FRAME),
            "references": Slot(most=30, takes=REFERENCE),
            "ratio": ratio(sizes.SEEDANCE_25),
            "resolution": resolution(*sizes.SEEDANCE_25),
            "duration": seconds(4, 30),
            "audio": SOUND,
            "seed": SEED,
        },
        when=(When(field="start_frame", hides=("references",)),),
        needs_any=("prompt", "start_frame", "references"),
        examples=FILM_IDEAS,
        family="seedance-2.5",
        prices=(
            a_second(20, least=80, resolution=("480p",)),
            a_second(30, least=80, resolution=("720p",)),
            a_second(68, least=80),
        ),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.SEEDANCE_25),
        },
        source=API,
        checked=READ,
    ),
)
