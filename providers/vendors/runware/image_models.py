"""Runware's models for images.

Rows only. Limits follow the vendor's model pages; where these are silent the vendor's older provider
pages stand in, with the reason beside it. Ratios are ours: on the wire a ratio is a pair of pixels.
"""

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Slot, Span, Text, When
from providers.vendors.runware.prices import PAGE, READ, dollars
from providers.vendors.runware.sizes import GEN_4_SIZES, NANO_BANANA_PRO_SIZES, NANO_BANANA_SIZES

TEN_RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "21:9")
SIX_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")

COUNT = Span(low=1, high=20, default=1)
FORMAT = Choice(options=("jpeg", "png", "webp"), default="jpeg")
QUALITY = Span(low=20, high=99, default=95)
CONTENT_CHECK = Flag(default=False)
# The vendor's fifth value, none, is what happens when nothing is sent. Its `off` leaves Google's defaults as
# they are, so it is called by what it does.
TOLERANCE = Choice(options=("high", "medium", "low", "Google's defaults"))
SEED = Span(low=0, high=2147483647)
# With references a picture follows them, unless a person chooses.
FREE_RATIO = When(field="references", rules={"ratio": Choice(options=TEN_RATIOS)})
PICTURE_IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)

NANO_BANANA_RISK = (
    "Google ended this model on October 2, 2026, and Runware took it off its list on October 12, "
    "so the service may refuse it."
)

PRO_PAGE = "google-nano-banana-pro"
# What a search adds is told for a sibling alone.
PRO_PRICES = tuple(
    price
    for searched in (True, False)
    for price in (
        dollars(
            0.244,
            "picture",
            PRO_PAGE,
            at_least=searched,
            web_search=(searched,),
            resolution=("4K",),
        ),
        dollars(0.138, "picture", PRO_PAGE, at_least=searched, web_search=(searched,)),
    )
)

IMAGE_MODELS = (
    ModelSpec(
        id="runware:image/google:4@1",
        label="Nano Banana",
        summary="Quick drafts and edits with up to 8 references, up to 20 images at a time.",
        good_for=("fast", "editing", "many at a time"),
        rules={
            "prompt": Text(shortest=2, longest=3000),
            "references": Slot(most=8),
            "ratio": Choice(options=TEN_RATIOS, default="1:1"),
            "count": COUNT,
            "format": FORMAT,
            "quality": QUALITY,
            "tolerance": TOLERANCE,
            "content_check": CONTENT_CHECK,
        },
        when=(FREE_RATIO,),
        examples=PICTURE_IDEAS,
        family="nano-banana",
        at_risk=NANO_BANANA_RISK,
        prices=(dollars(0.039, "picture", "google-nano-banana"),),
        wire={"task": "imageInference", "sizes": NANO_BANANA_SIZES, "settings": "google"},
        source=PAGE + "google-nano-banana",
        checked=READ,
    ),
    ModelSpec(
        id="runware:image/google:4@2",
        label="Nano Banana Pro",
        summary="Precise images with readable text up to 4K, from up to 14 references.",
        good_for=("text in images", "editing", "up to 4K"),
        rules={
            # A newer copy of the page takes 45,000 characters, an older one 3,000.
            "prompt": Text(shortest=2, longest=45000, doubtful=3000),
            # The maximum is the maker's own; this vendor's page names none.
            "references": Slot(most=20, doubtful=14, open=True),
            "ratio": Choice(options=TEN_RATIOS, default="1:1"),
            "resolution": Choice(options=("1K", "2K", "4K"), default="1K"),
            "count": COUNT,
            "seed": SEED,
            "format": FORMAT,
            "quality": QUALITY,
            "web_search": Flag(default=False),
            "tolerance": TOLERANCE,
            "content_check": CONTENT_CHECK,
        },
        when=(FREE_RATIO,),
        examples=PICTURE_IDEAS,
        family="nano-banana-pro",
        prices=PRO_PRICES,
        wire={"task": "imageInference", "sizes": NANO_BANANA_PRO_SIZES, "by_resolution": True},
        source=PAGE + "google-nano-banana-pro",
        checked=READ,
    ),
    ModelSpec(
        id="runware:image/runway:4@1",
        label="Gen-4 Image",
        summary="Styled images that keep people and places consistent across several images.",
        good_for=("consistent people", "styles"),
        rules={
            "prompt": Text(shortest=1, longest=1000),
            "references": Slot(most=3),
            "ratio": Choice(options=SIX_RATIOS, default="16:9"),
            "resolution": Choice(options=("1080p", "720p"), default="1080p"),
            "count": COUNT,
            "format": FORMAT,
            "quality": QUALITY,
        },
        examples=PICTURE_IDEAS,
        family="gen-4-image",
        wire={"task": "imageInference", "sizes": GEN_4_SIZES},
        source=PAGE + "runway-gen-4-image",
        checked=READ,
    ),
)
