"""What Runware's contract says about each model, transcribed from its table and not from our rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Pairs = Mapping[str, tuple[int, int]]
Table = Mapping[str, Pairs]
"""Width and height by tier and ratio. A tier that has no name at the vendor is ""."""

READ = ("runware.ai/docs", 2026)
"""Where every price was read, and in which year."""


@dataclass(frozen=True)
class ImageContract:
    """One model of `imageInference`."""

    pairs: Table
    prompt: tuple[int, int]
    references: int
    references_inferred: bool = False
    """The maximum is deduced: more are warned about, and sent on purpose."""
    resolution: tuple[str, ...] = ()
    """Values of the field `resolution`, which excludes width and height."""
    prompt_doubtful: int | None = None
    """An older copy of the page stops here."""
    seed: tuple[int, int] | None = None
    web_search: bool = False
    counts: tuple[int, int] = (1, 20)
    count_default: int = 1
    formats: tuple[str, ...] = ("JPG", "PNG", "WEBP")
    format_default: str = "JPG"
    quality: tuple[int, int] = (20, 99)
    quality_default: int = 95
    safety_modes: tuple[str, ...] = ()
    """Of the field `safety.mode`; `none` is its default."""
    tolerances: tuple[str, ...] = ()
    """Known values of the field `safetyTolerance`; `none` is its default."""
    dollars: Mapping[str, float] = field(default_factory=dict[str, float])
    """A picture, by tier."""


@dataclass(frozen=True)
class VideoContract:
    """One model of `videoInference`."""

    pairs: Table
    durations: tuple[int, ...]
    duration_default: int
    prompt: tuple[int, int]
    sound_field: tuple[str, str] | None
    """None: always with sound."""
    sound_default: bool = False
    prompt_with_frame: tuple[int, int] | None = None
    """What holds of the prompt beside a frame, where that differs; from 0: it may be left out."""
    prompt_doubtful: int | None = None
    """The maker's maximum, where the vendor names none: more only warns, up to what other models take."""
    frames: int = 2
    references_doubtful: int | None = None
    """The maker's maximum, where references are taken; the vendor names none."""
    resolution: tuple[str, ...] = ()
    seed: tuple[int, int] | None = None
    """The limits are the maker's: beyond them a warning."""
    dollars: Mapping[tuple[str, bool], float] = field(default_factory=dict[tuple[str, bool], float])
    """A second, by tier and sound."""


@dataclass(frozen=True)
class ShotsContract:
    """How one model makes a video of several shots."""

    shots: tuple[int, int]
    seconds: tuple[int, int]
    together: tuple[int, int]
    characters: int
    soft: bool
    """None of these is on a page of the vendor."""
    field: str
    """Where the shots stand: `multiPrompt` among the maker's settings, or `positivePrompt`."""
    prompt: tuple[int, int] | None = None
    """The most characters of all as one text: alone, and with a frame."""


NANO_BANANA = ImageContract(
    pairs={
        "": {
            "1:1": (1024, 1024),
            "3:2": (1248, 832),
            "2:3": (832, 1248),
            "4:3": (1184, 864),
            "3:4": (864, 1184),
            "5:4": (1152, 896),
            "4:5": (896, 1152),
            "16:9": (1344, 768),
            "9:16": (768, 1344),
            "21:9": (1536, 672),
        }
    },
    prompt=(2, 3000),
    references=8,
    safety_modes=("none", "fast"),
    tolerances=("high", "medium", "low", "none", "off"),
    dollars={"": 0.039},
)
NANO_BANANA_PRO = ImageContract(
    pairs={
        "1K": {
            "1:1": (1024, 1024), "3:2": (1264, 848), "2:3": (848, 1264), "4:3": (1200, 896),
            "3:4": (896, 1200), "4:5": (928, 1152), "5:4": (1152, 928), "9:16": (768, 1376),
            "16:9": (1376, 768), "21:9": (1548, 672),
        },
        "2K": {
            "1:1": (2048, 2048), "3:2": (2528, 1696), "2:3": (1696, 2528), "4:3": (2400, 1792),
            "3:4": (1792, 2400), "4:5": (1856, 2304), "5:4": (2304, 1856), "9:16": (1536, 2752),
            "16:9": (2752, 1536), "21:9": (3168, 1344),
        },
        "4K": {
            "1:1": (4096, 4096), "3:2": (5056, 3392), "2:3": (3392, 5056), "4:3": (4800, 3584),
            "3:4": (3584, 4800), "4:5": (3712, 4608), "5:4": (4608, 3712), "9:16": (3072, 5504),
            "16:9": (5504, 3072), "21:9": (6336, 2688),
        },
    },
    prompt=(2, 45000),
    prompt_doubtful=3000,
    references=14,
    references_inferred=True,
    resolution=("1K", "2K", "4K"),
    seed=(0, 2147483647),
    web_search=True,
    safety_modes=("none", "fast"),
    tolerances=("high", "medium", "low", "none", "off"),
    dollars={"1K": 0.138, "2K": 0.138, "4K": 0.244},
)  # fmt: skip
GEN_4_IMAGE = ImageContract(
    pairs={
        "1080p": {
            "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080), "4:3": (1440, 1080),
            "3:4": (1080, 1440), "21:9": (2112, 912),
        },
        "1K": {"1:1": (1024, 1024), "16:9": (1360, 768), "4:3": (1168, 880), "21:9": (1808, 768)},
        "720p": {
            "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720), "4:3": (960, 720),
            "3:4": (720, 960), "21:9": (1680, 720),
        },
    },
    prompt=(1, 1000),
    references=3,
)  # fmt: skip
IMAGES: Mapping[str, ImageContract] = {
    "google:4@1": NANO_BANANA,
    "google:4@2": NANO_BANANA_PRO,
    "runway:4@1": GEN_4_IMAGE,
}

