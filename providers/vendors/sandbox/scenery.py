"""The backgrounds of test cards: a soft sky, a sun and a few ridges, chosen by a seed."""

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw

Rgb = tuple[int, int, int]

WORKING_SIDE = 960
"""Gradients are soft: they are painted at most this large and scaled up."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one card: the sky from top to horizon, the sun, the ridges from far to near."""

    sky: tuple[str, ...]
    sun: str
    ridges: tuple[str, str, str]


PALETTES = (
    Palette(("#1b1b3a", "#693668", "#f49d6e", "#ffe5a8"), "#fff3cf", ("#8d4a72", "#4b2a5c", "#1d1630")),
    Palette(("#0d2d3a", "#2b7a78", "#def2f1"), "#ffffff", ("#5fa39f", "#24605f", "#0b2730")),
    Palette(("#293241", "#98323e", "#ee6c4d", "#f9b384"), "#ffe0bd", ("#a8434a", "#5d2b3c", "#201e2e")),
    Palette(("#14213d", "#3d5a80", "#98c1d9", "#e0fbfc"), "#ffffff", ("#6f97b8", "#34517a", "#101c36")),
    Palette(("#141324", "#37304f", "#c9683d", "#f7c873"), "#fff0c2", ("#8a4a44", "#43324f", "#131221")),
    Palette(("#233d2c", "#5a8f53", "#c3d79b", "#e9edc9"), "#fffde6", ("#8fb274", "#46744a", "#1b3225")),
    Palette(("#2d2440", "#6b5b95", "#d8a7b1", "#f6e2d3"), "#fff6ee", ("#a58aa8", "#5d4c7d", "#221b33")),
    Palette(("#06202b", "#0f4c5c", "#e36414", "#fb8b24"), "#ffe3a3", ("#7a4a35", "#123f4c", "#051820")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenery:
    """A background without its sun, the part of it that is open sky, and the sun to put there."""

    picture: Image.Image
    sky: Image.Image
    """Mode L: 255 where the sun may be seen."""
    sun: Image.Image
    """Mode L: a disc with a glow, as a mask."""
    sun_colour: Rgb
    start: float
    """Where on its way, 0 to 1, the sun stands in a still picture."""

    def sun_box(self, way: float) -> tuple[int, int, int, int]:
        """The sun's place when it has gone this part of its way across the sky."""
        width, height = self.picture.size
        side = self.sun.width
        x = (0.12 + 0.76 * way) * width - side / 2
        y = (0.46 - 0.24 * math.sin(math.pi * way)) * height - side / 2
        left, top = round(x) // 2 * 2, round(y) // 2 * 2
        return left, top, left + side, top + side


def palette_of(seed: int, step: int = 0) -> Palette:
    """The palette of a seed; neighbours by `step` never look alike."""
    return PALETTES[(seed % len(PALETTES) + step * 3) % len(PALETTES)]


def scenery(width: int, height: int, seed: int, step: int = 0) -> Scenery:
    """Paint a background of this size. The same numbers give the same pixels."""
    palette = palette_of(seed, step)
    chance = random.Random(seed * 1009 + step)
    shrink = min(1.0, WORKING_SIDE / max(width, height))
    small = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    picture = _sky(small, palette, chance)
    land = Image.new("L", small, 0)
    for number, colour in enumerate(palette.ridges):
        mask = _ridge(small, 0.56 + 0.13 * number, chance)
        picture.paste(_rgb(colour), (0, 0), mask.point([value * 15 // 16 for value in range(256)]))
        land.paste(255, (0, 0), mask)
    side = max(8, round(min(width, height) * 0.62) // 4 * 4)
    open_sky = land.point([255 - value for value in range(256)])
    return Scenery(
        picture=picture.resize((width, height), Image.Resampling.BICUBIC),
        sky=open_sky.resize((width, height), Image.Resampling.BICUBIC),
        sun=_sun(side),
        sun_colour=_rgb(palette.sun),
        start=chance.uniform(0.25, 0.8),
    )


def with_sun(view: Scenery, way: float) -> Image.Image:
    """The background as a still picture, the sun at this part of its way."""
    picture = view.picture.copy()
    left, top, right, bottom = view.sun_box(way)
    seen = Image.new("L", picture.size, 0)
    seen.paste(view.sun, (left, top, right, bottom))
    nothing = Image.new("L", picture.size, 0)
    picture.paste(view.sun_colour, (0, 0), Image.composite(seen, nothing, view.sky))
    return picture


def _sky(size: tuple[int, int], palette: Palette, chance: random.Random) -> Image.Image:
    width, height = size
    # A slanted axis: the way down the picture, turned by up to 25 degrees.
    slant = math.tan(math.radians(chance.uniform(-25, 25))) * 0.7
    run = height + abs(slant) * width
    offset = -min(0.0, slant * width)
    reach = 1.25
    rows = (254 / reach) / run
    shade = Image.linear_gradient("L").transform(
        size, Image.Transform.AFFINE,
        (0, 0, 128, slant * rows, rows, offset * rows + 0.5),
        Image.Resampling.BILINEAR,
    )  # fmt: skip
    lut = [_between(palette.sky, min(1.0, value / 255 * reach * 1.28)) for value in range(256)]
    bands = [shade.point([colour[channel] for colour in lut]) for channel in range(3)]
    return Image.merge("RGB", bands)


def _ridge(size: tuple[int, int], level: float, chance: random.Random) -> Image.Image:
    width, height = size
    waves = [
        (chance.uniform(0.6, 1.4) * 2**octave, chance.uniform(0, math.tau), 0.075 / 1.9**octave)
        for octave in range(4)
    ]
    points = [(0.0, 2.0 * height)]
    for x in range(-2, width + 4, 2):
        along = x / max(width, height)
        rise = sum(high * math.sin(math.tau * pace * along + turn) for pace, turn, high in waves)
        points.append((2.0 * x, 2.0 * height * (level - rise)))
    points.append((2.0 * width + 8, 2.0 * height))
    mask = Image.new("L", (2 * width, 2 * height), 0)
    ImageDraw.Draw(mask).polygon(points, fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def _sun(side: int) -> Image.Image:
    # Pillow's radial gradient reaches 181 in the middle of each edge: the glow ends before that.
    far = Image.radial_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    light = far.point([round(140 * max(0.0, 1 - value / 176) ** 2.2) for value in range(256)])
    disc = Image.new("L", (2 * side, 2 * side), 0)
    inner, outer = round(side * 0.76), round(side * 1.24)
    ImageDraw.Draw(disc).ellipse((inner, inner, outer, outer), fill=255)
    light.paste(235, (0, 0), disc.resize((side, side), Image.Resampling.BOX))
    return light


def _between(stops: tuple[str, ...], place: float) -> Rgb:
    at = place * (len(stops) - 1)
    low = min(int(at), len(stops) - 2)
    first, second = _rgb(stops[low]), _rgb(stops[low + 1])
    part = at - low
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue
