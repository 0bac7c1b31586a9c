"""Sizes of the models that Runway's Python client types and its documents don't list yet."""

from providers.vendors.runway.sizes import (
    EIGHT,
    GEMINI_31,
    SEEDREAM_LITE,
    SQUARE_TOO,
    TEN,
    Sizes,
    sized,
)

KLING_4: Sizes = {
    "720p": {
        **sized(f"{SQUARE_TOO} 21:9", "1280:720 720:1280 940:940 1460:624"),
        "auto": "auto_720p",
    },
    "1080p": {
        **sized(f"{SQUARE_TOO} 21:9", "1920:1080 1080:1920 1440:1440 2200:940"),
        "auto": "auto_1080p",
    },
}
KLING_TURBO: Sizes = {
    "1080p": sized(SQUARE_TOO, "1920:1080 1080:1920 1440:1440"),
    "720p": sized(SQUARE_TOO, "1280:720 720:1280 720:720"),
}
SEVEN_WIDE = "16:9 9:16 1:1 4:3 3:4 3:2 2:3"
GROK_LITE: Sizes = {
    "720p": {
        **sized(SEVEN_WIDE, "1280:720 720:1280 720:720 960:720 720:960 1088:720 720:1088"),
        "auto": "auto_720p",
    },
    "480p": {
        **sized(SEVEN_WIDE, "848:480 480:848 480:480 640:480 480:640 720:480 480:720"),
        "auto": "auto_480p",
    },
    "1080p": {
        **sized(
            SEVEN_WIDE, "1904:1072 1072:1904 1424:1424 1648:1232 1232:1648 1744:1152 1152:1744"
        ),
        "auto": "auto_1080p",
    },
}
NANO_1K = sized(
    TEN,
    "1376:768 768:1376 1024:1024 1200:896 896:1200 1584:672 1264:848 848:1264 1152:928 928:1152",
)
FLASH_LITE: Sizes = {"": NANO_1K}
LONG = "4:1 1:4 8:1 1:8"
NANO_21: Sizes = {
    "1K": {**NANO_1K, **sized(LONG, "2064:512 512:2064 2928:352 352:2928")},
    "2K": {**sized(TEN, " ".join(GEMINI_31["2K"][shape] for shape in TEN.split())),
           **sized(LONG, "4128:1024 1024:4128 5856:704 704:5856")},
    "4K": {**sized(TEN, " ".join(GEMINI_31["4K"][shape] for shape in TEN.split())),
           **sized(LONG, "8256:2048 2048:8256 11712:1408 1408:11712")},
}  # fmt: skip
BRIA_SHAPES = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9"
BRIA: Sizes = {
    "1MP": sized(
        BRIA_SHAPES,
        "1024:1024 768:1152 1152:768 768:1024 1024:768 768:960 960:768 576:1024 1024:576",
    ),
    "4MP": sized(
        BRIA_SHAPES,
        "2048:2048 1536:2304 2304:1536 1536:2048 2048:1536 1536:1920 1920:1536 1152:2048 2048:1152",
    ),
}
IDEOGRAM_4: Sizes = {
    "": sized(
        "1:1 16:9 9:16 4:3 3:4 3:2 2:3 12:5 5:12",
        "2048:2048 2560:1440 1440:2560 2304:1728 1728:2304 2496:1664 1664:2496 3072:1280 1280:3072",
    )
}
IDEOGRAM_SHAPES = "1:1 16:9 9:16 4:3 3:4 3:2 2:3 5:4 4:5 2:1 1:2"
IDEOGRAM_45: Sizes = {
    "2K": sized(
        IDEOGRAM_SHAPES,
        "2048:2048 2560:1440 1440:2560 2304:1728 1728:2304 2496:1664 1664:2496 "
        "2240:1792 1792:2240 2880:1440 1440:2880",
    ),
    "1K": sized(
        IDEOGRAM_SHAPES,
        "1024:1024 1280:720 720:1280 1152:864 864:1152 1248:832 832:1248 "
        "1120:896 896:1120 1440:720 720:1440",
    ),
}
# Beside references the widest four are others.
IDEOGRAM_45_GUIDED: Sizes = {
    "2K": IDEOGRAM_45["2K"],
    "1K": sized(
        IDEOGRAM_SHAPES,
        "1024:1024 1024:576 576:1024 1152:864 864:1152 1248:832 832:1248 "
        "1120:896 896:1120 1408:704 704:1408",
    ),
}
SEEDREAM_FLASH: Sizes = {
    "2K": {**SEEDREAM_LITE["2K"], "auto": "auto_2k"},
    "1K": {
        **sized(
            EIGHT,
            "1376:768 768:1376 1024:1024 1184:896 896:1184 1248:832 832:1248 1568:672",
        ),
        "auto": "auto_1k",
    },
}
RECRAFT: Sizes = {
    "": sized(
        "1:1 2:1 1:2 3:2 2:3 4:3 3:4 5:4 4:5 5:8 10:7 7:10 16:9 9:16",
        "1024:1024 1536:768 768:1536 1280:832 832:1280 1216:896 896:1216 1152:896 896:1152 "
        "832:1344 1280:896 896:1280 1344:768 768:1344",
    )
}
"""Each shape by the plain name that is nearest."""
