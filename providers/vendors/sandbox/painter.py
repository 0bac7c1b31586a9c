"""Test cards: what a sandbox picture shows, and pictures in PNG, JPEG and WebP."""

import hashlib
import io
from pathlib import Path
from typing import Literal, cast

import av
from av.error import FFmpegError
from PIL import Image, ImageDraw, ImageOps

from providers.catalogue.rules import Frozen
from providers.vendors.sandbox.scenery import scenery, with_sun
from providers.vendors.sandbox.typeface import Font, draw, font, legible, width_of

PictureType = Literal["image/png", "image/jpeg", "image/webp"]
AMBER = (244, 192, 74)
Box = tuple[int, int, int, int]


class Card(Frozen):
    """What a test card says: the model, the prompt, one line of facts, and the references it was given."""

    model: str
    prompt: str = ""
    facts: str = ""
    seed: int = 1
    references: tuple[Path, ...] = ()
    """Pictures or films (their first frame). A file that is gone is left out."""


class Picture(Frozen):
    """A picture to paint: `number` of `of`, pixels."""

    card: Card
    width: int
    height: int
    media_type: PictureType = "image/png"
    number: int = 1
    of: int = 1


def paint_picture(picture: Picture, into: Path) -> None:
    """Write the picture's file. The same picture gives the same bytes."""
    card = picture.card
    if picture.of > 1:
        facts = f"{card.facts} · {picture.number} of {picture.of}"
        card = card.model_copy(update={"facts": facts})
    view = scenery(picture.width, picture.height, card.seed, picture.number - 1)
    image = with_sun(view, view.start)
    write_on(image, card)
    match picture.media_type:
        case "image/png":
            image.save(into, "PNG", compress_level=3)
        case "image/jpeg":
            image.save(into, "JPEG", quality=92, subsampling=0)
        case "image/webp":
            image.save(into, "WEBP", quality=90, method=2)


def preview(path: Path, side: int = 480) -> bytes:
    """A small JPEG of a picture or of a film's first frame."""
    image = read_picture(path)
    if image is None:
        image = Image.new("RGB", (16, 9))
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def read_picture(path: Path) -> Image.Image | None:
    """A picture upright, or a film's first frame; None when the file is gone or is neither."""
    try:
        with Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError):
        pass
    try:
        with av.open(path) as film:
            first = next(film.decode(video=0))
            # PyAV does not say what it hands on to Pillow.
            return cast(Image.Image, first.to_image())  # pyright: ignore[reportUnknownMemberType]
    except (FFmpegError, OSError, StopIteration, IndexError):
        return None


def seed_from(*parts: str) -> int:
    """A seed for requests that have none: the same parts give the same number."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:4], "big") or 1


def write_on(image: Image.Image, card: Card, *, shot: str = "", foot: int = 0) -> None:
    """Draw everything but the background. `shot` is a large number; `foot` keeps pixels free below."""
    width, height = image.size
    unit = max(2.0, min(width, height) / 100)
    _scrim(image, round(height * 0.5))
    pen = ImageDraw.Draw(image, "RGBA")
    margin = round(unit * 5)
    if shot:
        _numeral(pen, shot, (width - margin, margin), unit)
    bottom = height - round(unit * 5.5) - foot
    facts = font(round(unit * 2.7))
    bottom = _line(pen, card.facts, facts, margin, bottom, width - 2 * margin, 175)
    size = round(unit * 3.9)
    for line in reversed(wrap(card.prompt, font(size), width - 2 * margin, most=3)):
        bottom = _line(pen, line, font(size), margin, bottom - round(unit * 1.5), width, 235)
    bottom = _line(
        pen, card.model, font(round(unit * 5.2)), margin, bottom - round(unit * 1.6), width, 255
    )
    _thumbnails(image, card.references, (margin, bottom - round(unit * 3)), unit)
    _hatch(image, (0, height - max(2, round(unit)), width, height), unit * 0.7, 255)
    _badge(image, margin, unit)


def wrap(text: str, face: Font, width: int, most: int) -> list[str]:
    """Up to `most` lines that fit the width; what does not fit ends in an ellipsis."""
    words = legible(text[:600]).split()
    lines: list[str] = []
    while words and len(lines) < most:
        line = words.pop(0)
        while words and width_of(f"{line} {words[0]}", face) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(_cut(line, face, width))
    if words:
        lines[-1] = _cut(f"{lines[-1]} …", face, width)
    return lines


def cover(image: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of a picture, filling this size."""
    return ImageOps.fit(image, (width, height), Image.Resampling.BICUBIC)


