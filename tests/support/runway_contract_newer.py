"""What Runway's client 5.24 types of models that its documents don't list yet: transcribed from its types."""

from collections.abc import Mapping, Sequence

from tests.support.runway_contract import (
    RATIO,
    SEED,
    UNKNOWN,
    Call,
    Frames,
    Media,
    Plain,
    Price,
    Tier,
    by_shape,
)
from tests.support.runway_contract_sizes import GPT_1K, GPT_2K, GPT_4K, RECIPE_1080

SOFT = range(1, 20001)
SOFT_OR_NONE = range(20001)
"""Characters of a prompt: the studio's own bound, where nobody tells one."""
UNKNOWN_PICTURE = Price((Tier(None),), "picture")
SOME = range(1, 5)
"""How many pictures at once: what is usual, where nobody tells."""
KLING_4_720 = ("1280:720", "720:1280", "940:940", "1460:624")
KLING_4_1080 = ("1920:1080", "1080:1920", "1440:1440", "2200:940")
AUTO = ("auto_720p", "auto_1080p")
LITE_480 = ("848:480", "480:848", "480:480", "640:480", "480:640", "720:480", "480:720")
LITE_720 = ("1280:720", "720:1280", "720:720", "960:720", "720:960", "1088:720", "720:1088")
LITE_1080 = (
    "1904:1072", "1072:1904", "1424:1424", "1648:1232", "1232:1648", "1744:1152", "1152:1744",
)  # fmt: skip
NANO_1K = (
    "1024:1024", "848:1264", "1264:848", "896:1200", "1200:896", "928:1152", "1152:928", "768:1376",
    "1376:768", "1584:672",
)  # fmt: skip
NANO_LONG = ("512:2064", "2064:512", "352:2928", "2928:352")
NANO_2K = (
    "2048:2048", "1696:2528", "2528:1696", "1792:2400", "2400:1792", "1856:2304", "2304:1856",
    "1536:2752", "2752:1536", "3168:1344", "1024:4128", "4128:1024", "704:5856", "5856:704",
)  # fmt: skip
NANO_4K = (
    "4096:4096", "3392:5056", "5056:3392", "3584:4800", "4800:3584", "3712:4608", "4608:3712",
    "3072:5504", "5504:3072", "6336:2688", "2048:8256", "8256:2048", "1408:11712", "11712:1408",
)  # fmt: skip
BRIA_1 = (
    "1024:1024", "768:1152", "1152:768", "768:1024", "1024:768", "768:960", "960:768", "576:1024",
    "1024:576",
)  # fmt: skip
BRIA_4 = (
    "2048:2048", "1536:2304", "2304:1536", "1536:2048", "2048:1536", "1536:1920", "1920:1536",
    "1152:2048", "2048:1152",
)  # fmt: skip
IDEOGRAM_4 = (
    "2048:2048", "2560:1440", "1440:2560", "2304:1728", "1728:2304", "2496:1664", "1664:2496",
    "3072:1280", "1280:3072",
)  # fmt: skip
IDEOGRAM_1K = (
    "1024:1024", "1280:720", "720:1280", "1152:864", "864:1152", "1248:832", "832:1248", "1120:896",
    "896:1120", "1440:720", "720:1440",
)  # fmt: skip
IDEOGRAM_GUIDED = (
    "1024:1024", "1024:576", "576:1024", "1152:864", "864:1152", "1248:832", "832:1248", "1120:896",
    "896:1120", "1408:704", "704:1408",
)  # fmt: skip
IDEOGRAM_2K = (
    "2048:2048", "2560:1440", "1440:2560", "2304:1728", "1728:2304", "2496:1664", "1664:2496",
    "2240:1792", "1792:2240", "2880:1440", "1440:2880",
)  # fmt: skip
FLASH = (
    "1024:1024", "1184:896", "896:1184", "1376:768", "768:1376", "1248:832", "832:1248", "1568:672",
    "2048:2048", "2304:1728", "1728:2304", "2848:1600", "1600:2848", "2496:1664", "1664:2496",
    "3136:1344", "auto_1k", "auto_2k",
)  # fmt: skip
RECRAFT = (
    "1024:1024", "1536:768", "768:1536", "1280:832", "832:1280", "1216:896", "896:1216", "1152:896",
    "896:1152", "832:1344", "1280:896", "896:1280", "1344:768", "768:1344",
)  # fmt: skip
RATES = ("24", "25", "30", "48", "50", "60", "120", "23_98", "29_97", "59_94")
GPT: Mapping[str, Sequence[Plain]] = {
    "ratio": GPT_1K + GPT_2K + GPT_4K, "outputCount": range(1, 11),
    "quality": ("low", "medium", "high", "xhigh", "max"),
}  # fmt: skip


def _quality(*tiers: tuple[float, str]) -> Price:
    return Price(tuple(Tier(credits, {"quality": (name,)}) for credits, name in tiers), "picture")


IDEOGRAM_45_PRICE = _quality((25, "high"), (8, "medium"), (4, "low"), (1, "very_low"))

