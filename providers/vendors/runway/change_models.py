"""Runway's models that work on a video: editing, performing, enlarging. Rows only."""

from datetime import date

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Takes, Text
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import a_second
from providers.vendors.runway.video_rules import HALF_TO_WIDEST

API = "docs.dev.runwayml.com/api"
READ = date(2026, 11, 20)

SEED = Span(low=0, high=4294967295)
LOOSER = Flag(default=False)
"""Loosens the check for well-known people, and no other."""
SOUND = Flag(default=True)
GUIDE = Takes(least_shape=0.4, most_shape=4)
"""Of Seedance 2.5."""
PERFORMANCE = HALF_TO_WIDEST.model_copy(update={"least_seconds": 3, "most_seconds": 30})
PERCENT = Span(low=0, high=100, unit="%")
FEW_FRAMES = 24
"""In a second. Enlarging is paid by the frame, and hardly a video has fewer."""


def _prompt(longest: int) -> Text:
    return Text(shortest=1, longest=longest, utf16=True)


def _optional(longest: int) -> Text:
    return Text(longest=longest, utf16=True)


def _video(
    most: float,
    *,
    least: float | None = None,
    label: str = "Video to edit",
    least_side: int | None = None,
    most_lines: int | None = None,
    most_rate: float | None = None,
) -> Slot:
    takes = Takes(
        least_seconds=least,
        most_seconds=most,
        least_side=least_side,
        most_lines=most_lines,
        most_rate=most_rate,
        # The page says it of videos beside references, which may be others than this one.
        soft=() if least_side is None else ("sides",),
    )
    return Slot(kind="video", least=1, label=label, takes=takes)


def _ratio(table: sizes.Sizes) -> Choice:
    return Choice(options=sizes.ratios(table), default=sizes.ratios(table)[0])


def _first_of(*options: str) -> Choice:
    return Choice(options=options, default=options[0])


IDEAS = (
    "Make it a snowy night, street lamps lit, breath visible in the cold",
    "Replace the car with a horse-drawn carriage, same street, same camera",
    "Turn the whole scene into a paper cut-out animation",
)
FAST_SIZES: sizes.Sizes = {name: sizes.SEEDANCE[name] for name in ("720p", "480p")}
SEEDANCE_RULES: dict[str, Rule] = {
    "prompt": _optional(3500),
    "driving_video": _video(15),
    "references": Slot(most=9),
    "ratio": _ratio(sizes.SEEDANCE),
    "resolution": _first_of(*sizes.SEEDANCE),
    "duration": Span(low=4, high=15, default=5, unit="s"),
    "audio": SOUND,
    "seed": SEED,
}
FAST_RULES: dict[str, Rule] = {**SEEDANCE_RULES, "resolution": _first_of(*FAST_SIZES)}

