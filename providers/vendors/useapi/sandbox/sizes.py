"""Pixels of what the emulated useapi.net makes, by kind and resolution, then ratio."""

from collections.abc import Mapping

Size = tuple[int, int]

SIZES: Mapping[str, Mapping[str, Size]] = {
    "video 480p": {
        "16:9": (864, 480), "9:16": (480, 864), "1:1": (640, 640), "4:3": (736, 552),
        "3:4": (552, 736), "21:9": (1120, 480), "3:2": (720, 480), "2:3": (480, 720),
    },
    "video 720p": {
        "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960), "4:3": (1104, 832),
        "3:4": (832, 1104), "21:9": (1584, 672), "3:2": (1080, 720), "2:3": (720, 1080),
    },
    "video 1080p": {
        "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1440, 1440),
        "4:3": (1664, 1248), "3:4": (1248, 1664), "21:9": (2208, 944),
    },
    "video 2160p": {"16:9": (3840, 2160), "9:16": (2160, 3840), "1:1": (2880, 2880)},
    "image 720p": {
        "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720),
        "4:3": (960, 720), "3:4": (720, 960), "21:9": (1680, 720),
    },
    "image 1080p": {
        "16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080),
        "4:3": (1440, 1080), "3:4": (1080, 1440), "21:9": (2112, 912),
    },
    "image 1K": {
        "16:9": (1344, 768), "9:16": (768, 1344), "1:1": (1024, 1024),
        "4:3": (1184, 864), "3:4": (864, 1184), "21:9": (1536, 672),
    },
    "image 2K": {
        "16:9": (2688, 1536), "9:16": (1536, 2688), "1:1": (2048, 2048),
        "4:3": (2368, 1728), "3:4": (1728, 2368), "21:9": (3072, 1344),
    },
    "image 4K": {
        "16:9": (3840, 2160), "9:16": (2160, 3840), "1:1": (2880, 2880),
        "4:3": (3328, 2496), "3:4": (2496, 3328), "21:9": (3840, 1648),
    },
}  # fmt: skip
"""Pixels by kind and resolution, then ratio."""

AREAS: Mapping[str, int] = {
    "0.6MP": 600_000, "1K": 1024**2, "2K": 2048**2, "3K": 3072**2, "4K": 8_300_000,
}  # fmt: skip
"""Pixels of an image whose sides nobody tells."""
STEP = 16
"""Sides are whole multiples of it."""


def size_of(kind: str, resolution: str, ratio: str) -> Size:
    """The sides of a shape, such as `16:9`; `auto` is as wide as it is high."""
    known = SIZES.get(f"{kind} {resolution}", {})
    if ratio in known:
        return known[ratio]
    width, _, height = "1:1".partition(":") if ratio == "auto" else ratio.partition(":")
    shape = int(width) / int(height)
    high = (AREAS[resolution] / shape) ** 0.5
    return round(high * shape / STEP) * STEP, round(high / STEP) * STEP