def _cut(line: str, face: Font, width: int) -> str:
    if width_of(line, face) <= width:
        return line
    while len(line) > 1 and width_of(f"{line}…", face) > width:
        line = line[:-1].rstrip(" …")
    return f"{line}…"


def _line(
    pen: ImageDraw.ImageDraw, text: str, face: Font, left: int, bottom: int, width: int, alpha: int
) -> int:
    """Draw one line that stands on `bottom`; the answer is where it begins."""
    if not text:
        return bottom
    draw(pen, (left, bottom), _cut(legible(text), face, width), (255, 255, 255, alpha), face)
    return bottom - round(getattr(face, "size", 10))


def _scrim(image: Image.Image, depth: int) -> None:
    shade = Image.linear_gradient("L").point([value * 170 // 255 for value in range(256)])
    mask = shade.resize((image.width, depth), Image.Resampling.BILINEAR)
    image.paste((8, 8, 12), (0, image.height - depth), mask)


def _numeral(pen: ImageDraw.ImageDraw, text: str, right_top: tuple[int, int], unit: float) -> None:
    pen.text(right_top, text, (255, 255, 255, 225), font(round(unit * 20)), anchor="rt")


def _thumbnails(
    image: Image.Image, paths: tuple[Path, ...], left_bottom: tuple[int, int], unit: float
) -> None:
    left, bottom = left_bottom
    pictures = [picture for path in paths if (picture := read_picture(path)) is not None]
    if not pictures:
        return
    gap = max(2, round(unit * 1.2))
    room = image.width - 2 * left
    side = min(round(unit * 17), (room + gap) // len(pictures) - gap)
    side = max(side, 8)
    mask = _rounded(side, side, max(1, side // 12))
    for number, picture in enumerate(pictures, start=1):
        place = (left, bottom - side)
        rim = (place[0] - 1, place[1] - 1)
        image.paste((255, 255, 255), rim, _rounded(side + 2, side + 2, max(1, side // 12) + 1))
        image.paste(cover(picture, side, side), place, mask)
        pen = ImageDraw.Draw(image, "RGBA")
        tag = round(max(8, side * 0.26))
        inset = max(1, side // 16)
        corner = (place[0] + inset, place[1] + inset)
        pen.rounded_rectangle((*corner, corner[0] + tag, corner[1] + tag), tag // 5, (0, 0, 0, 170))
        middle = (corner[0] + tag / 2, corner[1] + tag / 2)
        pen.text(middle, str(number), (255, 255, 255), font(round(tag * 0.72)), anchor="mm")
        left += side + gap


def _badge(image: Image.Image, margin: int, unit: float) -> None:
    """The pill that says what this is: hatched, so that nobody takes it for a result."""
    face = font(round(unit * 2.6))
    text = "SANDBOX  test card"
    width = round(face.getlength(text) + unit * 4)
    height = round(unit * 5)
    pill = Image.new("RGB", (width, height), (23, 24, 28))
    _hatch(pill, (0, 0, width, height), unit * 0.8, 62)
    pen = ImageDraw.Draw(pill, "RGBA")
    pen.text((width / 2, height / 2), text, (255, 255, 255, 235), face, anchor="mm")
    mask = _rounded(width, height, height // 2).point([value * 225 // 255 for value in range(256)])
    image.paste(pill, (margin, margin), mask)


def _hatch(image: Image.Image, box: Box, unit: float, alpha: int) -> None:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    step = max(4, round(unit * 1.6) * 2)
    stripes = Image.new("L", (2 * width, 2 * height), 0)
    pen = ImageDraw.Draw(stripes)
    for x in range(-2 * height, 2 * width, 2 * step):
        run = [
            (x, 2 * height),
            (x + 2 * height, 0),
            (x + 2 * height + step, 0),
            (x + step, 2 * height),
        ]
        pen.polygon(run, fill=alpha)
    if alpha == 255:
        image.paste((23, 24, 28), box)
    image.paste(AMBER, box, stripes.resize((width, height), Image.Resampling.BOX))


def _rounded(width: int, height: int, radius: int) -> Image.Image:
    mask = Image.new("L", (4 * width, 4 * height), 0)
    box = (0, 0, 4 * width - 1, 4 * height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, 4 * radius, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)
