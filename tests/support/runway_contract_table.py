"""What Runway's documents say about each endpoint and model: transcribed from them, not from our rows."""

from collections.abc import Mapping, Sequence

from tests.support.runway_contract import (
    PERCENT,
    RATIO,
    SEED,
    YES_NO,
    Call,
    Frames,
    Media,
    Plain,
    Price,
    Segments,
    Tier,
    by_second,
    by_sound,
    flat,
)
from tests.support.runway_contract_images import TEXT_TO_IMAGE
from tests.support.runway_contract_kling import (
    KLING_FROM_IMAGE,
    KLING_FROM_TEXT,
    KLING_FROM_VIDEO,
)
from tests.support.runway_contract_newer import (
    FRAME_RATE,
    NEWER_FROM_IMAGE,
    NEWER_FROM_TEXT,
    NEWER_FROM_VIDEO,
    NEWER_IMAGES,
)
from tests.support.runway_contract_sizes import (
    DANCE_4K,
    DANCE_25_480,
    DANCE_480,
    DANCE_720,
    DANCE_1080,
    FULL_HD,
    GEN4_VIDEO,
    GROK_VIDEO,
    HAILUO,
    HORSE_720,
    HORSE_1080,
    MASTERS,
    OMNI_4K,
    OMNI_360,
    OUTPAINT,
    PRORES,
    RECIPE_720,
    RECIPE_1080,
    WAN_480,
    WAN_720,
    WAN_1080,
    WIDE_TALL,
)

SIX_KINDS = {"ratio": GEN4_VIDEO, "duration": range(2, 11), "seed": SEED}
DANCE: Mapping[str, Sequence[Plain]] = {"duration": range(4, 16), "audio": YES_NO, "seed": SEED}
DANCE_ALL = DANCE_480 + DANCE_720 + DANCE_1080 + DANCE_4K
DANCE_LOW = DANCE_480 + DANCE_720
DANCE_25_ALL = DANCE_25_480 + DANCE_720 + DANCE_1080
DANCE_PRICE = by_second((36, DANCE_LOW), (40, DANCE_1080), (150, DANCE_4K))
DANCE_25_PRICE = Price(
    (
        Tier(20, {"ratio": DANCE_25_480}), Tier(30, {"ratio": DANCE_720}),
        Tier(68, {"ratio": DANCE_1080}),
    ),
    "second", input_second={DANCE_25_480: 10, DANCE_720: 15, DANCE_1080: 34}, least=80,
)  # fmt: skip
HAILUO_PRICE = Price(
    (Tier(10, {"resolution": ("768P",)}), Tier(15, {"resolution": ("2K",)})),
    "second", reference=2, input_second={("768P",): 10, ("2K",): 15},
)  # fmt: skip
HAILUO_FIELDS: Mapping[str, Sequence[Plain]] = {
    "ratio": HAILUO, "resolution": ("768P", "2K"), "duration": range(5, 16),
}  # fmt: skip
VEO_FIELDS: Mapping[str, Sequence[Plain]] = {
    "ratio": WIDE_TALL + FULL_HD, "duration": (4, 6, 8), "audio": YES_NO, "seed": SEED,
}  # fmt: skip
OMNI_FIELDS: Mapping[str, Sequence[Plain]] = {"ratio": WIDE_TALL, "duration": range(3, 11)}
OMNI_11_FIELDS: Mapping[str, Sequence[Plain]] = {
    "ratio": OMNI_360 + WIDE_TALL + FULL_HD + OMNI_4K, "duration": range(3, 11),
}  # fmt: skip
OMNI_11_PRICE = by_second((3.4, OMNI_360), (10, WIDE_TALL), (15, FULL_HD), (30, OMNI_4K))
GROK_PRICE = by_second(
    (10, ("480p",)), (16, ("720p",)), (29, ("1080p",)), by="resolution", reference=1
)
GROK_FIELDS: Mapping[str, Sequence[Plain]] = {
    "resolution": ("480p", "720p", "1080p"), "duration": range(1, 16),
}  # fmt: skip
WAN_FIELDS: Mapping[str, Sequence[Plain]] = {
    "ratio": WAN_480 + WAN_720 + WAN_1080, "duration": range(2, 31), "audio": YES_NO,
}  # fmt: skip
WAN_PRICE = by_second((5, WAN_480), (10, WAN_720), (20, WAN_1080))
PRIME_PRICE = by_second((6.8, WAN_480), (14, WAN_720), (28, WAN_1080))
H3_FIELDS: Mapping[str, Sequence[Plain]] = {
    "resolution": ("480p", "768p"), "duration": range(5, 16), "seed": SEED,
    "promptExpansionMode": ("disabled", "balanced", "quality"),
}  # fmt: skip
H3_PRICE = by_second((5, ("480p",)), (8, ("768p",)), by="resolution")
HORSE_PRICE = by_second((15, HORSE_720), (30, HORSE_1080))
FIRST = Frames()
FIRST_LAST = Frames(last=True)
WITH_PICTURES = Frames(last=True, pictures=9)
WAN_FRAMES = Frames(last=True, pictures=10, ratios=("auto_480p", "auto_720p", "auto_1080p"))

