"""Runware's models: 3 for images, 4 for videos.

Rows only. Limits follow the vendor's model pages; where these are silent the vendor's older provider
pages stand in, with the reason beside it. Ratios are ours: on the wire a ratio is a pair of pixels.
"""

from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec, Price
from providers.catalogue.rules import Choice, Flag, Rule, Slot, Span, Text, When

PAGE = "runware.ai/docs/models/"
READ = date(2026, 11, 20)

TEN_RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "21:9")
SIX_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")

COUNT = Span(low=1, high=20, default=1)
FORMAT = Choice(options=("jpeg", "png", "webp"), default="jpeg")
QUALITY = Span(low=20, high=99, default=95)
CONTENT_CHECK = Flag(default=False)
# The vendor has five values and tells two of them; the other one is what happens when nothing is sent.
TOLERANCE = Choice(options=("Google's defaults",))
SEED = Span(low=1, high=2147483647)
# With references a picture follows them, unless a person chooses.
FREE_RATIO = When(field="references", rules={"ratio": Choice(options=TEN_RATIOS)})
START = Slot()
END = Slot(requires="start_frame")

NANO_BANANA_SIZES: dict[str, JsonValue] = {
    "1K": {
        "1:1": [1024, 1024], "3:2": [1248, 832], "2:3": [832, 1248], "4:3": [1184, 864],
        "3:4": [864, 1184], "5:4": [1152, 896], "4:5": [896, 1152], "16:9": [1344, 768],
        "9:16": [768, 1344], "21:9": [1536, 672],
    },
}  # fmt: skip
NANO_BANANA_PRO_SIZES: dict[str, JsonValue] = {
    "1K": {
        "1:1": [1024, 1024], "3:2": [1264, 848], "2:3": [848, 1264], "4:3": [1200, 896],
        "3:4": [896, 1200], "5:4": [1152, 928], "4:5": [928, 1152], "16:9": [1376, 768],
        "9:16": [768, 1376], "21:9": [1548, 672],
    },
    "2K": {
        "1:1": [2048, 2048], "3:2": [2528, 1696], "2:3": [1696, 2528], "4:3": [2400, 1792],
        "3:4": [1792, 2400], "5:4": [2304, 1856], "4:5": [1856, 2304], "16:9": [2752, 1536],
        "9:16": [1536, 2752], "21:9": [3168, 1344],
    },
    # The page lists two widths for 3:2 here, 5096 and 5056, and takes both.
    "4K": {
        "1:1": [4096, 4096], "3:2": [5096, 3392], "2:3": [3392, 5096], "4:3": [4800, 3584],
        "3:4": [3584, 4800], "5:4": [4608, 3712], "4:5": [3712, 4608], "16:9": [5504, 3072],
        "9:16": [3072, 5504], "21:9": [6336, 2688],
    },
}  # fmt: skip
# The page's third tier, 1K, has no upright ratios and is left out.
GEN_4_SIZES: dict[str, JsonValue] = {
    "1080p": {
        "16:9": [1920, 1080], "9:16": [1080, 1920], "1:1": [1080, 1080], "4:3": [1440, 1080],
        "3:4": [1080, 1440], "21:9": [2112, 912],
    },
    "720p": {
        "16:9": [1280, 720], "9:16": [720, 1280], "1:1": [720, 720], "4:3": [960, 720],
        "3:4": [720, 960], "21:9": [1680, 720],
    },
}  # fmt: skip
VEO_SIZES: dict[str, JsonValue] = {
    "720p": {"16:9": [1280, 720], "9:16": [720, 1280]},
    "1080p": {"16:9": [1920, 1080], "9:16": [1080, 1920]},
    "4K": {"16:9": [3840, 2160], "9:16": [2160, 3840]},
}
KLING_PRO_SIZES: dict[str, JsonValue] = {
    "1080p": {"16:9": [1920, 1080], "9:16": [1080, 1920], "1:1": [1440, 1440]},
}
KLING_STANDARD_SIZES: dict[str, JsonValue] = {
    "720p": {"16:9": [1280, 720], "9:16": [720, 1280], "1:1": [960, 960]},
}

PICTURE_IDEAS = (
    "A lighthouse on a basalt cliff at blue hour, long exposure, sea like smoke",
    "Product photo of a ceramic teapot on raw linen, soft window light, shallow focus",
    "Isometric cutaway of a tiny bookshop in the rain, warm lamps, gouache texture",
)
FILM_IDEAS = (
    "A drone rises over a cliff road at golden hour; one red car below, long shadows",
    "Market street after rain, slow push-in past the lanterns, reflections on the stones",
    "Macro shot: ink unfolds in clear water, the camera drifts through the plumes",
)

