"""What the vendor's contract says about each model, transcribed from its table and not from our rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

ALL = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
WIDE_TALL = ("16:9", "9:16")
WIDE_TALL_SQUARE = ("16:9", "9:16", "1:1")
JULY = (
    "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "4:5", "5:4", "3:2", "2:3", "9:21",
)  # fmt: skip
NANO = ("auto", *(aspect for aspect in JULY if aspect != "9:21"))
GPT = ("1:1", "3:2", "2:3")
SEED = (1, 4294967294)
STYLES = (
    "vivid", "vivid-warm", "vivid-cool", "high-contrast", "high-contrast-warm",
    "high-contrast-cool", "bw", "bw-contrast", "muted-pastel", "dreamscape", "nordic-minimal",
    "light-anime", "dark-anime", "painted-anime", "3d-cartoon", "sketch", "low-angle", "in-motion",
    "terracotta",
)  # fmt: skip


@dataclass(frozen=True)
class ImageContract:
    """One line of `image_models`; None means that the parameter must not be sent."""

    references: tuple[int, int]
    resolutions: tuple[str, ...] | None = None
    """Several values are a choice; one value is left to the vendor."""
    seed: tuple[int, int] | None = None
    styles: tuple[str, ...] | None = None
    diversity: tuple[int, int] | None = None
    diversity_with_references: int | None = None
    prompt_most: int = 5000
    aspects: tuple[str, ...] = ALL
    aspect_default: str = "16:9"
    references_doubted_from: int | None = None
    """A second source knows only so many."""
    counts: tuple[int, ...] = (1, 4)


@dataclass(frozen=True)
class VideoContract:
    """One line of `video_models`."""

    pictures: tuple[int, int]
    """Frames."""
    prompt: Literal["required", "optional", "unsupported"]
    prompt_most: int | None
    audio: Literal["toggle", "always_on", "none"]
    durations: tuple[int, ...] = ()
    duration_default: int | None = None
    aspects_text: tuple[str, ...] | None = None
    aspects_picture: tuple[str, ...] | None = None
    resolutions: tuple[str, ...] | None = None
    durations_explore: tuple[int, ...] | None = None
    resolutions_explore: tuple[str, ...] | None = None
    """What the explore queue makes of them, where that is less."""
    seed: tuple[int, int] | None = None
    end_frame: bool = False
    driving_video: bool = False
    reference_video: bool = False
    """A video may be shown beside the references."""
    keeps_audio: bool = False
    """`audio` is about that of the video which is handed in."""
    orientations: tuple[str, ...] | None = None
    references: int = 0
    """At most so many, but never beside an end frame."""
    references_doubted_from: int | None = None
    """A second source knows only so many."""
    mixes: bool = True
    """A start frame and references may go together."""
    named_frames: bool = False
    """Frames have fields of their own on the wire."""
    shots: "ShotsContract | None" = None
    explore: bool = True
    at_risk: bool = False
    prompt_most_newer: int | None = None


@dataclass(frozen=True)
class ShotsContract:
    """The line `multishot`."""

    least: int = 2
    most: int = 5
    seconds: tuple[int, int] = (3, 12)
    together: int = 15
    prompt_most: int = 512
    prompt_inferred: int | None = None
    """What is concluded and not said: only a warning."""


MULTISHOT = ShotsContract()
O3_MULTISHOT = ShotsContract(prompt_most=2500, prompt_inferred=512)

IMAGES: Mapping[str, ImageContract] = {
    "nano-banana": ImageContract(references=(0, 3)),
    "nano-banana-pro": ImageContract(references=(0, 14), resolutions=("1K", "2K", "4K")),
    "nano-banana-2": ImageContract(
        references=(0, 14), references_doubted_from=8, resolutions=("1K", "2K", "4K"), aspects=NANO
    ),
    "nano-banana-2-lite": ImageContract(
        references=(0, 14), references_doubted_from=8, aspects=NANO
    ),
    "flux-2-max": ImageContract(
        references=(0, 14),
        references_doubted_from=8,
        resolutions=("1K", "2K", "4K", "0.6MP"),
        aspects=JULY,
        aspect_default="1:1",
        seed=SEED,
        prompt_most=4000,
    ),
    "flux-2-klein": ImageContract(
        references=(0, 4),
        resolutions=("1K", "2K", "0.6MP"),
        aspects=JULY,
        aspect_default="1:1",
        seed=SEED,
        prompt_most=4000,
    ),
    "gpt-image-1-5": ImageContract(references=(0, 4), aspects=GPT, aspect_default="1:1"),
    "gpt-image-1-mini": ImageContract(references=(0, 4), aspects=GPT, aspect_default="1:1"),
    "seedream-5": ImageContract(
        references=(0, 14),
        references_doubted_from=8,
        resolutions=("2K", "3K"),
        aspects=(*ALL, "3:2", "2:3"),
    ),
    "gen4": ImageContract(
        references=(0, 3),
        resolutions=("1080p", "720p"),
        seed=SEED,
        styles=STYLES,
        diversity=(1, 5),
        diversity_with_references=2,
    ),
    "gen4-turbo": ImageContract(
        references=(1, 3), resolutions=("1080p",), seed=SEED, styles=STYLES
    ),
}

GEN_4 = VideoContract(
    pictures=(1, 1),
    durations=(5, 10),
    duration_default=5,
    aspects_picture=ALL,
    resolutions=("720p",),
    prompt="required",
    prompt_most=1000,
    prompt_most_newer=512,
    audio="none",
    seed=SEED,
)
KLING_3 = VideoContract(
    pictures=(0, 2),
    end_frame=True,
    durations=(5, 10, 15),
    duration_default=5,
    aspects_text=WIDE_TALL_SQUARE,
    aspects_picture=WIDE_TALL_SQUARE,
    prompt="optional",
    prompt_most=2500,
    audio="toggle",
    shots=MULTISHOT,
)
KLING_O3 = VideoContract(
    pictures=(0, 2),
    end_frame=True,
    references=7,
    named_frames=True,
    durations=(5, 10, 15),
    duration_default=5,
    aspects_text=WIDE_TALL_SQUARE,
    aspects_picture=WIDE_TALL_SQUARE,
    prompt="optional",
    prompt_most=2500,
    audio="toggle",
    shots=O3_MULTISHOT,
)
KLING_O3_EDIT = VideoContract(
    pictures=(0, 0),
    driving_video=True,
    references=4,
    prompt="required",
    prompt_most=2500,
    audio="none",
    keeps_audio=True,
)
KLING_MOTION = VideoContract(
    pictures=(1, 1),
    driving_video=True,
    prompt="optional",
    prompt_most=2500,
    resolutions=("720p", "1080p"),
    audio="none",
    keeps_audio=True,
    orientations=("image", "video"),
    explore=False,
)
SEEDANCE = VideoContract(
    pictures=(0, 2),
    end_frame=True,
    references=11,
    references_doubted_from=9,
    reference_video=True,
    mixes=False,
    named_frames=True,
    durations=tuple(range(4, 16)),
    duration_default=5,
    aspects_text=ALL,
    aspects_picture=ALL,
    resolutions=("480p", "720p", "1080p"),
    resolutions_explore=("480p", "720p"),
    prompt="optional",
    prompt_most=3500,
    audio="toggle",
)
# The vendor's price list: "No 1080p for 2.5 on Runway", up to 30 s, in the explore queue up to 15.
SEEDANCE_NEWEST = replace(
    SEEDANCE,
    durations=tuple(range(4, 31)),
    durations_explore=tuple(range(4, 16)),
    resolutions=("480p", "720p"),
    resolutions_explore=None,
    prompt_most=15000,
    prompt_most_newer=3500,
)
HAPPYHORSE_ASPECTS = ("16:9", "9:16", "1:1", "4:3", "3:4")

VIDEOS: Mapping[str, VideoContract] = {
    "gen4.5": VideoContract(
        pictures=(0, 1),
        durations=tuple(range(2, 11)),
        duration_default=5,
        aspects_text=("16:9",),
        aspects_picture=ALL,
        prompt="optional",
        prompt_most=5000,
        audio="toggle",
        seed=SEED,
    ),
    "gen4": GEN_4,
    "gen4-turbo": GEN_4,
    "kling-3.0-pro": KLING_3,
    "kling-3.0-standard": KLING_3,
    "kling-o3-4k": KLING_O3,
    "kling-o3-pro": KLING_O3,
    "kling-o3-standard": KLING_O3,
    "kling-o3-pro-edit": KLING_O3_EDIT,
    "kling-o3-standard-edit": KLING_O3_EDIT,
    "kling-2.6-pro": VideoContract(
        pictures=(0, 1),
        durations=(5, 10),
        duration_default=5,
        aspects_text=WIDE_TALL,
        aspects_picture=WIDE_TALL,
        prompt="required",
        prompt_most=2500,
        audio="toggle",
    ),
    "kling-2.6-i2v": VideoContract(
        pictures=(1, 1),
        durations=(5, 10),
        duration_default=5,
        prompt="required",
        prompt_most=2500,
        audio="toggle",
    ),
    "kling-3.0-motion-control": KLING_MOTION,
    "seedance-2": SEEDANCE,
    "seedance-2-fast": SEEDANCE,
    "seedance-2-5": SEEDANCE_NEWEST,
    "happyhorse-1.0": VideoContract(
        pictures=(0, 1),
        durations=tuple(range(3, 16)),
        duration_default=5,
        aspects_text=HAPPYHORSE_ASPECTS,
        aspects_picture=HAPPYHORSE_ASPECTS,
        resolutions=("720p", "1080p"),
        prompt="optional",
        prompt_most=2500,
        audio="none",
        explore=False,
    ),
    "grok-imagine-1.5": VideoContract(
        pictures=(1, 1),
        durations=tuple(range(3, 16)),
        duration_default=5,
        aspects_picture=("16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2"),
        resolutions=("480p", "720p"),
        prompt="optional",
        prompt_most=2500,
        audio="none",
        explore=False,
    ),
    "veo-3.1": VideoContract(
        pictures=(0, 2),
        end_frame=True,
        durations=(4, 6, 8),
        duration_default=4,
        aspects_text=WIDE_TALL,
        aspects_picture=WIDE_TALL,
        resolutions=("720p", "1080p"),
        prompt="optional",
        prompt_most=5000,
        audio="toggle",
        explore=False,
    ),
    "sora-2": VideoContract(
        pictures=(0, 1),
        durations=(4, 8, 12),
        duration_default=4,
        aspects_text=WIDE_TALL,
        aspects_picture=WIDE_TALL,
        prompt="optional",
        prompt_most=1000,
        audio="always_on",
        at_risk=True,
    ),
    "sora-2-pro": VideoContract(
        pictures=(0, 1),
        durations=(4, 8, 12),
        duration_default=4,
        aspects_text=WIDE_TALL,
        aspects_picture=WIDE_TALL,
        resolutions=("720p", "1080p"),
        prompt="optional",
        prompt_most=1000,
        audio="always_on",
        at_risk=True,
    ),
    "wan-2.6-flash": VideoContract(
        pictures=(1, 1),
        durations=(5, 10, 15),
        duration_default=5,
        aspects_picture=WIDE_TALL_SQUARE,
        resolutions=("720p", "1080p"),
        prompt="required",
        prompt_most=1500,
        audio="toggle",
    ),
    "wan-2.2-animate": VideoContract(
        pictures=(1, 1),
        driving_video=True,
        aspects_picture=("16:9", "9:16", "1:1", "4:3", "3:4"),
        prompt="unsupported",
        prompt_most=None,
        audio="none",
    ),
}
