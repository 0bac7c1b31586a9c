"""Runway's newer image models, from `runwayml` 5.24's own types."""

from tests.support.readings.runway import ratios
from tests.support.readings.words import (
    Cost,
    Files,
    Option,
    Pick,
    Reading,
    Size,
    Sizes,
    Whole,
    Words,
)

PROMPT = Words("promptText", None, firm=False)
SEED = Whole("seed", 0, 4294967295)
PNG_JPEG = Pick("outputFormat", ("png", "jpeg"), default="png")
SOME = Whole("outputCount", 1, None, firm=False)
AUTO = ratios("auto")


def image(
    model: str,
    values: tuple[Size, ...],
    given: tuple[str, ...] = (),
    *,
    most: int | None = 0,
    least: int = 0,
    options: dict[str, Option] | None = None,
    not_offered: tuple[Size, ...] = (),
    always: bool = True,
    prices: tuple[Cost, ...] = (),
    may: tuple[str, ...] = (),
    warned_from: int | None = None,
) -> Reading:
    """One model at `text_to_image`."""
    references = Files("referenceImages", most, least, bare=False, warned_from=warned_from)
    return Reading(
        f"runway:image/{model}", "text_to_image", {"model": model}, given, prompt=PROMPT,
        sizes=Sizes(("ratio",), values, always=always, not_offered=not_offered) if values else None,
        options=options or {}, files={"references": references} if most != 0 else {},
        prices=prices, may=may,
    )  # fmt: skip


TAG = "referenceImages.tag"
BANANA_2_1 = ratios(
    "1024:1024", "848:1264", "1264:848", "896:1200", "1200:896", "928:1152", "1152:928", "768:1376",
    "1376:768", "1584:672", "512:2064", "2064:512", "352:2928", "2928:352", "2048:2048",
    "1696:2528", "2528:1696", "1792:2400", "2400:1792", "1856:2304", "2304:1856", "1536:2752",
    "2752:1536", "3168:1344", "1024:4128", "4128:1024", "704:5856", "5856:704", "4096:4096",
    "3392:5056", "5056:3392", "3584:4800", "4800:3584", "3712:4608", "4608:3712", "3072:5504",
    "5504:3072", "6336:2688", "2048:8256", "8256:2048", "1408:11712", "11712:1408",
)  # fmt: skip
FLASH_LITE = ratios(
    "1024:1024", "848:1264", "1264:848", "896:1200", "1200:896", "928:1152", "1152:928", "768:1376",
    "1376:768", "1584:672",
)  # fmt: skip
GPT_2_5 = ratios(
    "2048:880", "1920:1088", "1920:1280", "1920:1440", "1920:1536", "1920:1920", "1536:1920",
    "1440:1920", "1280:1920", "1088:1920", "2912:1248", "2560:1440", "2560:1712", "2560:1920",
    "2560:2048", "2560:2560", "2048:2560", "1920:2560", "1712:2560", "1440:2560", "3840:1648",
    "3840:2160", "3504:2336", "3264:2448", "3200:2560", "2880:2880", "2560:3200", "2448:3264",
    "2336:3504", "2160:3840",
)  # fmt: skip
SEEDREAM_FLASH = ratios(
    "1024:1024", "1184:896", "896:1184", "1376:768", "768:1376", "1248:832", "832:1248", "1568:672",
    "2048:2048", "2304:1728", "1728:2304", "2848:1600", "1600:2848", "2496:1664", "1664:2496",
    "3136:1344", "auto_1k", "auto_2k",
)  # fmt: skip
IDEOGRAM_4_0 = ratios(
    "2048:2048", "2560:1440", "1440:2560", "2304:1728", "1728:2304", "2496:1664", "1664:2496",
    "3072:1280", "1280:3072",
)  # fmt: skip
IDEOGRAM_BOTH = ratios(
    "1024:1024", "1152:864", "864:1152", "1248:832", "832:1248", "1120:896", "896:1120",
    "2048:2048", "2560:1440", "1440:2560", "2304:1728", "1728:2304", "2496:1664", "1664:2496",
    "2240:1792", "1792:2240", "2880:1440", "1440:2880",
)  # fmt: skip
IDEOGRAM_ALONE = ratios("1280:720", "720:1280", "1440:720", "720:1440")
IDEOGRAM_GUIDED = ratios("1024:576", "576:1024", "1408:704", "704:1408")
BRIA_1 = ratios(
    "1024:1024", "768:1152", "1152:768", "768:1024", "1024:768", "768:960", "960:768", "576:1024",
    "1024:576",
)  # fmt: skip
BRIA_4 = ratios(
    "2048:2048", "1536:2304", "2304:1536", "1536:2048", "2048:1536", "1536:1920", "1920:1536",
    "1152:2048", "2048:1152",
)  # fmt: skip
RECRAFT = ratios(
    "1024:1024", "1536:768", "768:1536", "1280:832", "832:1280", "1216:896", "896:1216", "1152:896",
    "896:1152", "832:1344", "1280:896", "896:1280", "1344:768", "768:1344",
)  # fmt: skip

