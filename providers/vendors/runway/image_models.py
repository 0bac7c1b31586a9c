"""Runway's models for pictures, and the upscaler behind it. Rows only."""

from datetime import date

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Takes, Text, When
from providers.vendors.runway import sizes
from providers.vendors.runway.prices import a_picture

API = "docs.dev.runwayml.com/api"
READ = date(2026, 11, 20)

TAG = "@img_{n}"
FIGURE = "Figure {n}"
SEED = Span(low=0, high=4294967295)
LOOSER = Flag(default=False)
"""Loosens the check for well-known people, and no other."""


def _prompt(longest: int) -> Text:
    return Text(shortest=1, longest=longest, utf16=True)


def _ratio(table: sizes.Sizes) -> Choice:
    return Choice(options=sizes.ratios(table), default=sizes.ratios(table)[0])


def _resolution(table: sizes.Sizes) -> Choice:
    return Choice(options=tuple(table), default=next(iter(table)))


IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)
ONE_OR_FOUR = Choice(options=(1, 4), default=1)
UP_TO_4 = Span(low=1, high=4, default=1)
PNG_JPEG = Choice(options=("png", "jpeg"), default="png")
PERCENT = Span(low=0, high=100, unit="%")
# Nine may be objects and five people; whether the tenth object is refused is not known.
MANY = Slot(most=14, tag=TAG, doubtful=9)
ENLARGED = Takes(least_side=300, most_made=25_300_000)
PEOPLE = When(field="references", rules={"people": Span(low=1, high=5)})

GEN4_RULES: dict[str, Rule] = {
    "prompt": _prompt(1000),
    "references": Slot(most=3, tag=TAG),
    "ratio": _ratio(sizes.GEN4_IMAGE),
    "resolution": _resolution(sizes.GEN4_IMAGE),
    "seed": SEED,
    "public_figures": LOOSER,
}

NANO_BANANA_RISK = "Google ended this model on October 2, 2026, so the service may refuse it."

