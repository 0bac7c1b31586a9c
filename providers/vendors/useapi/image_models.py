"""useapi.net's models for images. Rows only."""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Slot, Span, When
from providers.vendors.useapi.model_rules import (
    ALL_RATIOS,
    EXPLORE,
    IMAGES,
    READ,
    SEED,
    TAG,
    ratio,
    required,
    resolution,
)

STYLES = (
    "vivid", "vivid-warm", "vivid-cool", "high-contrast", "high-contrast-warm",
    "high-contrast-cool", "bw", "bw-contrast", "muted-pastel", "dreamscape", "nordic-minimal",
    "light-anime", "dark-anime", "painted-anime", "3d-cartoon", "sketch", "low-angle", "in-motion",
    "terracotta",
)  # fmt: skip

# What the collection of July has of every Nano Banana. The two below keep the six of their own page: more would
# push the form of the first model off its screen.
NANO_RATIOS = (*ALL_RATIOS, "4:5", "5:4", "3:2", "2:3", "auto")
COUNT = Choice(options=(1, 4), default=1)
PICTURE_IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)

NANO_BANANA_RISK = "Google ended this model on October 2, 2026, so the service may refuse it."

PICTURES = (
    ModelSpec(
        id="useapi:image/nano-banana-pro",
        label="Nano Banana Pro",
        summary="Precise images with readable text, from up to 14 references.",
        good_for=("text in images", "editing", "up to 4K"),
        rules={
            "prompt": required(5000),
            "references": Slot(most=14, tag=TAG),
            "ratio": ratio(*ALL_RATIOS),
            "resolution": resolution("1K", "2K", "4K"),
            "count": COUNT,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="nano-banana-pro",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/nano-banana",
        label="Nano Banana",
        summary="Quick drafts and edits with up to 3 references.",
        good_for=("fast", "editing"),
        rules={
            "prompt": required(5000),
            "references": Slot(most=3, tag=TAG),
            "ratio": ratio(*ALL_RATIOS),
            "count": COUNT,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="nano-banana",
        at_risk=NANO_BANANA_RISK,
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/gen4",
        label="Gen-4",
        summary="Styled images with a seed, 19 styles and adjustable variety.",
        good_for=("styles", "repeatable"),
        rules={
            "prompt": required(5000),
            "references": Slot(most=3, tag=TAG),
            "ratio": ratio(*ALL_RATIOS),
            "resolution": resolution("1080p", "720p"),
            "count": COUNT,
            "style": Choice(options=STYLES),
            "diversity": Span(low=1, high=5),
            "seed": SEED,
            "explore": EXPLORE,
        },
        when=(When(field="references", rules={"diversity": Span(low=1, high=5, default=2)}),),
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        family="gen-4-image",
        source=IMAGES,
        checked=READ,
    ),
    ModelSpec(
        id="useapi:image/gen4-turbo",
        label="Gen-4 Turbo",
        summary="A faster Gen-4 that reworks 1 to 3 references in one of 19 styles.",
        good_for=("fast", "styles", "repeatable"),
        rules={
            "prompt": required(5000),
            "references": Slot(least=1, most=3, tag=TAG),
            "ratio": ratio(*ALL_RATIOS),
            "count": COUNT,
            "style": Choice(options=STYLES),
            "seed": SEED,
            "explore": EXPLORE,
        },
        usual_seconds=(10, 30),
        examples=PICTURE_IDEAS,
        wire={"resolution": "1080p"},
        family="gen-4-image-turbo",
        source=IMAGES,
        checked=READ,
    ),
)
