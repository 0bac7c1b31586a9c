"""Films of test cards: H.264 in MP4, exact frames, a hard cut after each shot, AAC when there is sound."""

# PyAV's stubs leave packets and stream options open.
# pyright: reportUnknownMemberType=false

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

import av
from av.audio import AudioStream
from av.container import OutputContainer
from av.video import VideoStream
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageChops, ImageDraw

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.painter import Card, cover, font, read_picture, write_on
from providers.vendors.sandbox.scenery import Rgb, Scenery, scenery

FPS = 24
SOUND_RATE = 44_100
FADE_SECONDS = 1.0
AMBER_YUV = (186, 60, 160)
BT709 = 1
"""The number of this colour space in the H.264 standard."""


class Take(Frozen):
    """One shot: its text and its whole seconds."""

    prompt: str
    seconds: int


class Film(Frozen):
    """A film to paint. One take is a plain clip; several are cut hard, each with its own look."""

    card: Card
    width: int
    height: int
    takes: tuple[Take, ...]
    sound: bool = False
    start: Path | None = None
    """A picture that fills the first frames."""
    end: Path | None = None
    """A picture that fills the last frames."""

    @property
    def seconds(self) -> int:
        """Its length."""
        return sum(take.seconds for take in self.takes)


Planes = tuple[Image.Image, Image.Image, Image.Image]


