"""What Runway's documents say about its models for pictures: transcribed from them, not from our rows."""

from collections.abc import Mapping, Sequence

from tests.support.runway_contract import (
    RATIO,
    SEED,
    YES_NO,
    Call,
    Media,
    Plain,
    by_quality,
    by_shape,
    flat,
)
from tests.support.runway_contract_sizes import (
    FLASH_1K,
    FLASH_2K,
    FLASH_4K,
    FLASH_HALF,
    GEMINI_1K,
    GEMINI_2K,
    GEMINI_4K,
    GEN4_720,
    GEN4_1080,
    GPT_1K,
    GPT_2K,
    GPT_4K,
    GROK_1K,
    GROK_2K,
    MUSE,
    SEEDREAM_1K,
    SEEDREAM_2K,
    SEEDREAM_LITE,
)

FOUR = range(1, 5)
MANY = Media(pictures=range(15), tags=True, subjects=True)
GEN4_FIELDS: Mapping[str, Sequence[Plain]] = {"ratio": GEN4_720 + GEN4_1080, "seed": SEED}
SEEDREAM_FIELDS: Mapping[str, Sequence[Plain]] = {
    "outputFormat": ("png", "jpeg"), "outputCount": FOUR, "grounding": YES_NO,
}  # fmt: skip
GROK_IMAGE: Mapping[str, Sequence[Plain]] = {
    "ratio": GROK_1K + GROK_2K, "outputCount": FOUR, "quality": ("low", "medium"),
}  # fmt: skip
GROK_IMAGE_PRICE = by_quality(
    (4, ("low",), GROK_1K), (6, ("low",), GROK_2K),
    (6, ("medium",), GROK_1K), (8, ("medium",), GROK_2K), reference=1,
)  # fmt: skip

TEXT_TO_IMAGE: Mapping[str, Call] = {
    "gen4_image": Call(
        prompt=range(1, 1001), media=Media(range(4), tags=True), fields=GEN4_FIELDS, needed=RATIO,
        looser=True, price=by_shape((5, GEN4_720), (8, GEN4_1080)),
    ),
    "gen4_image_turbo": Call(
        prompt=range(1, 1001), media=Media(range(1, 4), tags=True), fields=GEN4_FIELDS,
        needed=RATIO, looser=True, price=flat(2, "picture"),
    ),
    "gemini_2.5_flash": Call(
        prompt=range(1, 5501), media=Media(range(4), tags=True), fields={"ratio": GEMINI_1K},
        needed=RATIO, price=flat(5, "picture"),
    ),
    "gemini_image3_pro": Call(
        prompt=range(1, 5501), media=MANY, needed=RATIO,
        fields={"ratio": GEMINI_1K + GEMINI_2K + GEMINI_4K, "outputCount": (1, 4)},
        price=by_shape((20, GEMINI_1K), (20, GEMINI_2K), (40, GEMINI_4K)),
    ),
    "gemini_image3.1_flash": Call(
        prompt=range(1, 5501), media=MANY, needed=RATIO,
        fields={"ratio": FLASH_HALF + FLASH_1K + FLASH_2K + FLASH_4K, "outputCount": (1, 4)},
        price=by_shape((None, FLASH_HALF), (7, FLASH_1K), (11, FLASH_2K), (None, FLASH_4K)),
    ),
    "gpt_image_2": Call(
        prompt=range(1, 32001), media=Media(range(17), tags=True), needed=RATIO,
        fields={
            "ratio": (*GPT_1K, *GPT_2K, *GPT_4K, "auto"), "outputCount": range(1, 11),
            "quality": ("low", "medium", "high", "auto"),
            "background": ("transparent", "opaque", "auto"),
        },
        price=by_quality(
            (1, ("low",), GPT_1K + GPT_2K), (2, ("low",), (*GPT_4K, "auto")),
            (5, ("medium",), GPT_1K + GPT_2K), (11, ("medium",), (*GPT_4K, "auto")),
            (20, ("high", "auto"), GPT_1K + GPT_2K), (41, ("high", "auto"), (*GPT_4K, "auto")),
            reference=0,
        ),
    ),
    "seedream5_pro": Call(
        prompt=range(1, 4001), media=Media(range(11)), needed=RATIO,
        fields={**SEEDREAM_FIELDS, "ratio": (*SEEDREAM_1K, "auto_1k", *SEEDREAM_2K, "auto_2k")},
        price=by_shape((5, (*SEEDREAM_1K, "auto_1k")), (9, (*SEEDREAM_2K, "auto_2k"))),
    ),
    "seedream5_lite": Call(
        prompt=range(1, 4001), media=Media(range(15)), needed=RATIO,
        fields={**SEEDREAM_FIELDS, "ratio": SEEDREAM_LITE}, price=flat(4, "picture"),
    ),
    "grok_imagine_image_2": Call(
        prompt=range(1, 2501), needed=RATIO, fields=GROK_IMAGE, price=GROK_IMAGE_PRICE
    ),
    "grok_imagine_image_2 with references": Call(
        prompt=range(1, 2501), media=Media(range(1, 4)), needed=RATIO,
        fields={**GROK_IMAGE, "edit": YES_NO}, price=GROK_IMAGE_PRICE,
    ),
    "muse_image": Call(
        prompt=range(1, 4001), media=Media(range(11)), needed=RATIO,
        fields={"ratio": MUSE, "outputFormat": ("png", "jpeg", "webp"), "outputCount": FOUR},
        price=flat(1, "picture"),
    ),
}  # fmt: skip
