"""What people call shape and size, and the pixel pairs that Runway's API takes in their place."""

from pydantic import JsonValue

Sizes = dict[str, dict[str, str]]
"""Resolution, then ratio, then `width:height`. The resolution is "" where a model has only one."""


def sized(shapes: str, pixels: str) -> dict[str, str]:
    """Shapes, and what each is on the wire, in the same order."""
    return dict(zip(shapes.split(), pixels.split(), strict=True))


def facts(sizes: Sizes) -> dict[str, JsonValue]:
    """A table as a row keeps it."""
    return {resolution: dict[str, JsonValue](row) for resolution, row in sizes.items()}


def ratios(sizes: Sizes) -> tuple[str, ...]:
    """The shapes in a table, the usual one first."""
    return tuple(next(iter(sizes.values())))


SIX = "16:9 9:16 1:1 4:3 3:4 21:9"
GEN4_IMAGE: Sizes = {
    "1080p": sized(SIX, "1920:1080 1080:1920 1080:1080 1440:1080 1080:1440 2112:912"),
    "720p": sized(SIX, "1280:720 720:1280 720:720 960:720 720:960 1680:720"),
}
GEN4_IMAGE_BETWEEN = ("1024:1024", "1168:880", "1360:768", "1808:768")
"""Sizes between the two, for four of the six shapes only."""

TEN = "16:9 9:16 1:1 4:3 3:4 21:9 3:2 2:3 5:4 4:5"
GPT: Sizes = {
    "1K": sized(
        TEN,
        "1920:1088 1088:1920 1920:1920 1920:1440 1440:1920 2048:880 "
        "1920:1280 1280:1920 1920:1536 1536:1920",
    ),
    "2K": sized(
        TEN,
        "2560:1440 1440:2560 2560:2560 2560:1920 1920:2560 2912:1248 "
        "2560:1712 1712:2560 2560:2048 2048:2560",
    ),
    "4K": sized(
        TEN,
        "3840:2160 2160:3840 2880:2880 3264:2448 2448:3264 3840:1648 "
        "3504:2336 2336:3504 3200:2560 2560:3200",
    ),
}
GEMINI_3: Sizes = {
    "1K": sized(
        TEN,
        "1344:768 768:1344 1024:1024 1184:864 864:1184 1536:672 "
        "1248:832 832:1248 1152:896 896:1152",
    ),
    "2K": sized(
        TEN,
        "2752:1536 1536:2752 2048:2048 2400:1792 1792:2400 3168:1344 "
        "2528:1696 1696:2528 2304:1856 1856:2304",
    ),
    "4K": sized(
        TEN,
        "5504:3072 3072:5504 4096:4096 4800:3584 3584:4800 6336:2688 "
        "5056:3392 3392:5056 4608:3712 3712:4608",
    ),
}
GEMINI_25: Sizes = {"": GEMINI_3["1K"]}
LONG = "4:1 1:4 8:1 1:8"
GEMINI_31: Sizes = {
    "1K": {**GEMINI_3["1K"], **sized(LONG, "2048:512 512:2048 2816:352 352:2816")},
    "512": {
        **sized(
            TEN,
            "672:384 384:672 512:512 592:432 432:592 768:336 "
            "624:416 416:624 576:448 448:576",
        ),
        **sized(LONG, "1024:256 256:1024 1408:176 176:1408"),
    },
    "2K": {**GEMINI_3["2K"], **sized(LONG, "4096:1024 1024:4096 5632:704 704:5632")},
    "4K": {**GEMINI_3["4K"], **sized(LONG, "8192:2048 2048:8192 11264:1408 1408:11264")},
}  # fmt: skip

