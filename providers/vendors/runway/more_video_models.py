"""Video models of further makers that Runway resells. Rows only.

One row stands for a model's text and image endpoint: a start frame chooses between them.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Rule, Slot, Takes, Text, When
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

WAN_RULES: dict[str, Rule] = {
    "prompt": prompt(20000),
    "start_frame": START,
    "end_frame": END,
    "references": Slot(most=10),
    "ratio": ratio(sizes.WAN),
    "resolution": resolution(*sizes.WAN),
    "duration": seconds(2, 30),
    "audio": SOUND,
}
WAN_WHEN = (When(field="start_frame", hides=("ratio", "references")),)
HORSE = Takes(least_side=300, least_shape=0.55, most_shape=1.8)

OTHERS = (
    ModelSpec(
        id="runway:video/hailuo3",
        label="Hailuo 3",
        summary="Up to 15 s at up to 2K, from text, two frames or 9 references.",
        good_for=("long", "many references"),
        rules={
            "prompt": prompt(6000),
            "start_frame": START,
            "end_frame": END,
            "references": Slot(most=9),
            "ratio": resolution("16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
            "resolution": resolution("768p", "2K"),
            "duration": seconds(5, 15),
        },
        when=(
            When(
                field="references",
                rules={
                    "ratio": resolution("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")
                },
            ),
            When(
                field="start_frame",
                rules={
                    "ratio": resolution("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
                },
                hides=("references",),
            ),
        ),
        examples=FILM_IDEAS,
        family="hailuo-3",
        prices=(a_second(10, each_picture=2, resolution=("768p",)), a_second(15, each_picture=2)),
        wire={"endpoint": "text_to_video", "framed": "image_to_video", "capitals": True},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/happyhorse_1_0",
        label="HappyHorse 1.0",
        summary="3 to 15 s from text or a start frame. Keeps the frame's aspect ratio.",
        good_for=("long", "keeps the aspect ratio"),
        rules={
            "prompt": Text(shortest=2, longest=2500, utf16=True),
            "start_frame": Slot(takes=HORSE),
            "ratio": ratio(sizes.HAPPYHORSE),
            "resolution": resolution(*sizes.HAPPYHORSE),
            "duration": seconds(3, 15),
        },
        when=(When(field="start_frame", rules={"prompt": optional(2500)}, hides=("ratio",)),),
        examples=FILM_IDEAS,
        family="happyhorse-1.0",
        prices=(a_second(15, resolution=("720p",)), a_second(30)),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.HAPPYHORSE),
            "capitals": True,
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/gemini_omni_flash",
        label="Gemini Omni Flash",
        summary="Quick 720p videos from text or a start frame.",
        good_for=("fast",),
        rules={
            "prompt": prompt(4000),
            "start_frame": START,
            "ratio": ratio(sizes.OMNI),
            "duration": seconds(3, 10),
        },
        when=(When(field="start_frame", rules={"prompt": optional(4000)}),),
        examples=FILM_IDEAS,
        family="gemini-omni-flash",
        prices=(a_second(10, each_picture=1),),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.OMNI),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/gemini_omni_flash_1.1",
        label="Gemini Omni Flash 1.1",
        summary="Quick videos from 360p to 4K, with optional start and end frames.",
        good_for=("fast", "up to 4K", "drafts"),
        rules={
            "prompt": prompt(4000),
            "start_frame": START,
            "end_frame": END,
            "ratio": ratio(sizes.OMNI_11),
            "resolution": resolution(*sizes.OMNI_11),
            "duration": seconds(3, 10),
        },
        examples=FILM_IDEAS,
        family="gemini-omni-flash-1.1",
        prices=(
            a_second(3.4, resolution=("360p",)),
            a_second(10, resolution=("720p",)),
            a_second(15, resolution=("1080p",)),
            a_second(30),
        ),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.OMNI_11),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/grok_imagine_1_5",
        label="Grok Imagine 1.5",
        summary="1 to 15 s from text, a start frame or 7 references.",
        good_for=("short", "many references"),
        rules={
            "prompt": prompt(2500),
            "start_frame": START,
            "references": Slot(most=7, tag="[Image {n}]"),
            "ratio": resolution("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"),
            "resolution": resolution("720p", "480p", "1080p"),
            "duration": seconds(1, 15),
        },
        when=(
            When(field="references", rules={"resolution": resolution("720p", "480p")}),
            When(
                field="start_frame",
                rules={
                    "prompt": optional(2500),
                    "resolution": resolution("720p", "480p", "1080p"),
                },
                hides=("ratio", "references"),
            ),
        ),
        examples=FILM_IDEAS,
        family="grok-imagine-1.5",
        prices=(
            a_second(10, each_picture=1, resolution=("480p",)),
            a_second(16, each_picture=1, resolution=("720p",)),
            a_second(29, each_picture=1),
        ),
        wire={"endpoint": "text_to_video", "framed": "image_to_video"},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/wan3",
        label="Wan 3",
        summary="2 to 30 s with audio, from text, two frames or 10 references.",
        good_for=("long", "many references", "low price"),
        rules=WAN_RULES,
        when=WAN_WHEN,
        examples=FILM_IDEAS,
        family="wan-3",
        prices=(
            a_second(5, resolution=("480p",)),
            a_second(10, resolution=("720p",)),
            a_second(20),
        ),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.WAN),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/wan3_prime",
        label="Wan 3 Prime",
        summary="Wan 3 with the same controls and higher quality.",
        good_for=("long", "many references"),
        rules=WAN_RULES,
        when=WAN_WHEN,
        examples=FILM_IDEAS,
        family="wan-3-prime",
        prices=(
            a_second(6.8, resolution=("480p",)),
            a_second(14, resolution=("720p",)),
            a_second(28),
        ),
        wire={
            "endpoint": "text_to_video",
            "framed": "image_to_video",
            "sizes": sizes.facts(sizes.WAN),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/h3_max",
        label="MiniMax H3 Max",
        summary="5 to 15 s from text or two frames. Can rewrite the prompt first.",
        good_for=("low price", "repeatable"),
        rules={
            "prompt": prompt(6000),
            "start_frame": Slot(takes=Takes(least_side=256)),
            "end_frame": Slot(requires="start_frame", takes=Takes(least_side=256)),
            "resolution": resolution("768p", "480p"),
            "duration": seconds(5, 15),
            "rewrite": resolution("balanced", "disabled", "quality"),
            "seed": SEED,
        },
        examples=FILM_IDEAS,
        family="h3-max",
        prices=(a_second(5, resolution=("480p",)), a_second(8)),
        wire={"endpoint": "text_to_video", "framed": "image_to_video"},
        source=API,
        checked=READ,
    ),
)