IMAGE_TO_VIDEO: Mapping[str, Call] = {
    "gen4.5": Call(
        prompt=range(1, 1001), frames=FIRST, needed=("ratio", "duration"), looser=True,
        fields={**SIX_KINDS, "outputFormat": MASTERS, "proresProfile": PRORES},
        price=flat(12, "second"),
    ),
    "gen4_turbo": Call(
        prompt=range(1001), frames=FIRST, needed=RATIO, looser=True, fields=SIX_KINDS,
        price=flat(5, "second"),
    ),
    "veo3.1": Call(
        prompt=range(1001), frames=FIRST_LAST, needed=RATIO, fields=VEO_FIELDS,
        price=by_sound(40, 20),
    ),
    "veo3.1_fast": Call(
        prompt=range(1001), frames=FIRST_LAST, needed=RATIO, fields=VEO_FIELDS,
        price=by_sound(15, 10),
    ),
    "hailuo3": Call(
        prompt=range(1, 6001), frames=WITH_PICTURES, fields=HAILUO_FIELDS,
        price=HAILUO_PRICE,
    ),
    "happyhorse_1_0": Call(
        prompt=range(2501), shortest=2, frames=FIRST,
        fields={"resolution": ("720P", "1080P"), "duration": range(3, 16)},
        price=by_second((15, ("720P",)), (30, ("1080P",)), by="resolution"),
    ),
    "seedance2": Call(
        prompt=range(3501), frames=WITH_PICTURES, fields={**DANCE, "ratio": DANCE_ALL},
        price=DANCE_PRICE,
    ),
    "seedance2_fast": Call(
        prompt=range(3501), frames=WITH_PICTURES, fields={**DANCE, "ratio": DANCE_LOW},
        price=flat(29, "second"),
    ),
    "seedance2_mini": Call(
        prompt=range(3501), frames=WITH_PICTURES, fields={**DANCE, "ratio": DANCE_LOW},
        price=flat(16, "second", least=64),
    ),
    "seedance2_5": Call(
        prompt=range(15001), frames=Frames(last=True, pictures=30), price=DANCE_25_PRICE,
        fields={**DANCE, "ratio": DANCE_25_ALL, "duration": range(4, 31)},
    ),
    "gemini_omni_flash": Call(
        prompt=range(4001), frames=FIRST, fields=OMNI_FIELDS,
        price=flat(10, "second", reference=1),
    ),
    "gemini_omni_flash_1.1": Call(
        prompt=range(1, 4001), frames=FIRST_LAST, fields=OMNI_11_FIELDS, price=OMNI_11_PRICE
    ),
    "grok_imagine_1_5": Call(
        prompt=range(2501), frames=FIRST, fields=GROK_FIELDS, price=GROK_PRICE
    ),
    "wan3": Call(
        prompt=range(1, 20001), frames=WAN_FRAMES, fields=WAN_FIELDS, price=WAN_PRICE
    ),
    "wan3_prime": Call(
        prompt=range(1, 20001), frames=WAN_FRAMES, fields=WAN_FIELDS, price=PRIME_PRICE
    ),
    "h3_max": Call(
        prompt=range(1, 6001), frames=FIRST_LAST, fields=H3_FIELDS, price=H3_PRICE
    ),
}  # fmt: skip

