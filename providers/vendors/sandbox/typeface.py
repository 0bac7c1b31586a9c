"""Letters of any script on a test card: Pillow's own typeface first, then those that this machine has."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from unicodedata import category

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
ELSEWHERE = (
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf", "NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf",
    "unifont.otf", "unifont.ttf", "wqy-microhei.ttc", "Arial Unicode.ttf", "Arial Unicode MS.ttf",
    "segoeui.ttf", "msyh.ttc", "YuGothR.ttc", "malgun.ttf", "Nirmala.ttf", "LeelawUI.ttf",
)  # fmt: skip
"""Typefaces that Linux, macOS and Windows come with: those with the most letters first."""
UNSEEN = "C"
"""What begins the category of signs that nobody sees: controls, marks of direction, unassigned ones."""


@lru_cache(maxsize=32)
def font(size: int) -> Font:
    """Pillow's own typeface, so that no font need be installed."""
    return ImageFont.load_default(max(6, size))


def legible(text: str) -> str:
    """The text as it can be drawn here; letters that no typeface has are counted and not guessed at."""
    plain = text.replace("\N{MULTIPLICATION SIGN}", "x").replace("\n", " ")
    seen = [sign for sign in plain if category(sign)[0] != UNSEEN]
    parts: list[str] = []
    for has_face, signs in groupby(seen, lambda sign: _place(sign) is not None):
        run = "".join(signs)
        parts.append(run if has_face else _missing(len(run)))
    return "".join(parts)


def has(text: str) -> bool:
    """Whether every letter of it can be drawn here."""
    return all(_place(sign) is not None for sign in text)


def width_of(text: str, face: Font) -> float:
    """Pixels that a text takes in the size of `face`."""
    return sum(part.getlength(run) for run, part in _runs(text, face))


def draw(
    pen: ImageDraw.ImageDraw,
    left_bottom: tuple[float, float],
    text: str,
    ink: tuple[int, int, int, int],
    face: Font,
) -> None:
    """Draw a line of text, which stands on its lower left corner."""
    left, bottom = left_bottom
    for run, part in _runs(text, face):
        pen.text((left, bottom), run, ink, part, anchor="ls")
        left += part.getlength(run)


def _missing(count: int) -> str:
    return f"({count} {'letter' if count == 1 else 'letters'} without a font)"


def _runs(text: str, face: Font) -> Iterator[tuple[str, Font]]:
    size = round(getattr(face, "size", 10))
    last = 0

    def place_of(sign: str) -> int:
        nonlocal last
        # A space belongs to what it follows, so that a sentence is shaped as a whole.
        last = last if sign == " " else _place(sign) or 0
        return last

    for place, signs in groupby(text, place_of):
        yield "".join(signs), _face(place, size) or face


@lru_cache(maxsize=256)
def _face(place: int, size: int) -> Font | None:
    if place == 0:
        return font(size)
    try:
        return ImageFont.truetype(ELSEWHERE[place - 1], max(6, size))
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _place(sign: str) -> int | None:
    """Which typeface has this sign: 0 Pillow's own, then those of `ELSEWHERE`."""
    if sign == " ":
        return 0
    return next((place for place in range(len(ELSEWHERE) + 1) if _has_glyph(place, sign)), None)


def _has_glyph(place: int, sign: str) -> bool:
    face = _face(place, 16)
    return face is not None and _drawn(face, sign) != _drawn(face, "\uffff")


def _drawn(face: Font, sign: str) -> bytes:
    box = Image.new("L", (32, 32), 0)
    ImageDraw.Draw(box).text((4, 4), sign, 255, face)
    return box.tobytes()
