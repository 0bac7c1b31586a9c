"""Runway's own video models, and Veo. Rows only.

One row stands for a model's text and image endpoint: a start frame chooses between them.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Rule, Slot, When
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import a_second
from providers.vendors.runway.video_rules import (
    API,
    FILM_IDEAS,
    HALF_TO_TWICE,
    HALF_TO_WIDEST,
    LOOSER,
    MOVE_IDEAS,
    READ,
    SEED,
    SOUND,
    optional,
    prompt,
    ratio,
    resolution,
    seconds,
)

VEO_RULES: dict[str, Rule] = {
    "prompt": prompt(1000),
    "start_frame": Slot(takes=HALF_TO_TWICE),
    "end_frame": Slot(requires="start_frame", takes=HALF_TO_TWICE),
    "ratio": ratio(sizes.VEO),
    "resolution": resolution(*sizes.VEO),
    "duration": Choice(options=(8, 4, 6), default=8, unit="s"),
    "audio": SOUND,
    "seed": SEED,
}
VEO_WHEN = (When(field="start_frame", rules={"prompt": optional(1000)}),)

VIDEOS = (
    ModelSpec(
        id="runway:video/gen4.5",
        label="Gen-4.5",
        summary="Runway's best motion: any length from 2 to 10 s, from text or a start frame.",
        good_for=("motion", "any length", "repeatable"),
        rules={
            "prompt": prompt(1000),
            "start_frame": Slot(takes=HALF_TO_TWICE),
            "ratio": Choice(options=("16:9", "9:16"), default="16:9"),
            "duration": seconds(2, 10),
            "seed": SEED,
            "public_figures": LOOSER,
        },
        when=(When(field="start_frame", rules={"ratio": ratio(sizes.GEN4_VIDEO)}),),
        examples=FILM_IDEAS,
        family="gen-4.5",
        prices=(a_second(12),),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.GEN4_VIDEO),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/gen4_turbo",
        label="Gen-4 Turbo",
        summary="Brings one image to life, quickly and at a low price.",
        good_for=("fast", "low price", "repeatable"),
        rules={
            "prompt": optional(1000),
            "start_frame": Slot(least=1, takes=HALF_TO_WIDEST),
            "ratio": ratio(sizes.GEN4_VIDEO),
            "duration": seconds(2, 10),
            "seed": SEED,
            "public_figures": LOOSER,
        },
        examples=MOVE_IDEAS,
        family="gen-4-turbo",
        prices=(a_second(5),),
        wire={"endpoint": "image_to_video", "sizes": sizes.facts(sizes.GEN4_VIDEO)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/veo3.1",
        label="Veo 3.1",
        summary="Cinematic videos with audio up to 1080p, with optional start and end frames.",
        good_for=("realism",),
        rules=VEO_RULES,
        when=VEO_WHEN,
        examples=FILM_IDEAS,
        family="veo-3.1",
        prices=(a_second(40, audio=(True,)), a_second(20)),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.VEO),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/veo3.1_fast",
        label="Veo 3.1 Fast",
        summary="Veo 3.1 with the same controls, faster and cheaper.",
        good_for=("realism", "fast"),
        rules=VEO_RULES,
        when=VEO_WHEN,
        examples=FILM_IDEAS,
        family="veo-3.1-fast",
        prices=(a_second(15, audio=(True,)), a_second(10)),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.VEO),
        },
        source=API,
        checked=READ,
    ),
)