SEVEN = "16:9 9:16 1:1 4:3 3:4 3:2 2:3"
SEEDREAM_PRO: Sizes = {
    "2K": {
        **sized(SEVEN, "2720:1530 1530:2720 2048:2048 2304:1728 1728:2304 2496:1664 1664:2496"),
        "auto": "auto_2k",
    },
    "1K": {
        **sized(SEVEN, "1376:768 768:1376 1024:1024 1184:896 896:1184 1296:864 864:1296"),
        "auto": "auto_1k",
    },
}
EIGHT = "16:9 9:16 1:1 4:3 3:4 3:2 2:3 21:9"
SEEDREAM_LITE: Sizes = {
    "2K": sized(
        EIGHT,
        "2848:1600 1600:2848 2048:2048 2304:1728 1728:2304 2496:1664 1664:2496 3136:1344",
    ),
    "3K": sized(
        EIGHT,
        "4096:2304 2304:4096 3072:3072 3456:2592 2592:3456 3744:2496 2496:3744 4704:2016",
    ),
}
PHONES = f"{SEVEN} 19.5:9 9:19.5 20:9 9:20 2:1 1:2"
GROK_IMAGE: Sizes = {
    "1K": {
        **sized(
            PHONES,
            "1280:720 720:1280 1024:1024 1152:864 864:1152 1248:832 832:1248 "
            "1248:576 576:1248 1280:576 576:1280 1408:704 704:1408",
        ),
        "auto": "auto_1k",
    },
    "2K": {
        **sized(
            PHONES,
            "2816:1584 1584:2816 2048:2048 2368:1776 1776:2368 2496:1664 1664:2496 "
            "2912:1344 1344:2912 3200:1440 1440:3200 2912:1456 1456:2912",
        ),
        "auto": "auto_2k",
    },
}
MUSE: Sizes = {
    "": {
        **sized(
            EIGHT,
            "2016:1152 1152:2016 1600:1600 1792:1344 1344:1792 1920:1280 1280:1920 2352:1008",
        ),
        "auto": "auto",
    }
}

GEN4_VIDEO: Sizes = {"": sized(SIX, "1280:720 720:1280 960:960 1104:832 832:1104 1584:672")}
WIDE_TALL = "16:9 9:16"
VEO: Sizes = {
    "720p": sized(WIDE_TALL, "1280:720 720:1280"),
    "1080p": sized(WIDE_TALL, "1920:1080 1080:1920"),
}
OMNI: Sizes = {"": VEO["720p"]}
OMNI_11: Sizes = {
    "720p": VEO["720p"],
    "360p": sized(WIDE_TALL, "640:360 360:640"),
    "1080p": VEO["1080p"],
    "4K": sized(WIDE_TALL, "3840:2160 2160:3840"),
}
FIVE = "16:9 9:16 1:1 4:3 3:4"
HAPPYHORSE: Sizes = {
    "720p": sized(FIVE, "1280:720 720:1280 960:960 1108:832 832:1108"),
    "1080p": sized(FIVE, "1920:1080 1080:1920 1440:1440 1662:1248 1248:1662"),
}
SEEDANCE: Sizes = {
    "720p": sized(SIX, "1280:720 720:1280 960:960 1112:834 834:1112 1470:630"),
    "480p": sized(SIX, "864:496 496:864 640:640 752:560 560:752 992:432"),
    "1080p": sized(SIX, "1920:1080 1080:1920 1440:1440 1664:1248 1248:1664 2206:946"),
    "4K": sized(SIX, "3840:2160 2160:3840 3840:3840 3840:2880 2880:3840 3840:1646"),
}
SEEDANCE_25: Sizes = {
    "720p": SEEDANCE["720p"],
    "480p": sized(SIX, "854:480 480:854 640:640 752:560 560:752 992:432"),
    "1080p": SEEDANCE["1080p"],
}
WAN: Sizes = {
    "720p": {
        **sized(FIVE, "1280:720 720:1280 960:960 1104:832 832:1104"),
        "auto": "auto_720p",
    },
    "480p": {
        **sized(FIVE, "832:480 480:832 624:624 720:544 544:720"),
        "auto": "auto_480p",
    },
    "1080p": {
        **sized(FIVE, "1920:1080 1080:1920 1440:1440 1648:1248 1248:1648"),
        "auto": "auto_1080p",
    },
}

SQUARE_TOO = "16:9 9:16 1:1"
RECIPE: Sizes = {
    "720p": sized(SQUARE_TOO, "1280:720 720:1280 960:960"),
    "1080p": sized(SQUARE_TOO, "1920:1080 1080:1920 1440:1440"),
}
KLING_STANDARD: Sizes = {"": RECIPE["720p"]}
KLING_PRO: Sizes = {"": RECIPE["1080p"]}
KLING_4K: Sizes = {"": sized(SQUARE_TOO, "3840:2160 2160:3840 2880:2880")}
