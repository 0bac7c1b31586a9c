"""useapi.net's newest models, from its Postman collection of 16 July 2026 and, for Seedance 2.5, which is
younger, from its price list of 5 October (480p and 720p, 30 seconds at most, 20 and 30 credits a second).

The collection lists eight slots of references where its older page allows fourteen. No source tells whether
Kling's Motion Control can do without its image, or anything about Seedance 2.5 beyond its sizes, its longest
length, its price, and that 15 seconds are the most in the explore queue; what the family's older models take is
taken to hold, softly.
"""

from tests.support.readings.words import Cost, Files, Option, Pick, Reading, Switch, Whole, Words

EXPLORE: dict[str, Option] = {"explore": Switch("exploreMode", default=False)}
WIDE = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
NARROW = ("4:5", "5:4", "3:2", "2:3")
SEED: dict[str, Option] = {"seed": Whole("seed", 1, 4294967294)}
FEW = Files("imageAssetId#", most=4)
"""A fifth one "requires FLUX.2 Max, Nano Banana 2, Nano Banana 2 Lite, Nano Banana Pro, or Seedream 5"."""
MANY = Files("imageAssetId#", most=14, firm=None, warned_from=8)


def image(
    name: str,
    shapes: tuple[str, ...],
    references: Files,
    *,
    sizes: tuple[str, ...] = (),
    usual_size: str | None = None,
    most: int = 5000,
    more: dict[str, Option] | None = None,
) -> Reading:
    """One of `images/create`; two texts of the vendor differ in the usual shape, so that one always goes."""
    options: dict[str, Option] = {
        "ratio": Pick("aspect_ratio", shapes, always=True),
        "count": Pick("num_images", (1, 4), default=1),
        **EXPLORE,
        **(more or {}),
    }
    if sizes:
        options["resolution"] = Pick("resolution", sizes, default=usual_size)
    return Reading(
        f"useapi:image/{name}", "images/create", {"model": name},
        prompt=Words("text_prompt", most), options=options, files={"references": references},
    )  # fmt: skip


FLUX_SHAPES = (*WIDE, *NARROW, "9:21")
BANANA_SHAPES = ("auto", *WIDE, *NARROW)
IMAGES = [
    image(
        "flux-2-max", FLUX_SHAPES, MANY,
        sizes=("1K", "2K", "4K", "0.6MP"), usual_size="1K", most=4000, more=SEED,
    ),
    image(
        "flux-2-klein", FLUX_SHAPES, FEW,
        sizes=("1K", "2K", "0.6MP"), usual_size="1K", most=4000, more=SEED,
    ),
    image("gpt-image-1-5", ("1:1", "3:2", "2:3"), FEW),
    image("gpt-image-1-mini", ("1:1", "3:2", "2:3"), FEW),
    image("seedream-5", (*WIDE, "3:2", "2:3"), MANY, sizes=("2K", "3K")),
    image("nano-banana-2", BANANA_SHAPES, MANY, sizes=("1K", "2K", "4K")),
    image("nano-banana-2-lite", BANANA_SHAPES, MANY),
]  # fmt: skip

MOTION = Reading(
    "useapi:video/kling-3.0-motion-control", "videos/create", {"model": "kling-3.0-motion-control"},
    ("start_frame", "driving_video"),
    prompt=Words("text_prompt", 2500, needed=False),
    options={
        "resolution": Pick("resolution", ("720p", "1080p"), default="720p"),
        "orientation": Pick("characterOrientation", ("image", "video"), default="image"),
        "keep_audio": Switch("audio", default=True),
    },
    files={
        "driving_video": Files("videoAssetId", most=1, least=1),
        "start_frame": Files("imageAssetId#", most=1, least=1),
    },
)  # fmt: skip
"""Its length is the video's. No source tells of a shape, a seed or an end frame, nor whether it is made in the
explore queue, which not all models are."""

SEEDANCE_SIZES = ("480p", "720p")
SEEDANCE: dict[str, Option] = {
    "duration": Whole("duration", 4, 30, firm=None, always=True),
    "ratio": Pick("aspect_ratio", (), always=True),
    "resolution": Pick("resolution", SEEDANCE_SIZES),
    "audio": Switch("audio", default=True),
    **EXPLORE,
}


def seedance_prices(given: tuple[str, ...]) -> tuple[Cost, ...]:
    """The list holds for videos that are made without one; the explore queue takes no credits."""
    return tuple(
        Cost(
            None if "driving_video" in given else credits * seconds,
            "credits",
            {"resolution": size, "duration": seconds, "explore": False},
        )
        for size, credits in zip(SEEDANCE_SIZES, (20, 30), strict=True)
        for seconds in (4, 15, 30)
    )


START = {"start_frame": Files("startFrameAssetId", most=1)}
KEYFRAMES = {**START, "end_frame": Files("endFrameAssetId", most=1)}
MULTIPLE = {
    "references": Files("imageAssetId#", most=11, firm=None, warned_from=9),
    "driving_video": Files("videoAssetId", most=1),
}


def seedance(*given: str) -> Reading:
    """Seedance 2.5 from text alone, between keyframes, or with references, which exclude keyframes."""
    files = START if not given else MULTIPLE if {*given} & {*MULTIPLE} else KEYFRAMES
    return Reading(
        "useapi:video/seedance-2-5", "videos/create", {"model": "seedance-2-5"}, given,
        prompt=Words("text_prompt", 3500, needed=not given, firm=False),
        options=SEEDANCE, files=files, prices=seedance_prices(given),
        apart=tuple((frame, other) for frame in KEYFRAMES for other in MULTIPLE),
    )  # fmt: skip


SITUATIONS = (
    (),
    ("start_frame",),
    ("start_frame", "end_frame"),
    ("references",),
    ("driving_video",),
)
READINGS = [*IMAGES, MOTION, *(seedance(*given) for given in SITUATIONS)]