CHANGES = (
    ModelSpec(
        id="runway:video/aleph2",
        label="Aleph 2",
        summary="Edits a video of 2 to 30 s: lighting, objects, style or aspect ratio.",
        good_for=("editing videos", "repeatable"),
        rules={
            "prompt": _optional(1000),
            "driving_video": _video(30, least=2, most_lines=1080, most_rate=30),
            "start_frame": Slot(label="New first frame", uncut=True),
            "end_frame": Slot(label="New last frame", uncut=True),
            # The other shapes are painted on around the picture.
            "ratio": Choice(
                options=("16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "21:9"),
            ),
            "seed": SEED,
            "public_figures": LOOSER,
        },
        examples=IDEAS,
        family="aleph",
        prices=(a_second(28, least=56),),
        wire={"endpoint": "video_to_video", "source": "videoUri", "ratio": "targetAspectRatio"},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/act_two",
        label="Act-Two",
        summary="Makes the character in your image perform like the person in your video.",
        good_for=("performance", "no prompt"),
        rules={
            "start_frame": Slot(least=1, label="Character", takes=HALF_TO_WIDEST),
            "driving_video": Slot(kind="video", least=1, label="Performance", takes=PERFORMANCE),
            "ratio": _ratio(sizes.GEN4_VIDEO),
            "seed": SEED,
            "public_figures": LOOSER,
            "gestures": Flag(default=False),
            "expression": Span(low=1, high=5, default=3),
        },
        family="act-two",
        prices=(a_second(5, least=15),),
        wire={"endpoint": "character_performance", "sizes": sizes.facts(sizes.GEN4_VIDEO)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/gemini_omni_flash",
        label="Gemini Omni Flash: edit a video",
        summary="Edits a video of up to 10 s from instructions, with up to 5 guide images.",
        good_for=("editing videos", "fast"),
        rules={
            "prompt": _prompt(4000),
            "driving_video": _video(10),
            "references": Slot(most=5),
        },
        examples=IDEAS,
        family="gemini-omni-flash-edit",
        prices=(a_second(10, each_picture=1),),
        wire={
            "endpoint": "video_to_video",
            "model": "gemini_omni_flash",
            "source": "videoUri",
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/hailuo3",
        label="Hailuo 3: edit a video",
        summary="A new video of up to 15 s based on yours, with up to 9 guide images.",
        good_for=("editing videos", "many references"),
        rules={
            "prompt": _prompt(6000),
            "driving_video": _video(15),
            "references": Slot(most=9),
            "ratio": _first_of("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
            "resolution": _first_of("768p", "2K"),
            "duration": Span(low=5, high=15, default=5, unit="s"),
        },
        examples=IDEAS,
        family="hailuo-3-edit",
        prices=(
            a_second(10, each_second_in=10, each_picture=2, resolution=("768p",)),
            a_second(15, each_second_in=15, each_picture=2),
        ),
        wire={
            "endpoint": "video_to_video",
            "model": "hailuo3",
            "source": "promptVideo",
            "capitals": True,
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/seedance2",
        label="Seedance 2: edit a video",
        summary="A new video with audio based on yours, up to 4K.",
        good_for=("editing videos", "many references"),
        rules=SEEDANCE_RULES,
        examples=IDEAS,
        family="seedance-2-edit",
        prices=(
            a_second(150, resolution=("4K",)),
            a_second(40, resolution=("1080p",)),
            a_second(36),
        ),
        wire={
            "endpoint": "video_to_video",
            "model": "seedance2",
            "source": "promptVideo",
            "sizes": sizes.facts(sizes.SEEDANCE),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/seedance2_fast",
        label="Seedance 2 Fast: edit a video",
        summary="A new video with audio based on yours, faster, up to 720p.",
        good_for=("editing videos", "fast"),
        rules=FAST_RULES,
        examples=IDEAS,
        family="seedance-2-fast-edit",
        prices=(a_second(29),),
        wire={
            "endpoint": "video_to_video",
            "model": "seedance2_fast",
            "source": "promptVideo",
            "sizes": sizes.facts(FAST_SIZES),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/seedance2_mini",
        label="Seedance 2 Mini: edit a video",
        summary="A new video with audio based on yours, for drafts.",
        good_for=("editing videos", "drafts"),
        rules=FAST_RULES,
        examples=IDEAS,
        family="seedance-2-mini-edit",
        prices=(a_second(16, least=64),),
        wire={
            "endpoint": "video_to_video",
            "model": "seedance2_mini",
            "source": "promptVideo",
            "sizes": sizes.facts(FAST_SIZES),
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/seedance2_5",
        label="Seedance 2.5: edit a video",
        summary="A new video of up to 30 s based on yours, with up to 30 guide images.",
        good_for=("editing videos", "long"),
        rules={
            "prompt": _optional(15000),
            "driving_video": _video(30, least_side=480),
            "references": Slot(most=30, takes=GUIDE),
            "ratio": _ratio(sizes.SEEDANCE_25),
            "resolution": _first_of(*sizes.SEEDANCE_25),
            "duration": Span(low=4, high=30, default=5, unit="s"),
            "audio": SOUND,
            "seed": SEED,
        },
        examples=IDEAS,
        family="seedance-2.5-edit",
        prices=(
            a_second(20, each_second_in=10, least=80, resolution=("480p",)),
            a_second(30, each_second_in=15, least=80, resolution=("720p",)),
            a_second(68, each_second_in=34, least=80),
        ),
        wire={
            "endpoint": "video_to_video",
            "model": "seedance2_5",
            "source": "promptVideo",
            "sizes": sizes.facts(sizes.SEEDANCE_25),
            "fixed": {"mode": "reference"},
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/video_to_video/seedance2_5-extend",
        label="Seedance 2.5: extend a video",
        summary="Continues where your video ends, in the same aspect ratio.",
        good_for=("longer videos", "keeps the aspect ratio"),
        rules={
            "prompt": _prompt(15000),
            "driving_video": _video(30, label="Video to extend", least_side=480),
            "references": Slot(most=30, takes=GUIDE),
            "duration": Span(low=4, high=30, default=5, unit="s"),
            "audio": SOUND,
            "seed": SEED,
        },
        examples=("The camera keeps moving and comes out of the street onto the square",),
        family="seedance-2.5-extend",
        # The size is that of the video, and a larger one costs more.
        prices=(a_second(20, each_second_in=10, least=80, at_least=True),),
        wire={
            "endpoint": "video_to_video",
            "model": "seedance2_5",
            "source": "promptVideo",
            "fixed": {"mode": "extend"},
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:video/magnific_video_upscaler_creative",
        label="Magnific Video Creative",
        summary="Upscales a video of up to 30 s to as much as 4K.",
        good_for=("upscaling", "no prompt"),
        deed="Upscale",
        rules={
            "driving_video": _video(30, label="Video to upscale"),
            "resolution": _first_of("2k", "720p", "1k", "4k"),
            "style": Choice(options=("vivid", "natural")),
            "creativity": PERCENT,
            "sharpness": PERCENT,
            "grain": PERCENT,
            "smooth": Flag(default=False),
        },
        family="magnific-video-creative",
        prices=(
            a_second(0.9 * FEW_FRAMES, at_least=True, resolution=("2k",)),
            a_second(1.2 * FEW_FRAMES, at_least=True, resolution=("4k",)),
            a_second(0.7 * FEW_FRAMES, at_least=True),
        ),
        wire={"endpoint": "video_upscale", "source": "videoUri"},
        source=API,
        checked=READ,
    ),
)
