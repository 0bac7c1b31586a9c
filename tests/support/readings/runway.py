"""Runway's multishots and videos, from `runwayml` 5.24's own types and what is known of the recipe."""

from tests.support.readings.words import (
    Cost,
    Files,
    Option,
    Pick,
    Reading,
    Segments,
    Share,
    Size,
    Sizes,
    Switch,
    Whole,
    Words,
)


def ratios(*values: str) -> tuple[Size, ...]:
    """Values of the one field `ratio`."""
    return tuple((value,) for value in values)


STANDARD = ratios("1280:720", "720:1280", "960:960")
PRO = ratios("1920:1080", "1080:1920", "1440:1440")
ULTRA = ratios("3840:2160", "2160:3840", "2880:2880")
SETTINGS = "providerSettings."

# The recipe: unknown keys are refused, so that nothing but these may ever be sent.
RECIPE_AUDIO: dict[str, Option] = {"audio": Switch("audio", default=True)}
RECIPE_FRAME = {"start_frame": Files("firstFrame.uri", most=1)}
RECIPE_SIZES = Sizes(("ratio",), STANDARD + PRO, default=("1280:720",), always=False)
RECIPE_PRICES = tuple(
    Cost(credits * seconds, "credits", {"total": seconds, "audio": True}, size)
    for credits, sizes in ((13, STANDARD), (17, PRO))
    for size in sizes
    for seconds in (5, 10, 15)
)
RECIPE = [
    Reading(
        "runway:multishot/multi_shot_video",
        "recipes/multi_shot_video",
        {"version": "2026-06", "mode": "custom"},
        shots=Segments(
            "shots", "objects", counts=(3, 5), seconds=(1, 15), total=(5, 15), sums=(5, 10, 15),
            characters=(3, 512), utf16=True, sum_path="duration",
        ),
        sizes=RECIPE_SIZES, options=RECIPE_AUDIO, files=RECIPE_FRAME, prices=RECIPE_PRICES,
    ),
    Reading(
        "runway:multishot/multi_shot_video-auto",
        "recipes/multi_shot_video",
        {"version": "2026-06", "mode": "auto"},
        prompt=Words("prompt", 2500, utf16=True),
        sizes=RECIPE_SIZES,
        options={**RECIPE_AUDIO, "duration": Pick("duration", (5, 10, 15), default=10, always=True)},
        files=RECIPE_FRAME,
        prices=tuple(
            Cost(cost.amount, cost.unit, {"duration": cost.asked["total"], "audio": True}, cost.size)
            for cost in RECIPE_PRICES
        ),
    ),
]  # fmt: skip

# Kling 3.0 and O3. Typed: shots last 3 to 15 s together, `shotType`, `cfgScale`. Everything else about
# shots and lengths is upstream's and only warned about.
KLING_PRICES = {"kling3.0_standard": (9, 13), "kling3.0_pro": (12, 17)}
KLING_SIZES = {"standard": STANDARD, "pro": PRO, "4k": ULTRA}
STORY = Words("promptText", 2500, firm=False)


def kling(model: str) -> list[Reading]:
    """All ways of one of the six: with a plan, one story that the model cuts, and as one clip."""
    newer, tier = model.startswith("klingO3"), model.rpartition("_")[2]
    sizes = Sizes(("ratio",), KLING_SIZES[tier])
    options: dict[str, Option] = {"audio": Switch("audio", always=True)}
    if not newer:
        options["adherence"] = Share("cfgScale", default=0.5)
    with_length = {**options, "duration": Whole("duration", 3, 15, firm=False)}
    found: list[Reading] = []
    for framed in (False, True):
        place = "image_to_video" if framed else "text_to_video"
        given = ("start_frame",) if framed else ()
        start = {"start_frame": Files("promptImage", most=1, beside={"position": "first"})}
        others = {"references": Files("references", most=7)} if newer and framed else {}
        last = {"end_frame": Files("promptImage", 1, beside={"position": "last"}, bare=False)}
        shots = Segments(
            SETTINGS + "multiPrompt", "objects", counts=(2, 6), seconds=(3, 15), total=(3, 15),
            firm_counts=False, firm_seconds=False, firm_characters=False, sum_path="duration",
        )  # fmt: skip
        fixed = {"model": model}
        both = KLING_PRICES.get(model, (None, None))
        prices = [(False, both[0]), (True, both[1])]
        found += [
            Reading(
                f"runway:multishot/{model}", place, fixed, given, shots=shots, sizes=sizes,
                options=options, files={**start, **others}, by_account=True,
                may=(SETTINGS + "shotType=customize",),
                prices=tuple(
                    Cost(each and each * 9, "credits", {"total": 9, "audio": on})
                    for on, each in prices
                ),
            ),
            Reading(
                f"runway:multishot/{model}-intelligence", place,
                {**fixed, SETTINGS + "shotType": "intelligence"}, given, prompt=STORY, sizes=sizes,
                options=with_length, files={**start, **others}, by_account=True,
                prices=tuple(
                    Cost(each and each * 10, "credits", {"duration": 10, "audio": on})
                    for on, each in prices
                ),
            ),
            Reading(
                f"runway:video/{model}", place, fixed, given,
                prompt=Words("promptText", 2500, firm=False, needed=not framed), sizes=sizes,
                options=with_length, by_account=True,
                files={**start, **others, **(last if framed else {})},
                prices=tuple(
                    Cost(each and each * 7, "credits", {"duration": 7, "audio": on})
                    for on, each in prices
                ),
            ),
        ]  # fmt: skip
    return found