TEXT_TO_VIDEO: Mapping[str, Call] = {
    "gen4.5": Call(
        prompt=range(1, 1001), needed=("ratio", "duration"), looser=True,
        fields={
            **SIX_KINDS, "ratio": WIDE_TALL, "outputFormat": MASTERS, "proresProfile": PRORES
        },
        price=flat(12, "second"),
    ),
    "veo3.1": Call(
        prompt=range(1, 1001), needed=RATIO, fields=VEO_FIELDS, price=by_sound(40, 20)
    ),
    "veo3.1_fast": Call(
        prompt=range(1, 1001), needed=RATIO, fields=VEO_FIELDS, price=by_sound(15, 10)
    ),
    "hailuo3": Call(
        prompt=range(1, 6001), fields={**HAILUO_FIELDS, "ratio": HAILUO[1:]}, price=HAILUO_PRICE
    ),
    "hailuo3 with references": Call(
        prompt=range(1, 6001), media=Media(range(1, 10)), fields=HAILUO_FIELDS,
        price=HAILUO_PRICE,
    ),
    "happyhorse_1_0": Call(
        prompt=range(2, 2501), price=HORSE_PRICE,
        fields={"ratio": HORSE_720 + HORSE_1080, "duration": range(3, 16)},
    ),
    "seedance2": Call(
        prompt=range(1, 3501), media=Media(range(10)), fields={**DANCE, "ratio": DANCE_ALL},
        price=DANCE_PRICE,
    ),
    "seedance2_fast": Call(
        prompt=range(1, 3501), media=Media(range(10)), fields={**DANCE, "ratio": DANCE_LOW},
        price=flat(29, "second"),
    ),
    "seedance2_mini": Call(
        prompt=range(1, 3501), media=Media(range(10)), fields={**DANCE, "ratio": DANCE_LOW},
        price=flat(16, "second", least=64),
    ),
    "seedance2_5": Call(
        prompt=range(15001), media=Media(range(31)), price=DANCE_25_PRICE,
        fields={**DANCE, "ratio": DANCE_25_ALL, "duration": range(4, 31)},
    ),
    "gemini_omni_flash": Call(
        prompt=range(1, 4001), fields=OMNI_FIELDS, price=flat(10, "second")
    ),
    "gemini_omni_flash_1.1": Call(
        prompt=range(1, 4001), fields=OMNI_11_FIELDS, price=OMNI_11_PRICE
    ),
    "grok_imagine_1_5": Call(
        prompt=range(1, 2501), fields={**GROK_FIELDS, "ratio": GROK_VIDEO}, price=GROK_PRICE
    ),
    "grok_imagine_1_5 with references": Call(
        prompt=range(1, 2501), media=Media(range(1, 8)), price=GROK_PRICE,
        fields={**GROK_FIELDS, "ratio": GROK_VIDEO, "resolution": ("480p", "720p")},
    ),
    "wan3": Call(
        prompt=range(1, 20001), media=Media(range(11)), fields=WAN_FIELDS, price=WAN_PRICE
    ),
    "wan3_prime": Call(
        prompt=range(1, 20001), media=Media(range(11)), fields=WAN_FIELDS, price=PRIME_PRICE
    ),
    "h3_max": Call(prompt=range(1, 6001), fields=H3_FIELDS, price=H3_PRICE),
}  # fmt: skip

SILENT_DANCE = {name: values for name, values in DANCE.items() if name != "seed"}
VIDEO_TO_VIDEO: Mapping[str, Call] = {
    "aleph2": Call(
        prompt=range(1001), source="videoUri", looser=True,
        fields={
            "targetAspectRatio": OUTPAINT, "seed": SEED, "outputFormat": MASTERS[:3],
            "proresProfile": PRORES,
        },
        price=flat(28, "second", least=56),
    ),
    "hailuo3": Call(
        prompt=range(1, 6001), source="promptVideo", media=Media(range(10)),
        fields=HAILUO_FIELDS, price=HAILUO_PRICE,
    ),
    "seedance2": Call(
        prompt=range(3501), source="promptVideo", media=Media(range(10)), price=DANCE_PRICE,
        fields={**SILENT_DANCE, "ratio": DANCE_ALL},
    ),
    "seedance2_fast": Call(
        prompt=range(3501), source="promptVideo", media=Media(range(10)),
        fields={**SILENT_DANCE, "ratio": DANCE_LOW}, price=flat(29, "second"),
    ),
    "seedance2_mini": Call(
        prompt=range(3501), source="promptVideo", media=Media(range(10)),
        fields={**SILENT_DANCE, "ratio": DANCE_LOW}, price=flat(16, "second", least=64),
    ),
    "seedance2_5": Call(
        prompt=range(15001), source="promptVideo", media=Media(range(31)), price=DANCE_25_PRICE,
        fields={
            **SILENT_DANCE, "ratio": DANCE_25_480 + DANCE_720, "duration": range(4, 31),
            "mode": ("reference",),
        },
    ),
    "seedance2_5 to extend": Call(
        prompt=range(1, 15001), source="promptVideo", media=Media(range(31)),
        price=DANCE_25_PRICE, needed=("mode",),
        fields={**SILENT_DANCE, "duration": range(4, 31), "mode": ("extend",)},
    ),
    "gemini_omni_flash": Call(
        prompt=range(1, 4001), source="videoUri", media=Media(range(6)),
        price=flat(10, "second", reference=1),
    ),
}  # fmt: skip