PEOPLE: dict[str, Option] = {"people": Whole("", 1, 5)}
GPT_QUALITY = Pick("quality", ("low", "medium", "high", "xhigh", "max"), default="high")
GPT_COUNT = Whole("outputCount", 1, 10)
THINKING = Pick("thinkingLevel", ("minimal", "medium", "high"), default="medium")
IDEOGRAM_4_0_PRICES = tuple(
    Cost(credits, "credits", {"quality": quality})
    for quality, credits in (("low", 4), ("medium", 7), ("high", 11))
)
IDEOGRAM_4_5_PRICES = {"very_low": 1, "low": 4, "medium": 8, "high": 25}


def ideogram(given: tuple[str, ...], *qualities: str, default: str) -> Reading:
    """Ideogram 4.5, whose sizes, qualities and defaults differ beside references."""
    guided = bool(given)
    sizes = IDEOGRAM_BOTH + (IDEOGRAM_GUIDED if guided else IDEOGRAM_ALONE)
    return image(
        "ideogram_4_5", sizes, given, most=5, always=False,
        options={"quality": Pick("quality", qualities, default=default), "count": SOME},
        prices=tuple(
            Cost(IDEOGRAM_4_5_PRICES[one], "credits", {"quality": one}) for one in qualities
        ),
    )  # fmt: skip


READINGS = [
    image(
        "nano_banana_2.1", BANANA_2_1, most=14, options={"thinking": THINKING, "count": SOME},
        may=(TAG,),
    ),
    # Five people and nine objects make fourteen; each is an object unless it is said to be a human.
    *(
        image(
            "gemini_image3.1_flash_lite", FLASH_LITE, given, most=14, warned_from=9,
            options={"count": Pick("outputCount", (1, 4)), **(PEOPLE if given else {})},
            may=(TAG, "referenceImages.subject"),
        )
        for given in ((), ("references",))
    ),
    image(
        "gpt_image_2_5_flare", GPT_2_5 + AUTO, most=16, may=(TAG,), not_offered=AUTO,
        options={
            "quality": GPT_QUALITY, "count": GPT_COUNT,
            "background": Pick("background", ("opaque", "auto"), default="auto"),
        },
    ),
    image(
        "gpt_image_2_5_sunburst", GPT_2_5 + AUTO, most=16, may=(TAG,), not_offered=AUTO,
        options={
            "quality": GPT_QUALITY, "count": GPT_COUNT,
            "background": Pick("background", ("transparent", "opaque", "auto"), default="auto"),
        },
    ),
    image("seedream5_flash", SEEDREAM_FLASH, most=None, options={"count": SOME, "format": PNG_JPEG}),
    image(
        "ideogram_4_0", IDEOGRAM_4_0, most=1, always=False, prices=IDEOGRAM_4_0_PRICES,
        options={"quality": Pick("quality", ("low", "medium", "high")), "count": SOME},
    ),
    ideogram((), "low", "medium", "high", default="high"),
    ideogram(("references",), "very_low", "low", "medium", "high", default="medium"),
    image(
        "bria_fibo_1_5", BRIA_1 + BRIA_4, most=1, options={"format": PNG_JPEG, "seed": SEED},
        prices=(
            *(Cost(5, "credits", size=size) for size in BRIA_1),
            *(Cost(10, "credits", size=size) for size in BRIA_4),
        ),
    ),
    image(
        "bria_fibo_edit_1_5", (), most=4, least=1, options={"format": PNG_JPEG, "seed": SEED}
    ),
    image(
        "recraft_v4_1_flash", RECRAFT,
        options={
            "format": Pick("outputFormat", ("webp", "png"), default="webp"), "count": SOME,
            "seed": SEED,
        },
    ),
]  # fmt: skip
