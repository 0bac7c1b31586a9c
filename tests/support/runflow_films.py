"""What Runflow's pages say of its video models, transcribed from the contract and not from our rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

Fields = tuple[str, ...]
START, KLING_START = ("image_url", "end_image_url"), ("start_image_url", "end_image_url")
KLING = "kuaishou/kling-video/v3/pro"
KLING_WAYS = (f"{KLING}/text-to-video", f"{KLING}/image-to-video", KLING_START)
SEEDANCE = "bytedance/seedance/2.0"
ADDRESSES: Mapping[str, tuple[str, str, Fields]] = {
    "runflow:image/google/nano-banana-pro": (
        "google/nano-banana-pro", "google/nano-banana-pro/edit", ("image_urls",),
    ),
    f"runflow:video/{KLING}": KLING_WAYS,
    f"runflow:multishot/{KLING}": KLING_WAYS,
    f"runflow:video/{SEEDANCE}": (f"{SEEDANCE}/text-to-video", f"{SEEDANCE}/image-to-video", START),
    f"runflow:video/{SEEDANCE}/fast": (f"{SEEDANCE}/fast/text-to-video", "", ()),
    "runflow:video/alibaba/wan/v2.7": ("alibaba/wan/v2.7/text-to-video", "", ()),
    "runflow:video/alibaba/happy-horse/reference-to-video": (
        "", "alibaba/happy-horse/reference-to-video", ("image_urls",),
    ),
    "runflow:video/google/veo3.1": ("google/veo3.1", "", ()),
    "runflow:video/google/veo3.1/fast": (
        "google/veo3.1/fast", "google/veo3.1/fast/image-to-video", ("image_url",),
    ),
    "runflow:video/google/veo3.1/lite": ("google/veo3.1/lite", "", ()),
}  # fmt: skip
"""Of each row: where a run without files is created, where one with files, and the files' fields in order."""


@dataclass(frozen=True)
class Film:
    """A video model. Field names are the vendor's own; none of them stands for an option that it lacks."""

    seconds: Mapping[int, JsonValue]
    """Every length that is sold, and how it is written."""
    ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    audio: bool = False
    seed: bool = False
    first: bool = False
    """Takes a start frame."""
    last: bool = False
    references: bool = False
    ratio_with_frame: bool = True
    open: tuple[str, ...] = ()
    """Options of which the pages give no values: others are warned about, and sent on purpose."""
    prices: tuple[tuple[Mapping[str, JsonValue], float | None], ...] = ()
    """Dollars a second with these options; None: the pages do not tell."""


def as_text(low: int, high: int) -> dict[int, JsonValue]:
    return {seconds: str(seconds) for seconds in range(low, high + 1)}


SEEDANCE_RATIOS = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
"""And `auto`, which is what happens when nothing is sent."""
VEO = Film(
    seconds={4: "4s", 6: "6s", 8: "8s"},
    ratios=("16:9", "9:16"),
    resolutions=("720p", "1080p", "4k"),
    audio=True,
    seed=True,
)
OFF: Mapping[str, JsonValue] = {"audio": False}
ON: Mapping[str, JsonValue] = {"audio": True}


def by_audio(dollars: float) -> tuple[tuple[Mapping[str, JsonValue], float | None], ...]:
    return ((OFF, dollars), (ON, None))


def by_tier(dollars: float) -> tuple[tuple[Mapping[str, JsonValue], float | None], ...]:
    return (({"resolution": "720p"}, dollars), ({"resolution": "1080p"}, None))


FILMS: Mapping[str, Film] = {
    f"runflow:video/{KLING}": Film(
        seconds=as_text(3, 15),
        ratios=("16:9", "9:16", "1:1"),
        audio=True,
        first=True,
        last=True,
        ratio_with_frame=False,
        prices=by_audio(0.112),
    ),
    f"runflow:video/{SEEDANCE}": Film(
        seconds=as_text(4, 15),
        ratios=SEEDANCE_RATIOS,
        resolutions=("480p", "720p", "1080p"),
        audio=True,
        first=True,
        last=True,
        prices=by_tier(0.3034),
    ),
    f"runflow:video/{SEEDANCE}/fast": Film(
        seconds=as_text(4, 15),
        ratios=SEEDANCE_RATIOS,
        resolutions=("480p", "720p", "1080p"),
        audio=True,
        prices=by_tier(0.2419),
    ),
    "runflow:video/alibaba/wan/v2.7": Film(
        seconds={5: 5, 10: 10},
        resolutions=("720p", "1080p"),
        open=("resolution", "duration"),
        prices=(({}, 0.10),),
    ),
    "runflow:video/alibaba/happy-horse/reference-to-video": Film(
        seconds={seconds: seconds for seconds in range(3, 16)},
        ratios=("16:9", "9:16", "1:1"),
        resolutions=("720p", "1080p"),
        references=True,
        open=("ratio", "resolution"),
        prices=by_tier(0.14),
    ),
    "runflow:video/google/veo3.1": replace(VEO, prices=by_audio(0.20)),
    "runflow:video/google/veo3.1/fast": replace(VEO, first=True, prices=by_audio(0.10)),
    "runflow:video/google/veo3.1/lite": replace(VEO, prices=by_audio(0.03)),
}