# Lengths and sound are not in what could be read of the pages; they are what callers of both use,
# and what the maker itself offers. The prompt's maximum is the maker's.
KLING_3_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=2, longest=2500),
    "start_frame": START,
    "end_frame": END,
    "ratio": Choice(options=("16:9", "9:16", "1:1"), default="16:9"),
    "duration": Span(low=3, high=15, default=5, unit="s"),
    "audio": Flag(default=False),
}
# The vendor takes either frames or a size, never both.
FRAMES_OR_SIZE = (When(field="start_frame", hides=("ratio",)),)
# A fourth length, 7 s, is for lengthening a video alone, which no row offers.
VEO_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=2, longest=3000),
    "start_frame": START,
    "end_frame": END,
    "ratio": Choice(options=("16:9", "9:16"), default="16:9"),
    "resolution": Choice(options=("720p", "1080p", "4K"), default="720p"),
    "duration": Choice(options=(4, 6, 8), default=8, unit="s"),
    "audio": Flag(default=True),
}
VEO_WIRE: dict[str, JsonValue] = {
    "task": "videoInference",
    "sizes": VEO_SIZES,
    "sound": "google.generateAudio",
    "by_resolution": True,
}
VEO_FAST = "google-veo-3-1-fast"


def _dollars(amount: float, per: str, page: str, **when: tuple[JsonValue, ...]) -> Price:
    told = {"amount": amount, "unit": "$", "per": per, "when": when}
    return Price.model_validate({**told, "source": PAGE + page, "checked": READ})


MODELS = (
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
        prices=(_dollars(0.039, "picture", "google-nano-banana"),),
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
            "prompt": Text(shortest=2, longest=3000),
            # The maximum is the maker's own; this vendor's page names none.
            "references": Slot(most=20, doubtful=14),
            "ratio": Choice(options=TEN_RATIOS, default="1:1"),
            "resolution": Choice(options=("1K", "2K", "4K"), default="1K"),
            "count": COUNT,
            "seed": SEED,
            "format": FORMAT,
            "quality": QUALITY,
            "tolerance": TOLERANCE,
            "content_check": CONTENT_CHECK,
        },
        when=(FREE_RATIO,),
        examples=PICTURE_IDEAS,
        family="nano-banana-pro",
        prices=(
            _dollars(0.244, "picture", "google-nano-banana-pro", resolution=("4K",)),
            _dollars(0.138, "picture", "google-nano-banana-pro"),
        ),
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
    ModelSpec(
        id="runware:video/klingai:kling-video@3-pro",
        label="Kling 3.0 Pro",
        summary="Videos of 3 to 15 s in 1080p, with optional audio and start and end frames.",
        good_for=("people", "detail", "any length"),
        rules=KLING_3_RULES,
        when=FRAMES_OR_SIZE,
        examples=FILM_IDEAS,
        family="kling-3.0-pro",
        prices=(
            _dollars(0.168, "second", "klingai-video-3-0-pro", audio=(True,)),
            _dollars(0.112, "second", "klingai-video-3-0-pro"),
        ),
        wire={"task": "videoInference", "sizes": KLING_PRO_SIZES, "sound": "klingai.sound"},
        source=PAGE + "klingai-video-3-0-pro",
        checked=READ,
    ),
    ModelSpec(
        id="runware:video/klingai:kling-video@3-standard",
        label="Kling 3.0 Standard",
        summary="Kling 3.0 in 720p with the same controls, for drafts.",
        good_for=("people", "drafts", "any length"),
        rules=KLING_3_RULES,
        when=FRAMES_OR_SIZE,
        examples=FILM_IDEAS,
        family="kling-3.0-standard",
        prices=(
            _dollars(0.126, "second", "klingai-video-3-0-standard", audio=(True,)),
            _dollars(0.084, "second", "klingai-video-3-0-standard"),
        ),
        wire={"task": "videoInference", "sizes": KLING_STANDARD_SIZES, "sound": "klingai.sound"},
        source=PAGE + "klingai-video-3-0-standard",
        checked=READ,
    ),
    ModelSpec(
        id="runware:video/google:3@2",
        label="Veo 3.1",
        summary="Cinematic videos with audio up to 4K, with optional start and end frames.",
        good_for=("realism", "up to 4K"),
        rules=VEO_RULES,
        when=FRAMES_OR_SIZE,
        examples=FILM_IDEAS,
        family="veo-3.1",
        wire=VEO_WIRE,
        source=PAGE + "google-veo-3-1",
        checked=READ,
    ),
    ModelSpec(
        id="runware:video/google:3@3",
        label="Veo 3.1 Fast",
        summary="Veo 3.1 with the same controls, but faster.",
        good_for=("realism", "fast"),
        rules=VEO_RULES,
        when=FRAMES_OR_SIZE,
        examples=FILM_IDEAS,
        family="veo-3.1-fast",
        # The page names no price for 720p.
        prices=(
            _dollars(0.35, "second", VEO_FAST, resolution=("4K",), audio=(True,)),
            _dollars(0.30, "second", VEO_FAST, resolution=("4K",)),
            _dollars(0.15, "second", VEO_FAST, resolution=("1080p",), audio=(True,)),
            _dollars(0.10, "second", VEO_FAST, resolution=("1080p",)),
        ),
        wire=VEO_WIRE,
        source=PAGE + VEO_FAST,
        checked=READ,
    ),
)
