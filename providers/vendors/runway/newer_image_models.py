"""Further image models that Runway's Python client 5.24 types. Rows only; what it leaves open is soft."""

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Rule, Slot, Span, When
from providers.vendors.runway import newer_sizes, sizes
from providers.vendors.runway.client_rules import CLIENT, CLIENT_READ, doubted
from providers.vendors.runway.image_models import (
    FIGURE,
    IDEAS,
    MANY,
    ONE_OR_FOUR,
    PEOPLE,
    PNG_JPEG,
    SEED,
    TAG,
)
from providers.vendors.runway.prices import a_picture
from providers.vendors.runway.video_rules import ratio, resolution

# How many at once is told by nobody.
SEVERAL = Span(low=1, high=4, default=1, beyond=(1, 10))
TOLD = (CLIENT, CLIENT_READ)
GPT_RULES: dict[str, Rule] = {
    "references": Slot(most=16, tag=TAG),
    "count": Span(low=1, high=10, default=1),
    "quality": Choice(options=("high", "low", "medium", "xhigh", "max"), default="high"),
}
HIGH, LOW = ("high",), ("low",)


def _image(
    name: str,
    label: str,
    summary: str,
    good_for: tuple[str, ...],
    rules: dict[str, Rule],
    table: sizes.Sizes,
    *,
    usual_prompt: int = 4000,
    tags: bool = False,
    guided_table: sizes.Sizes | None = None,
    other_sizes: tuple[str, ...] = (),
    when: tuple[When, ...] = (),
    prices: tuple[Price, ...] = (),
) -> ModelSpec:
    sized: dict[str, Rule] = {"ratio": ratio(table)} if table else {}
    sized |= {"resolution": resolution(*table)} if len(table) > 1 else {}
    wire: dict[str, JsonValue] = {"endpoint": "text_to_image", "sizes": sizes.facts(table)}
    wire |= {"tags": tags, "other_sizes": [*other_sizes]}
    wire |= {"guided_sizes": sizes.facts(guided_table)} if guided_table else {}
    return ModelSpec(
        id=f"runway:image/{name}",
        label=label,
        summary=summary,
        good_for=good_for,
        rules={"prompt": doubted(usual_prompt), **sized, **rules},
        when=when,
        by_account=True,
        examples=IDEAS,
        family=name.replace("_", "-"),
        prices=prices,
        wire=wire,
        source=CLIENT,
        checked=CLIENT_READ,
    )


NEWER_IMAGES = (
    _image(
        "nano_banana_2.1", "Nano Banana 2.1",
        "Thinks before it draws, from up to 14 references, in 14 aspect ratios up to 4K.",
        ("editing", "up to 4K"),
        {
            "references": Slot(most=14, tag=TAG),
            "count": SEVERAL,
            "thinking": Choice(options=("medium", "minimal", "high"), default="medium"),
        },
        newer_sizes.NANO_21, usual_prompt=5500, tags=True,
    ),
    _image(
        "gemini_image3.1_flash_lite", "Nano Banana 2 Lite",
        "Quick 1K images from up to 9 references, or 14 with people.",
        ("fast", "editing"),
        {"references": MANY, "count": ONE_OR_FOUR},
        newer_sizes.FLASH_LITE, usual_prompt=5500, tags=True, when=(PEOPLE,),
    ),
    _image(
        "gpt_image_2_5_sunburst", "GPT Image 2.5 Sunburst",
        "Follows long instructions, up to 10 images at a time, transparent backgrounds.",
        ("long prompts", "transparency", "up to 4K"),
        {
            **GPT_RULES,
            "background": Choice(options=("auto", "opaque", "transparent"), default="auto"),
        },
        sizes.GPT, usual_prompt=19_000, tags=True, other_sizes=("auto",),
    ),
    _image(
        "gpt_image_2_5_flare", "GPT Image 2.5 Flare",
        "Follows long instructions, up to 10 images at a time, up to 4K.",
        ("long prompts", "up to 4K"),
        {**GPT_RULES, "background": Choice(options=("auto", "opaque"), default="auto")},
        sizes.GPT, usual_prompt=19_000, tags=True, other_sizes=("auto",),
    ),
    _image(
        "seedream5_flash", "Seedream 5 Flash",
        "Quick images from references that the prompt calls Figure 1, Figure 2.",
        ("fast", "combining images"),
        # How many references it takes is told by nobody.
        {
            "references": Slot(most=14, tag=FIGURE, doubtful=10),
            "count": SEVERAL,
            "format": PNG_JPEG,
        },
        newer_sizes.SEEDREAM_FLASH,
    ),
    _image(
        "ideogram_4_5", "Ideogram 4.5",
        "Images with readable text in 11 aspect ratios, from up to 5 references.",
        ("text in images", "low price"),
        {
            "references": Slot(most=5),
            "count": SEVERAL,
            "quality": Choice(options=("high", "medium", "low"), default="high"),
        },
        newer_sizes.IDEOGRAM_45,
        guided_table=newer_sizes.IDEOGRAM_45_GUIDED,
        # With references the least quality is there, too.
        when=(
            When(
                field="references",
                rules={
                    "quality": Choice(
                        options=("medium", "very_low", "low", "high"), default="medium"
                    ),
                },
            ),
        ),
        prices=(
            a_picture(25, told_by=TOLD, quality=("high",)),
            a_picture(8, told_by=TOLD, quality=("medium",)),
            a_picture(4, told_by=TOLD, quality=("low",)),
            a_picture(1, told_by=TOLD),
        ),
    ),
    _image(
        "ideogram_4_0", "Ideogram 4.0",
        "Images with readable text in 9 aspect ratios. Can remix one reference.",
        ("text in images", "low price"),
        {
            "references": Slot(most=1),
            "count": SEVERAL,
            "quality": Choice(options=("medium", "low", "high"), default="medium"),
        },
        newer_sizes.IDEOGRAM_4,
        prices=(
            a_picture(11, told_by=TOLD, quality=("high",)),
            a_picture(7, told_by=TOLD, quality=("medium",)),
            a_picture(4, told_by=TOLD),
        ),
    ),
    _image(
        "bria_fibo_1_5", "Bria Fibo 1.5",
        "Repeatable images of 1 or 4 megapixels, with one reference as a guide.",
        ("repeatable", "low price"),
        {"references": Slot(most=1), "format": PNG_JPEG, "seed": SEED},
        newer_sizes.BRIA,
        prices=(a_picture(10, told_by=TOLD, resolution=("4MP",)), a_picture(5, told_by=TOLD)),
    ),
    _image(
        "bria_fibo_edit_1_5", "Bria Fibo Edit 1.5",
        "Edits or combines up to 4 references, in the aspect ratio of the first.",
        ("editing", "repeatable", "keeps the aspect ratio"),
        {"references": Slot(least=1, most=4), "format": PNG_JPEG, "seed": SEED},
        {},
    ),
    _image(
        "recraft_v4_1_flash", "Recraft V4.1 Flash",
        "Quick designs and illustrations in 14 aspect ratios.",
        ("fast", "repeatable"),
        {
            "count": SEVERAL,
            "format": Choice(options=("webp", "png"), default="webp"),
            "seed": SEED,
        },
        newer_sizes.RECRAFT,
    ),
)  # fmt: skip