NEWER_IMAGES: Mapping[str, Call] = {
    "nano_banana_2.1": Call(
        prompt=SOFT, media=Media(range(15), tags=True), needed=RATIO, price=UNKNOWN_PICTURE,
        fields={
            "ratio": NANO_1K + NANO_LONG + NANO_2K + NANO_4K, "outputCount": SOME,
            "thinkingLevel": ("minimal", "medium", "high"),
        },
    ),
    "gemini_image3.1_flash_lite": Call(
        prompt=SOFT, media=Media(range(15), tags=True, subjects=True), needed=RATIO,
        price=UNKNOWN_PICTURE, fields={"ratio": NANO_1K, "outputCount": (1, 4)},
    ),
    "gpt_image_2_5_sunburst": Call(
        prompt=SOFT, media=Media(range(17), tags=True), needed=RATIO, price=UNKNOWN_PICTURE,
        fields={**GPT, "background": ("transparent", "opaque", "auto")},
    ),
    "gpt_image_2_5_flare": Call(
        prompt=SOFT, media=Media(range(17), tags=True), needed=RATIO, price=UNKNOWN_PICTURE,
        fields={**GPT, "background": ("opaque", "auto")},
    ),
    "seedream5_flash": Call(
        prompt=SOFT, media=Media(range(15)), needed=RATIO, price=UNKNOWN_PICTURE,
        fields={"ratio": FLASH, "outputCount": SOME, "outputFormat": ("png", "jpeg")},
    ),
    "ideogram_4_5": Call(
        prompt=SOFT, price=IDEOGRAM_45_PRICE,
        fields={
            "ratio": IDEOGRAM_1K + IDEOGRAM_2K, "outputCount": SOME,
            "quality": ("low", "medium", "high"),
        },
    ),
    "ideogram_4_5 with references": Call(
        prompt=SOFT, media=Media(range(1, 6)), price=IDEOGRAM_45_PRICE,
        fields={
            "ratio": IDEOGRAM_GUIDED + IDEOGRAM_2K, "outputCount": SOME,
            "quality": ("very_low", "low", "medium", "high"),
        },
    ),
    "ideogram_4_0": Call(
        prompt=SOFT, media=Media(range(2)), price=_quality((4, "low"), (7, "medium"), (11, "high")),
        fields={"ratio": IDEOGRAM_4, "outputCount": SOME, "quality": ("low", "medium", "high")},
    ),
    "bria_fibo_1_5": Call(
        prompt=SOFT, media=Media(range(2)), needed=RATIO, price=by_shape((5, BRIA_1), (10, BRIA_4)),
        fields={"ratio": BRIA_1 + BRIA_4, "outputFormat": ("png", "jpeg"), "seed": SEED},
    ),
    "bria_fibo_edit_1_5": Call(
        prompt=SOFT, media=Media(range(1, 5)), price=UNKNOWN_PICTURE,
        fields={"outputFormat": ("png", "jpeg"), "seed": SEED},
    ),
    "recraft_v4_1_flash": Call(
        prompt=SOFT, needed=RATIO, price=UNKNOWN_PICTURE,
        fields={
            "ratio": RECRAFT, "outputCount": SOME, "outputFormat": ("webp", "png"), "seed": SEED,
        },
    ),
}  # fmt: skip
NEWER_FROM_TEXT: Mapping[str, Call] = {
    "kling_4": Call(
        prompt=SOFT, media=Media(range(11)), price=UNKNOWN,
        fields={"ratio": (*KLING_4_720, *KLING_4_1080, *AUTO), "duration": range(3, 31)},
    ),
    "kling2.5_turbo_pro": Call(
        prompt=SOFT, adherence=True, price=UNKNOWN,
        fields={
            "ratio": (*RECIPE_1080, "1280:720", "720:720", "720:1280"), "duration": (5, 10),
        },
    ),
    "grok_imagine_1_5_lite": Call(
        prompt=SOFT, price=UNKNOWN,
        fields={"ratio": LITE_480 + LITE_720 + LITE_1080, "duration": range(1, 16)},
    ),
}  # fmt: skip
NEWER_FROM_IMAGE: Mapping[str, Call] = {
    "kling_4": Call(
        prompt=SOFT_OR_NONE, frames=Frames(last=True), beside=range(10), price=UNKNOWN,
        fields={"ratio": AUTO, "duration": range(3, 31)},
    ),
    "kling2.5_turbo_pro": Call(
        prompt=SOFT, frames=Frames(last=True), adherence=True, price=UNKNOWN,
        fields={"duration": (5, 10)},
    ),
    "grok_imagine_1_5_lite": Call(
        prompt=SOFT_OR_NONE, frames=Frames(), price=UNKNOWN,
        fields={"ratio": ("auto_480p", *AUTO), "duration": range(1, 16)},
    ),
}  # fmt: skip
NEWER_FROM_VIDEO: Mapping[str, Call] = {
    "kling_4": Call(
        prompt=SOFT, source="videoUri", media=Media(range(11)), price=UNKNOWN,
        fields={"ratio": AUTO},
    ),
}  # fmt: skip
FRAME_RATE = Call(
    source="videoUri", needed=("targetFramerate",), price=UNKNOWN, fields={"targetFramerate": RATES}
)