RECIPE_FIELDS: Mapping[str, Sequence[Plain]] = {
    "version": ("2026-06", "unsafe-latest"), "duration": (5, 10, 15), "audio": YES_NO,
    "ratio": (*RECIPE_720, *RECIPE_1080),
}  # fmt: skip
RECIPE_PRICE = by_second((13, RECIPE_720), (17, RECIPE_1080))
MULTI_SHOT_VIDEO: Mapping[str, Call] = {
    "custom": Call(
        shots=Segments(range(3, 6), range(3, 513), range(1, 16), (5, 10, 15)), first_frame=True,
        fields={**RECIPE_FIELDS, "mode": ("custom",)}, needed=("version", "mode"),
        price=RECIPE_PRICE,
    ),
    "auto": Call(
        prompt=range(1, 2501), first_frame=True, needed=("version", "mode"),
        fields={**RECIPE_FIELDS, "mode": ("auto",)}, price=RECIPE_PRICE,
    ),
}  # fmt: skip
"""By mode."""

CALLS: Mapping[str, Mapping[str, Call]] = {
    "text_to_image": {**TEXT_TO_IMAGE, **NEWER_IMAGES},
    "image_to_video": {**IMAGE_TO_VIDEO, **KLING_FROM_IMAGE, **NEWER_FROM_IMAGE},
    "text_to_video": {**TEXT_TO_VIDEO, **KLING_FROM_TEXT, **NEWER_FROM_TEXT},
    "video_to_video": {**VIDEO_TO_VIDEO, **KLING_FROM_VIDEO, **NEWER_FROM_VIDEO},
    "character_performance": {
        "act_two": Call(
            source="character", looser=True, price=flat(5, "second", least=15),
            fields={
                "ratio": GEN4_VIDEO, "seed": SEED, "bodyControl": YES_NO,
                "expressionIntensity": range(1, 6),
            },
        ),
    },
    "image_upscale": {
        "magnific_precision_upscaler_v2": Call(
            source="imageUri",
            fields={
                "scaleFactor": (2, 4, 8, 16), "sharpen": PERCENT, "smartGrain": PERCENT,
                "ultraDetail": PERCENT, "flavor": ("sublime", "photo", "photo_denoiser"),
            },
            price=Price(
                (
                    # Pictures have 300 pixels at least.
                    Tier(150, {"scaleFactor": (16,)}),
                    Tier(25, {"longest side of the result": ("up to 4096",)}),
                    Tier(150, {"longest side of the result": ("over 4096",)}),
                ),
                "picture",
            ),
        ),
    },
    "recipes/multi_shot_video": MULTI_SHOT_VIDEO,
    "video_upscale": {
        "enhance_frame_rate": FRAME_RATE,
        "magnific_video_upscaler_creative": Call(
            source="videoUri",
            fields={
                "resolution": ("720p", "1k", "2k", "4k"), "creativity": PERCENT,
                "sharpen": PERCENT, "smartGrain": PERCENT, "flavor": ("vivid", "natural"),
                "fpsBoost": YES_NO,
            },
            price=Price(
                (
                    Tier(0.7, {"resolution": ("720p", "1k")}),
                    Tier(0.9, {"resolution": ("2k",)}), Tier(1.2, {"resolution": ("4k",)}),
                ),
                "frame", least=1,
            ),
        ),
    },
}  # fmt: skip
"""Endpoint, then model; words behind a model's name set apart what it takes in one case only."""
