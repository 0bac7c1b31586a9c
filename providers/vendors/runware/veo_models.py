"""Runware's Veo models. Rows only; what is unsure stands beside them."""

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Span, Text
from providers.vendors.runware.prices import PAGE, READ, dollars
from providers.vendors.runware.sizes import VEO_SIZES
from providers.vendors.runware.video_rules import END, FILM_IDEAS, FRAMES_OR_SIZE, START

# A fourth length, 7 s, is for lengthening a video alone, which no row offers.
VEO_RULES: dict[str, Rule] = {
    "prompt": Text(shortest=2, longest=3000),
    "start_frame": START,
    "end_frame": END,
    "ratio": Choice(options=("16:9", "9:16"), default="16:9"),
    "resolution": Choice(options=("720p", "1080p", "4K"), default="720p"),
    "duration": Choice(options=(4, 6, 8), default=8, unit="s"),
    "audio": Flag(default=True),
    # Every client of the vendor's has it, and none names its limits: these are the maker's.
    "seed": Span(low=0, high=2147483647, beyond=(0, 4294967295)),
}
VEO_WIRE: dict[str, JsonValue] = {
    "task": "videoInference",
    "sizes": VEO_SIZES,
    "sound": "google.generateAudio",
    "by_resolution": True,
}
VEO_FAST = "google-veo-3-1-fast"

VEO_MODELS = (
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
            dollars(0.35, "second", VEO_FAST, resolution=("4K",), audio=(True,)),
            dollars(0.30, "second", VEO_FAST, resolution=("4K",)),
            dollars(0.15, "second", VEO_FAST, resolution=("1080p",), audio=(True,)),
            dollars(0.10, "second", VEO_FAST, resolution=("1080p",)),
        ),
        wire=VEO_WIRE,
        source=PAGE + VEO_FAST,
        checked=READ,
    ),
)