@dataclass(frozen=True, slots=True)
class _Layer:
    """What fills the screen for a while, as planes of YUV 4:2:0, and its sun if it has one."""

    planes: Planes
    view: Scenery | None = None
    sky: tuple[Image.Image, Image.Image] | None = None
    suns: tuple[Image.Image, Image.Image] | None = None
    sun: Rgb = (235, 128, 128)

    def at(self, way: float) -> Planes:
        """The planes when the sun has gone this part of its way."""
        luma, blue, red = (plane.copy() for plane in self.planes)
        if self.view is None or self.sky is None or self.suns is None:
            return luma, blue, red
        left, top, right, bottom = self.view.sun_box(way)
        full = (left, top, right, bottom)
        half = (left // 2, top // 2, left // 2 + self.suns[1].width, top // 2 + self.suns[1].height)
        mask = ImageChops.multiply(self.suns[0], self.sky[0].crop(full))
        luma.paste(self.sun[0], full, mask)
        mask = ImageChops.multiply(self.suns[1], self.sky[1].crop(half))
        blue.paste(self.sun[1], half, mask)
        red.paste(self.sun[2], half, mask)
        return luma, blue, red


def paint_film(film: Film, into: Path) -> None:
    """Write the film's file (MP4, index in front). The same film gives the same bytes."""
    with av.open(into, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = _video_stream(container, film)
        sound = _sound_stream(container) if film.sound else None
        for number, (planes, cut) in enumerate(_frames(film)):
            frame = _frame(planes, film.width, film.height)
            frame.pts = number
            frame.time_base = Fraction(1, FPS)
            if cut:
                frame.pict_type = PictureType.I
            container.mux(video.encode(frame))
            if sound is not None and number % FPS == FPS - 1:
                # A second of sound after each second of pictures keeps both together in the file.
                second = _second_of_sound(film, number // FPS)
                container.mux(sound.encode(second))
        container.mux(video.encode(None))
        if sound is not None:
            container.mux(sound.encode(None))


def _video_stream(container: OutputContainer, film: Film) -> VideoStream:
    stream = container.add_stream("libx264", rate=FPS)
    stream.width, stream.height = film.width, film.height
    stream.pix_fmt = "yuv420p"
    stream.codec_context.color_range = ColorRange.MPEG
    stream.codec_context.colorspace = BT709
    stream.codec_context.color_primaries = BT709
    stream.codec_context.color_trc = BT709
    stream.codec_context.thread_count = 1
    # One thread: the same bytes on every machine, and the other cores stay free.
    stream.options = {"preset": "ultrafast", "crf": "23", "g": str(FPS * 2), "threads": "1"}
    return stream


def _sound_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=SOUND_RATE)
    stream.layout = "mono"
    stream.bit_rate = 64_000
    return stream


def _frames(film: Film) -> Iterator[tuple[Planes, bool]]:
    """Every frame's planes, and whether a shot begins with it."""
    bar = _Bar(film)
    done = 0
    for number, take in enumerate(film.takes):
        first, last = number == 0, number == len(film.takes) - 1
        begin = _still(film, film.start, take, number) if first and film.start else None
        end = _still(film, film.end, take, number) if last and film.end else None
        card = None if begin and end else _card(film, take, number)
        layers = [layer for layer in (begin, card, end) if layer is not None]
        count = take.seconds * FPS
        for index in range(count):
            planes = _mixed(layers, index, count)
            bar.draw(planes, done + index)
            yield planes, index == 0
        done += count


def _mixed(layers: list[_Layer], index: int, count: int) -> Planes:
    """Layers share the time evenly, with a soft change between two of them."""
    way = index / max(1, count - 1)
    if len(layers) == 1:
        return layers[0].at(way)
    fade = min(FADE_SECONDS * FPS, count / (2 * len(layers)))
    for change in range(1, len(layers)):
        middle = count * change / len(layers)
        if index < middle - fade / 2:
            return layers[change - 1].at(way)
        if index < middle + fade / 2:
            part = (index - (middle - fade / 2)) / fade
            before, after = layers[change - 1].at(way), layers[change].at(way)
            luma, blue, red = (Image.blend(a, b, part) for a, b in zip(before, after, strict=True))
            return luma, blue, red
    return layers[-1].at(way)


def _card(film: Film, take: Take, number: int) -> _Layer:
    view = scenery(film.width, film.height, film.card.seed, number)
    picture = view.picture.copy()
    _label(film, picture, take, number)
    # The sun must not shine through what is written.
    low = round(film.height * 0.6)
    sky = view.sky.copy()
    sky.paste(0, (0, low, film.width, film.height))
    half = (film.width // 2, film.height // 2)
    side = view.sun.width // 2
    planes = _planes(picture)
    luma, blue, red = _planes(Image.new("RGB", (16, 16), view.sun_colour))
    colour = (_level(luma), _level(blue), _level(red))
    box = Image.Resampling.BOX
    return _Layer(
        planes, view, (sky, sky.resize(half, box)), (view.sun, view.sun.resize((side, side), box)),
        colour,
    )  # fmt: skip


def _still(film: Film, path: Path, take: Take, number: int) -> _Layer | None:
    picture = read_picture(path)
    if picture is None:
        return None
    picture = cover(picture, film.width, film.height)
    _label(film, picture, take, number)
    return _Layer(_planes(picture))


def _label(film: Film, picture: Image.Image, take: Take, number: int) -> None:
    several = len(film.takes) > 1
    shot = str(number + 1) if several else ""
    card = film.card
    if several:
        facts = f"Shot {number + 1} of {len(film.takes)} · {take.seconds} s · {card.facts}"
        card = card.model_copy(update={"facts": facts, "prompt": take.prompt})
    write_on(picture, card, shot=shot, foot=_Bar.height_in(film) * 4)


class _Bar:
    """The time line near the lower edge: segments for shots, the part that has run, and the seconds."""

    def __init__(self, film: Film) -> None:
        self._film = film
        unit = min(film.width, film.height) / 100
        self._high = self.height_in(film)
        self._left = round(unit * 5) // 2 * 2
        self._clock_width = round(unit * 17)
        self._right = film.width - self._left - self._clock_width
        self._top = (film.height - round(unit * 3.4) - self._high) // 2 * 2
        self._face = font(round(unit * 2.7))
        self._frames = film.seconds * FPS

    @staticmethod
    def height_in(film: Film) -> int:
        """Its height in a film of this size, in pixels."""
        return max(2, round(min(film.width, film.height) / 200) * 2)

    def draw(self, planes: Planes, index: int) -> None:
        """Draw it into the planes of one frame."""
        here = self._x((index + 1) / self._frames)
        self._fill(planes, self._left, self._right, (104, 128, 128))
        self._fill(planes, self._left, here, AMBER_YUV)
        done = 0
        for take in self._film.takes[:-1]:
            done += take.seconds
            cut = self._x(done / self._film.seconds)
            self._fill(planes, cut - 2, cut, (235, 128, 128))
        second, frame = divmod(index, FPS)
        text = f"{second // 60}:{second % 60:02d}.{frame:02d}"
        right = self._film.width - self._left
        middle = self._top + self._high / 2
        ImageDraw.Draw(planes[0]).text((right, middle), text, 225, self._face, anchor="rm")

    def _x(self, part: float) -> int:
        return self._left + round((self._right - self._left) * part) // 2 * 2

    def _fill(self, planes: Planes, left: int, right: int, colour: Rgb) -> None:
        box = (left, self._top, right, self._top + self._high)
        planes[0].paste(colour[0], box)
        half = (left // 2, self._top // 2, right // 2, (self._top + self._high) // 2)
        planes[1].paste(colour[1], half)
        planes[2].paste(colour[2], half)


def _planes(picture: Image.Image) -> Planes:
    frame = cast(av.VideoFrame, av.VideoFrame.from_image(picture)).reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    found: list[Image.Image] = []
    for plane in frame.planes:
        row = (plane.line_size, plane.height)
        rows = Image.frombytes("L", row, bytes(plane)[: plane.line_size * plane.height])
        found.append(rows.crop((0, 0, plane.width, plane.height)))
    return found[0], found[1], found[2]


def _frame(planes: Planes, width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, picture in zip(frame.planes, planes, strict=True):
        if plane.line_size != picture.width:
            picture = picture.crop((0, 0, plane.line_size, picture.height))
        content = picture.tobytes()
        plane.update(content.ljust(plane.buffer_size, b"\0"))
    return frame


def _second_of_sound(film: Film, second: int) -> av.AudioFrame:
    """A soft chord that swells once a second; each shot has a root of its own."""
    ends = [sum(take.seconds for take in film.takes[: n + 1]) for n in range(len(film.takes))]
    number = sum(second >= end for end in ends)
    root = (196, 220, 247, 262, 294, 330)[(film.card.seed + 2 * number) % 6]
    frame = av.AudioFrame(format="s16", layout="mono", samples=SOUND_RATE)
    frame.sample_rate = SOUND_RATE
    frame.time_base = Fraction(1, SOUND_RATE)
    frame.pts = second * SOUND_RATE
    frame.planes[0].update(_chord(root))
    return frame


@lru_cache(maxsize=8)
def _chord(root: int) -> bytes:
    # Whole numbers of waves in a second: seconds join without a click.
    tones = [(math.tau * pitch / SOUND_RATE, loud) for pitch, loud in _partials(root)]
    slow = math.tau / SOUND_RATE
    return array(
        "h",
        (
            int(
                (1.2 - math.cos(slow * at))
                * sum(loud * math.sin(turn * at) for turn, loud in tones)
            )
            for at in range(SOUND_RATE)
        ),
    ).tobytes()


def _partials(root: int) -> tuple[tuple[int, float], ...]:
    return (root, 1500.0), (round(root * 1.5), 800.0), (root * 2, 400.0)


def _level(plane: Image.Image) -> int:
    value = plane.getpixel((0, 0))
    return value if isinstance(value, int) else 128
