"""Runflow's model for images, which is two addresses there, with and without references.

Rows only. What the vendor's pages leave open stands here as a choice without a default: nothing is sent
until a person chooses.
"""

from datetime import date

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Slot, Span, Text

PAGE = "docs.runflow.io/models/google/nano-banana-pro"
READ = date(2026, 11, 20)

# The vendor's `auto` is what happens with references when nothing is sent, and a form shows that anyway.
RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "21:9")

# Its pages say that any will do; a page reads no larger number exactly.
ANY_SEED = (1 - 2**53, 2**53 - 1)

PICTURE_IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)

IMAGE_MODELS = (
    ModelSpec(
        id="runflow:image/google/nano-banana-pro",
        label="Nano Banana Pro",
        summary="Precise images with readable text up to 4K; edits references, too.",
        good_for=("text in images", "editing", "up to 4K", "web search"),
        rules={
            # The maximum is a sibling's; this model's page names none.
            "prompt": Text(shortest=1, longest=100_000, doubtful=50_000),
            # The maker's own maximum; the vendor names none.
            "references": Slot(most=20, doubtful=14, open=True),
            "ratio": Choice(options=RATIOS, open=True),
            "resolution": Choice(options=("1K", "2K", "4K"), default="1K"),
            "count": Span(low=1, high=4, default=1, beyond=(1, 100)),
            "seed": Span(low=0, high=2147483647, beyond=ANY_SEED),
            "format": Choice(options=("png", "jpeg", "webp"), default="png"),
            "tolerance": Choice(options=(1, 2, 3, 4, 5, 6)),
            "web_search": Flag(default=False),
            "limit_generations": Flag(default=False),
        },
        usual_seconds=(15, 60),
        examples=PICTURE_IDEAS,
        family="nano-banana-pro",
        prices=(Price(amount=0.15, unit="$", per="picture", source=PAGE, checked=READ),),
        wire={"with_files": "google/nano-banana-pro/edit", "references": "image_urls"},
        source=PAGE,
        checked=READ,
    ),
)
