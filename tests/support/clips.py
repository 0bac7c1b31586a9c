"""Small clips in every container, for the tests of media, and where a clip is cut."""

# PyAV's stubs leave frames and packets open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from fractions import Fraction
from pathlib import Path

import av
from PIL import Image


def video(
    path: Path,
    form: str = "mp4",
    *,
    codec: str = "libx264",
    sound: bool = False,
    options: dict[str, str] | None = None,
    seconds: int = 2,
) -> Path:
    """A clip of so many seconds, 64 by 48 pixels."""
    with av.open(str(path), "w", format=form, options=options or {}) as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        speech = container.add_stream("aac", rate=8000) if sound else None
        for number in range(seconds * 10):
            color = (number * 10 % 256, 90, 90)
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), color))
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if speech is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            silence.sample_rate, silence.pts, silence.time_base = 8000, 0, Fraction(1, 8000)
            silence.planes[0].update(bytes(silence.planes[0].buffer_size))
            container.mux(speech.encode(silence))
            container.mux(speech.encode(None))
    return path
