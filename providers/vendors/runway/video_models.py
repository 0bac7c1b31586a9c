"""Runway's models that make a video from words, frames or pictures. Rows only.

One row stands for a model's text and image endpoint: a start frame chooses between them.
"""

from datetime import date

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Text, When
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import a_second

API = "docs.dev.runwayml.com/api"
READ = date(2026, 11, 20)

SEED = Span(low=0, high=4294967295)
LOOSER = Flag(default=False)
"""Loosens the check for well-known people, and no other."""
SOUND = Flag(default=True)
START = Slot()
END = Slot(requires="start_frame")


def _prompt(longest: int) -> Text:
    return Text(shortest=1, longest=longest, utf16=True)


def _optional(longest: int) -> Text:
    return Text(longest=longest, utf16=True)


def _ratio(table: sizes.Sizes) -> Choice:
    return Choice(options=sizes.ratios(table), default=sizes.ratios(table)[0])


def _resolution(*options: str) -> Choice:
    return Choice(options=options, default=options[0])


def _seconds(low: int, high: int) -> Span:
    return Span(low=low, high=high, default=5, unit="s")


FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)
MOVE_IDEAS = (
    "The camera pushes in slowly while the light turns from blue to gold",
    "She looks up, smiles, and the wind lifts her hair; handheld, shallow focus",
    "Slow orbit to the right, leaves drifting through the frame",
)

VEO_RULES: dict[str, Rule] = {
    "prompt": _prompt(1000),
    "start_frame": START,
    "end_frame": END,
    "ratio": _ratio(sizes.VEO),
    "resolution": _resolution(*sizes.VEO),
    "duration": Choice(options=(8, 4, 6), default=8, unit="s"),
    "audio": SOUND,
    "seed": SEED,
}
VEO_WHEN = (When(field="start_frame", rules={"prompt": _optional(1000)}),)

FAST_SEEDANCE_SIZES: sizes.Sizes = {name: sizes.SEEDANCE[name] for name in ("720p", "480p")}
SEEDANCE_RULES: dict[str, Rule] = {
    "prompt": _prompt(3500),
    "start_frame": START,
    "end_frame": END,
    "references": Slot(most=9),
    "ratio": _ratio(sizes.SEEDANCE),
    "resolution": _resolution(*sizes.SEEDANCE),
    "duration": _seconds(4, 15),
    "audio": SOUND,
    "seed": SEED,
}
FAST_SEEDANCE_RULES: dict[str, Rule] = {
    **SEEDANCE_RULES,
    "resolution": _resolution(*FAST_SEEDANCE_SIZES),
}
# Frames and references are two modes of the vendor that never mix.
SEEDANCE_WHEN = (
    When(field="start_frame", rules={"prompt": _optional(3500)}, hides=("references",)),
)
WAN_RULES: dict[str, Rule] = {
    "prompt": _prompt(20000),
    "start_frame": START,
    "end_frame": END,
    "references": Slot(most=10),
    "ratio": _ratio(sizes.WAN),
    "resolution": _resolution(*sizes.WAN),
    "duration": _seconds(2, 30),
    "audio": SOUND,
}
WAN_WHEN = (When(field="start_frame", hides=("ratio", "references")),)

VIDEOS = (
    ModelSpec(
        id="runway:video/gen4.5",
        label="Gen-4.5",
        summary="Runway's best motion: any length from 2 to 10 s, from text or a start frame.",
        good_for=("motion", "any length", "repeatable"),
        rules={
            "prompt": _prompt(1000),
            "start_frame": START,
            "ratio": Choice(options=("16:9", "9:16"), default="16:9"),
            "duration": _seconds(2, 10),
            "seed": SEED,
            "public_figures": LOOSER,
        },
        when=(When(field="start_frame", rules={"ratio": _ratio(sizes.GEN4_VIDEO)}),),
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
            "prompt": _optional(1000),
            "start_frame": Slot(least=1),
            "ratio": _ratio(sizes.GEN4_VIDEO),
            "duration": _seconds(2, 10),
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
            "prompt": _optional(15000),
            "start_frame": START,
            "end_frame": END,
            "references": Slot(most=30),
            "ratio": _ratio(sizes.SEEDANCE_25),
            "resolution": _resolution(*sizes.SEEDANCE_25),
            "duration": _seconds(4, 30),
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
    ModelSpec(
        id="runway:video/hailuo3",
        label="Hailuo 3",
        summary="Up to 15 s at up to 2K, from text, two frames or 9 references.",
        good_for=("long", "many references"),
        rules={
            "prompt": _prompt(6000),
            "start_frame": START,
            "end_frame": END,
            "references": Slot(most=9),
            "ratio": _resolution("16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
            "resolution": _resolution("768p", "2K"),
            "duration": _seconds(5, 15),
        },
        when=(
            When(
                field="references",
                rules={
                    "ratio": _resolution("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")
                },
            ),
            When(
                field="start_frame",
                rules={
                    "ratio": _resolution("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
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
            "start_frame": START,
            "ratio": _ratio(sizes.HAPPYHORSE),
            "resolution": _resolution(*sizes.HAPPYHORSE),
            "duration": _seconds(3, 15),
        },
        when=(When(field="start_frame", rules={"prompt": _optional(2500)}, hides=("ratio",)),),
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
            "prompt": _prompt(4000),
            "start_frame": START,
            "ratio": _ratio(sizes.OMNI),
            "duration": _seconds(3, 10),
        },
        when=(When(field="start_frame", rules={"prompt": _optional(4000)}),),
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
            "prompt": _prompt(4000),
            "start_frame": START,
            "end_frame": END,
            "ratio": _ratio(sizes.OMNI_11),
            "resolution": _resolution(*sizes.OMNI_11),
            "duration": _seconds(3, 10),
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
            "prompt": _prompt(2500),
            "start_frame": START,
            "references": Slot(most=7, tag="[Image {n}]"),
            "ratio": _resolution("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"),
            "resolution": _resolution("720p", "480p", "1080p"),
            "duration": _seconds(1, 15),
        },
        when=(
            When(field="references", rules={"resolution": _resolution("720p", "480p")}),
            When(
                field="start_frame",
                rules={
                    "prompt": _optional(2500),
                    "resolution": _resolution("720p", "480p", "1080p"),
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
            "prompt": _prompt(6000),
            "start_frame": START,
            "end_frame": END,
            "resolution": _resolution("768p", "480p"),
            "duration": _seconds(5, 15),
            "rewrite": _resolution("balanced", "disabled", "quality"),
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