IMAGES = (
    ModelSpec(
        id="runway:image/gemini_image3_pro",
        label="Nano Banana Pro",
        summary="Precise images with readable text, from up to 9 references, or 14 with people.",
        good_for=("text in images", "editing", "up to 4K"),
        rules={
            "prompt": _prompt(5500),
            "references": MANY,
            "ratio": _ratio(sizes.GEMINI_3),
            "resolution": _resolution(sizes.GEMINI_3),
            "count": ONE_OR_FOUR,
        },
        when=(PEOPLE,),
        examples=IDEAS,
        family="nano-banana-pro",
        prices=(a_picture(40, resolution=("4K",)), a_picture(20)),
        wire={"endpoint": "text_to_image", "tags": True, "sizes": sizes.facts(sizes.GEMINI_3)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/gemini_image3.1_flash",
        label="Nano Banana 2",
        summary=(
            "Quick images in 14 aspect ratios, from half a megapixel to 4K, with up to 9 "
            "references, or 14 with people."
        ),
        good_for=("fast", "editing", "banners"),
        rules={
            "prompt": _prompt(5500),
            "references": MANY,
            "ratio": _ratio(sizes.GEMINI_31),
            "resolution": _resolution(sizes.GEMINI_31),
            "count": ONE_OR_FOUR,
        },
        when=(PEOPLE,),
        examples=IDEAS,
        family="nano-banana-2",
        prices=(a_picture(7, resolution=("1K",)), a_picture(11, resolution=("2K",))),
        wire={"endpoint": "text_to_image", "tags": True, "sizes": sizes.facts(sizes.GEMINI_31)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/gemini_2.5_flash",
        label="Nano Banana",
        summary="Quick drafts and edits with up to 3 references.",
        good_for=("fast", "editing"),
        rules={
            "prompt": _prompt(5500),
            "references": Slot(most=3, tag=TAG, takes=Takes(least_shape=0.25, most_shape=4)),
            "ratio": _ratio(sizes.GEMINI_25),
        },
        examples=IDEAS,
        family="nano-banana",
        at_risk=NANO_BANANA_RISK,
        prices=(a_picture(5),),
        wire={"endpoint": "text_to_image", "tags": True, "sizes": sizes.facts(sizes.GEMINI_25)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/gen4_image",
        label="Gen-4",
        summary="Styled images with a seed, from text and up to 3 references.",
        good_for=("repeatable",),
        rules=GEN4_RULES,
        examples=IDEAS,
        family="gen-4-image",
        prices=(a_picture(5, resolution=("720p",)), a_picture(8)),
        wire={
            "endpoint": "text_to_image",
            "tags": True,
            "sizes": sizes.facts(sizes.GEN4_IMAGE),
            "other_sizes": [*sizes.GEN4_IMAGE_BETWEEN],
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/gen4_image_turbo",
        label="Gen-4 Turbo",
        summary="A faster Gen-4 that reworks 1 to 3 references.",
        good_for=("fast", "repeatable"),
        rules={**GEN4_RULES, "references": Slot(least=1, most=3, tag=TAG)},
        examples=IDEAS,
        family="gen-4-image-turbo",
        prices=(a_picture(2),),
        wire={
            "endpoint": "text_to_image",
            "tags": True,
            "sizes": sizes.facts(sizes.GEN4_IMAGE),
            "other_sizes": [*sizes.GEN4_IMAGE_BETWEEN],
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/gpt_image_2",
        label="GPT Image 2",
        summary="Follows long instructions, up to 10 images at a time, transparent backgrounds.",
        good_for=("long prompts", "transparency", "up to 4K"),
        rules={
            "prompt": _prompt(32000),
            "references": Slot(most=16, tag=TAG),
            "ratio": _ratio(sizes.GPT),
            "resolution": _resolution(sizes.GPT),
            "count": Span(low=1, high=10, default=1),
            "quality": Choice(options=("high", "medium", "low", "auto"), default="high"),
            "background": Choice(options=("auto", "opaque", "transparent"), default="auto"),
        },
        examples=IDEAS,
        family="gpt-image-2",
        prices=(
            a_picture(2, quality=("low",), resolution=("4K",)),
            a_picture(1, quality=("low",)),
            a_picture(11, quality=("medium",), resolution=("4K",)),
            a_picture(5, quality=("medium",)),
            a_picture(41, resolution=("4K",)),
            a_picture(20),
        ),
        wire={
            "endpoint": "text_to_image",
            "tags": True,
            "sizes": sizes.facts(sizes.GPT),
            "other_sizes": ["auto"],
        },
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/seedream5_pro",
        label="Seedream 5 Pro",
        summary="Combines up to 10 references and can search the web.",
        good_for=("combining images", "web search"),
        rules={
            "prompt": _prompt(4000),
            "references": Slot(most=10, tag=FIGURE),
            "ratio": _ratio(sizes.SEEDREAM_PRO),
            "resolution": _resolution(sizes.SEEDREAM_PRO),
            "count": UP_TO_4,
            "format": PNG_JPEG,
            "web_search": Flag(),
        },
        examples=IDEAS,
        family="seedream-5",
        prices=(a_picture(5, resolution=("1K",)), a_picture(9)),
        wire={"endpoint": "text_to_image", "sizes": sizes.facts(sizes.SEEDREAM_PRO)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/seedream5_lite",
        label="Seedream 5 Lite",
        summary="Large images at a low price, from up to 14 references.",
        good_for=("low price", "combining images"),
        rules={
            "prompt": _prompt(4000),
            "references": Slot(most=14, tag=FIGURE),
            "ratio": _ratio(sizes.SEEDREAM_LITE),
            "resolution": _resolution(sizes.SEEDREAM_LITE),
            "count": UP_TO_4,
            "format": PNG_JPEG,
            "web_search": Flag(),
        },
        examples=IDEAS,
        family="seedream-5-lite",
        prices=(a_picture(4),),
        wire={"endpoint": "text_to_image", "sizes": sizes.facts(sizes.SEEDREAM_LITE)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/grok_imagine_image_2",
        label="Grok Imagine Image 2",
        summary=(
            "Images in 13 aspect ratios, including phone screens. Can edit one reference directly."
        ),
        good_for=("phone screens", "editing"),
        rules={
            "prompt": _prompt(2500),
            "references": Slot(most=3),
            "ratio": _ratio(sizes.GROK_IMAGE),
            "resolution": _resolution(sizes.GROK_IMAGE),
            "count": UP_TO_4,
            "quality": Choice(options=("medium", "low"), default="medium"),
        },
        when=(When(field="references", rules={"edit": Flag()}),),
        examples=IDEAS,
        family="grok-imagine-image-2",
        prices=(
            a_picture(4, each_picture=1, quality=("low",), resolution=("1K",)),
            a_picture(6, each_picture=1, quality=("low",)),
            a_picture(6, each_picture=1, resolution=("1K",)),
            a_picture(8, each_picture=1),
        ),
        wire={"endpoint": "text_to_image", "sizes": sizes.facts(sizes.GROK_IMAGE)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/muse_image",
        label="Muse Image",
        summary="The cheapest images here. Edits and combines up to 10 references.",
        good_for=("low price", "editing"),
        rules={
            "prompt": _prompt(4000),
            "references": Slot(most=10),
            "ratio": _ratio(sizes.MUSE),
            "count": UP_TO_4,
            "format": Choice(options=("png", "jpeg", "webp"), default="png"),
        },
        examples=IDEAS,
        family="muse-image",
        prices=(a_picture(1),),
        wire={"endpoint": "text_to_image", "sizes": sizes.facts(sizes.MUSE)},
        source=API,
        checked=READ,
    ),
    ModelSpec(
        id="runway:image/magnific_precision_upscaler_v2",
        label="Magnific Precision V2",
        summary="Upscales an image 2× to 16×, up to 25 megapixels.",
        good_for=("upscaling", "no prompt"),
        deed="Upscale",
        rules={
            "references": Slot(least=1, most=1, label="Image to upscale", takes=ENLARGED),
            "scale": Choice(options=(2, 4, 8, 16), default=2, unit="×"),
            "style": Choice(options=("sublime", "photo", "photo_denoiser")),
            "sharpness": PERCENT,
            "grain": PERCENT,
            "detail": PERCENT,
        },
        family="magnific-precision-v2",
        # 150 where a side of the result is over 4,096 pixels: 16 times the least picture is.
        prices=(a_picture(150, scale=(16,)), a_picture(25, at_least=True)),
        wire={"endpoint": "image_upscale"},
        source=API,
        checked=READ,
    ),
)
