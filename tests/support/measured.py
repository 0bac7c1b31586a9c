"""Files of an exact size, length and frame rate, and what vendors' pages say of the files that they take."""

# PyAV's stubs leave frames and packets open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import zlib
from dataclasses import dataclass
from pathlib import Path
from random import Random

import av
from PIL import Image

from tests.support.odd import chunk

EDGE = 64
UPSCALER = "magnific_precision_upscaler_v2"


@dataclass(frozen=True)
class Still:
    """An image of so many pixels."""

    width: int
    height: int

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.width}x{self.height}.png"
        Image.new("RGB", (self.width, self.height), "#336699").save(path)
        return path


@dataclass(frozen=True)
class Moving:
    """A video of so many seconds, with so many frames in each."""

    seconds: int = 4
    rate: int = 1
    width: int = EDGE
    height: int = EDGE

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.width}x{self.height}-{self.seconds}-{self.rate}.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=self.rate)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
            picture = Image.new("RGB", (self.width, self.height), "#336699")
            for number in range(self.seconds * self.rate):
                frame = av.VideoFrame.from_image(picture)
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path


@dataclass(frozen=True)
class Heavy:
    """A PNG that nothing makes smaller: so many bytes for each pixel."""

    side: int
    deep: bool = False

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.side}-{self.deep}.png"
        chance, side = Random(7), self.side
        if not self.deep:
            noise = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
            noise.save(path, compress_level=0)
            return path
        rows = b"".join(b"\0" + chance.randbytes(side * 8) for _ in range(side))
        head = side.to_bytes(4, "big") * 2 + bytes((16, 6, 0, 0, 0))
        parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
        return path


@dataclass(frozen=True)
class Padded:
    """A video of so many bytes, most of them free space that a disk need not hold."""

    bytes: int

    def write(self, folder: Path) -> Path:
        path = Moving().write(folder).rename(folder / f"{self.bytes}.mp4")
        left = self.bytes - path.stat().st_size
        with path.open("ab") as file:
            file.write(left.to_bytes(4, "big") + b"free")
            file.truncate(self.bytes)
        return path


@dataclass(frozen=True)
class Edge:
    """The last file that a vendor's page lets pass in a field of a model, and the first that it does not."""

    model: str
    field: str
    good: Still | Moving | Heavy
    bad: Still | Moving | Heavy
    says: str
    """The number that is allowed, as a person reads it."""


def frames(model: str, good: Still, bad: Still, says: str) -> Edge:
    return Edge(f"runway:video/{model}", "start_frame", good, bad, says)


def videos(model: str, good: Moving, bad: Moving, says: str) -> Edge:
    return Edge(f"runway:video/{model}", "driving_video", good, bad, says)


REFUSED = (
    frames("gen4.5", Still(200, 400), Still(199, 400), "at least 0.5"),
    frames("gen4.5", Still(400, 200), Still(401, 200), "at most 2"),
    frames("gen4_turbo", Still(200, 400), Still(199, 400), "at least 0.5"),
    frames("gen4_turbo", Still(2358, 1000), Still(2359, 1000), "at most 2.358"),
    frames("veo3.1", Still(400, 200), Still(401, 200), "at most 2"),
    frames("veo3.1_fast", Still(200, 400), Still(199, 400), "at least 0.5"),
    frames("happyhorse_1_0", Still(300, 300), Still(299, 300), "at least 300 px"),
    frames("happyhorse_1_0", Still(550, 1000), Still(549, 1000), "at least 0.55"),
    frames("happyhorse_1_0", Still(900, 500), Still(901, 500), "at most 1.8"),
    frames("h3_max", Still(256, 256), Still(256, 255), "at least 256 px"),
    frames("seedance2", Still(8000, 64), Still(8001, 64), "up to 8000 px"),
    frames("act_two", Still(200, 400), Still(199, 400), "at least 0.5"),
    Edge("runway:image/gemini_2.5_flash", "references", Still(100, 400), Still(99, 400), "at least 0.25"),
    Edge("runway:image/gemini_2.5_flash", "references", Still(400, 100), Still(401, 100), "at most 4"),
    Edge("runway:image/gen4_image", "references", Still(64, 8000), Still(64, 8001), "up to 8000 px"),
    Edge("runway:video/seedance2_5", "references", Still(160, 400), Still(159, 400), "at least 0.4"),
    Edge(f"runway:image/{UPSCALER}", "references", Still(300, 300), Still(300, 299), "at least 300 px"),
    videos("aleph2", Moving(30), Moving(31), "up to 30 s"),
    videos("aleph2", Moving(2), Moving(1), "at least 2 s"),
    videos("aleph2", Moving(2, 30), Moving(2, 31), "up to 30"),
    videos("aleph2", Moving(2, 1, 1920, 1080), Moving(2, 1, 1920, 1082), "up to 1080p"),
    videos("act_two", Moving(30), Moving(31), "up to 30 s"),
    videos("act_two", Moving(3), Moving(2), "at least 3 s"),
    videos("act_two", Moving(3, 1, 64, 128), Moving(3, 1, 64, 130), "at least 0.5"),
    videos("video_to_video/gemini_omni_flash", Moving(10), Moving(11), "up to 10 s"),
    videos("video_to_video/hailuo3", Moving(15), Moving(16), "up to 15 s"),
    videos("video_to_video/seedance2", Moving(15), Moving(16), "up to 15 s"),
    videos("video_to_video/seedance2_mini", Moving(15), Moving(16), "up to 15 s"),
    videos("video_to_video/seedance2_5-extend", Moving(30, 1, 480, 480), Moving(31, 1, 480, 480), "up to 30 s"),
    videos("magnific_video_upscaler_creative", Moving(30), Moving(31), "up to 30 s"),
    videos("enhance_frame_rate", Moving(300), Moving(301), "up to 300 s"),
)  # fmt: skip
"""What is certain."""
DOUBTED = (
    Edge("runware:image/google:4@1", "references", Still(300, 300), Still(300, 299), "at least 300 px"),
    Edge("runware:image/google:4@1", "references", Still(4096, 600), Still(4096, 596), "at least 300 px"),
    Edge("runware:video/google:3@2", "start_frame", Still(300, 300), Still(299, 300), "at least 300 px"),
    Edge("useapi:image/gen4", "references", Heavy(2886), Heavy(2912), "up to 25 MB"),
    Edge("runway:video/seedance2_5", "start_frame", Still(160, 400), Still(159, 400), "at least 0.4"),
    videos("video_to_video/seedance2_5", Moving(2, 1, 640, 480), Moving(2, 1, 640, 478), "at least 480 px"),
    videos("video_to_video/klingO3_pro", Moving(10), Moving(11), "up to 10 s"),
)  # fmt: skip
"""What no page of the vendor says for certain."""
TOO_HEAVY = (
    Edge("runflow:image/google/nano-banana-pro", "references", Heavy(4178), Heavy(4182), "up to 52.4 MB"),
    Edge("runware:image/google:4@1", "references", Heavy(1616, True), Heavy(1624, True), "up to 21 MB"),
)  # fmt: skip
"""Bytes, of which the adapter is the first to hear."""