VEO_PAIRS: Table = {
    "720p": {"16:9": (1280, 720), "9:16": (720, 1280)},
    "1080p": {"16:9": (1920, 1080), "9:16": (1080, 1920)},
    "4K": {"16:9": (3840, 2160), "9:16": (2160, 3840)},
}
FIFTEEN = tuple(range(3, 16))
HD: Pairs = {"16:9": (1280, 720), "1:1": (960, 960), "9:16": (720, 1280)}
FULL_HD: Pairs = {"16:9": (1920, 1080), "1:1": (1440, 1440), "9:16": (1080, 1920)}
ULTRA_HD: Pairs = {"16:9": (3840, 2160), "1:1": (2880, 2880), "9:16": (2160, 3840)}


def _kling(
    pairs: Pairs, silent: float | None, loud: float | None, references: int | None = None
) -> VideoContract:
    known = {} if silent is None or loud is None else {("", False): silent, ("", True): loud}
    return VideoContract(
        pairs={"": pairs},
        durations=FIFTEEN,
        duration_default=5,
        prompt=(1, 45_000),
        prompt_with_frame=(0, 45_000),
        prompt_doubtful=2500,
        sound_field=("klingai", "sound"),
        references_doubtful=references,
        dollars=known,
    )


VIDEOS: Mapping[str, VideoContract] = {
    "klingai:kling-video@3-pro": _kling(FULL_HD, 0.112, 0.168),
    "klingai:kling-video@3-standard": _kling(HD, 0.084, 0.126),
    "klingai:kling-video@3-4k": _kling(ULTRA_HD, None, None),
    "klingai:kling-video@o3-pro": _kling(FULL_HD, 0.112, 0.14, references=7),
    "klingai:kling-video@o3-standard": _kling(HD, 0.084, 0.112, references=7),
    "klingai:kling-video@o3-4k": _kling(ULTRA_HD, None, None, references=7),
    "klingai:kling-video@3.0-turbo": VideoContract(
        pairs={"720p": HD, "1080p": FULL_HD},
        durations=FIFTEEN,
        duration_default=5,
        prompt=(3, 3072),
        prompt_with_frame=(3, 2500),
        sound_field=None,
        frames=1,
        resolution=("720p", "1080p"),
        dollars={("720p", True): 0.112, ("1080p", True): 0.14},
    ),
    "google:3@2": VideoContract(
        pairs=VEO_PAIRS,
        durations=(4, 6, 7, 8),
        duration_default=8,
        prompt=(2, 3000),
        sound_field=("google", "generateAudio"),
        sound_default=True,
        seed=(0, 2147483647),
        resolution=("720p", "1080p", "4K"),
    ),
    "google:3@3": VideoContract(
        pairs=VEO_PAIRS,
        durations=(4, 6, 7, 8),
        duration_default=8,
        prompt=(2, 3000),
        sound_field=("google", "generateAudio"),
        sound_default=True,
        seed=(0, 2147483647),
        resolution=("720p", "1080p", "4K"),
        dollars={
            ("1080p", False): 0.10,
            ("1080p", True): 0.15,
            ("4K", False): 0.30,
            ("4K", True): 0.35,
        },
    ),
}

_LISTED = ShotsContract(
    shots=(2, 6), seconds=(3, 15), together=(3, 15), characters=512, soft=True, field="multiPrompt"
)
SHOTS: Mapping[str, ShotsContract] = {
    "klingai:kling-video@3-pro": _LISTED,
    "klingai:kling-video@3-standard": _LISTED,
    "klingai:kling-video@3.0-turbo": ShotsContract(
        shots=(1, 6),
        seconds=(1, 15),
        together=(3, 15),
        characters=512,
        soft=False,
        field="positivePrompt",
        prompt=(3072, 2500),
    ),
}

LEFT_OUT: Mapping[tuple[str, str], str] = {
    ("runway:4@1", "1K"): "Four of this tier's shapes are known, and none of them is upright.",
    ("google:3@2", "7 s"): "This length is for lengthening a video, which no row offers.",
    ("google:3@3", "7 s"): "This length is for lengthening a video, which no row offers.",
}
"""What the vendor takes and no row offers."""

MODELS_LEFT_OUT: Mapping[str, str] = {
    "google:4@3": "Its sizes are not known.",
    "runway:4@2": "Its parameters are not known.",
    "openai:gpt-image@2": "Its parameters are not known.",
    "bytedance:seedream@4.5": "Its parameters are not known.",
    "bfl:5@1": "Its parameters are not known.",
    "google:2@0": "Its prompt and frames are not known, and two newer ones are there.",
    "google:3@0": "Its prompt and frames are not known, and its successor is there.",
    "google:3@1": "Its lengths and sizes are not known.",
    "google:veo@3.1-lite": "Its sizes in pixels are not known.",
    "openai:3@1": "The vendor switched it off on 2026-09-24.",
    "openai:3@2": "Its lengths are not known.",
    "klingai:6@1": "Its sizes are not known.",
    "klingai:kling-video@2.6-pro": "Its sizes are not known.",
    "runway:1@1": "Its sizes are not known.",
    "runway:1@2": "Its sizes are not known.",
    "klingai:5@3": "Its parameters are not known.",
    "bytedance:seedance@2.0": "Its parameters are not known.",
}
"""Models that the contract names and no row offers."""