def edits(model: str) -> Reading:
    """An O3 model that works on a video; shots there have no known meaning, and are never sent."""
    return Reading(
        f"runway:video/video_to_video/{model}", "video_to_video", {"model": model},
        prompt=Words("promptText", None, firm=False),
        options={"keep_audio": Switch(SETTINGS + "keepOriginalSound", default=True)},
        files={
            "driving_video": Files("promptVideo", most=1, least=1),
            "references": Files("references", most=4),
        },
        by_account=True,
    )  # fmt: skip


KLING = [
    reading
    for series in ("kling3.0", "klingO3")
    for tier in ("standard", "pro", "4k")
    for reading in kling(f"{series}_{tier}")
]

ADAPTIVE = ratios("auto_720p", "auto_1080p")
KLING_4_SIZES = ratios(
    "1280:720", "720:1280", "940:940", "1460:624", "1920:1080", "1080:1920", "1440:1440", "2200:940"
)
KLING_4_LENGTH: dict[str, Option] = {"duration": Whole("duration", 3, 30, firm=False)}
KLING_4 = [
    Reading(
        "runway:video/kling_4", "text_to_video", {"model": "kling_4"},
        prompt=Words("promptText", None, firm=False),
        sizes=Sizes(("ratio",), KLING_4_SIZES + ADAPTIVE, always=False),
        options=KLING_4_LENGTH,
        files={
            "start_frame": Files("promptImage", most=1),
            "references": Files("references", most=10),
        },
        by_account=True,
    ),
    Reading(
        "runway:video/kling_4", "image_to_video", {"model": "kling_4"}, ("start_frame",),
        prompt=Words("promptText", None, needed=False, firm=False),
        sizes=Sizes(("ratio",), ADAPTIVE, always=False), options=KLING_4_LENGTH,
        files={
            "start_frame": Files("promptImage", most=1),
            "end_frame": Files("promptImage", most=1),
            "references": Files("references", most=9),
        },
        together=(("start_frame", "end_frame", "references"), 10), by_account=True,
    ),
    Reading(
        "runway:video/video_to_video/kling_4", "video_to_video", {"model": "kling_4"},
        prompt=Words("promptText", None, firm=False),
        sizes=Sizes(("ratio",), ADAPTIVE, always=False),
        files={
            "driving_video": Files("videoUri", most=1, least=1),
            "references": Files("references", most=10),
        },
        by_account=True,
    ),
]  # fmt: skip

TURBO_OPTIONS: dict[str, Option] = {
    "duration": Pick("duration", (5, 10), default=5), "adherence": Share("cfgScale", default=0.5),
}  # fmt: skip
TURBO = [
    Reading(
        "runway:video/kling2.5_turbo_pro", "text_to_video", {"model": "kling2.5_turbo_pro"},
        prompt=Words("promptText", None, firm=False),
        sizes=Sizes(
            ("ratio",),
            ratios("1920:1080", "1440:1440", "1080:1920", "1280:720", "720:720", "720:1280"),
            always=False,
        ),
        options=TURBO_OPTIONS, files={"start_frame": Files("promptImage", most=1)},
    ),
    Reading(
        "runway:video/kling2.5_turbo_pro", "image_to_video", {"model": "kling2.5_turbo_pro"},
        ("start_frame",), prompt=Words("promptText", None, firm=False), options=TURBO_OPTIONS,
        files={
            "start_frame": Files("promptImage", most=1, beside={"position": "first"}),
            "end_frame": Files("promptImage", 1, beside={"position": "last"}, bare=False),
        },
    ),
]  # fmt: skip

LITE_LENGTH: dict[str, Option] = {"duration": Whole("duration", 1, 15, firm=False)}
LITE = [
    Reading(
        "runway:video/grok_imagine_1_5_lite", "text_to_video", {"model": "grok_imagine_1_5_lite"},
        prompt=Words("promptText", None, firm=False),
        sizes=Sizes(
            ("ratio",),
            ratios(
                "848:480", "480:848", "480:480", "640:480", "480:640", "720:480", "480:720",
                "1280:720", "720:1280", "720:720", "960:720", "720:960", "1088:720", "720:1088",
                "1904:1072", "1072:1904", "1424:1424", "1648:1232", "1232:1648", "1744:1152",
                "1152:1744",
            ),
            always=False,
        ),
        options=LITE_LENGTH, files={"start_frame": Files("promptImage", most=1)},
    ),
    Reading(
        "runway:video/grok_imagine_1_5_lite", "image_to_video", {"model": "grok_imagine_1_5_lite"},
        ("start_frame",), prompt=Words("promptText", None, needed=False, firm=False),
        sizes=Sizes(("ratio",), ratios("auto_480p", "auto_720p", "auto_1080p"), always=False),
        options=LITE_LENGTH, files={"start_frame": Files("promptImage", most=1)},
    ),
]  # fmt: skip

FRAME_RATE = Reading(
    "runway:video/enhance_frame_rate", "video_upscale", {"model": "enhance_frame_rate"},
    options={
        "frame_rate": Pick(
            "targetFramerate",
            ("24", "25", "30", "48", "50", "60", "120", "23_98", "29_97", "59_94"),
            always=True,
        )
    },
    files={"driving_video": Files("videoUri", most=1, least=1)},
)  # fmt: skip

EDITS = [edits(f"klingO3_{tier}") for tier in KLING_SIZES]

READINGS = [*RECIPE, *KLING, *EDITS, *KLING_4, *TURBO, *LITE, FRAME_RATE]
