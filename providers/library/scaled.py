"""Large pictures decoded row by row into small ones, where their format can: Pillow would hold all of it.

libvips reads PNG in strips and lets WebP's own decoder scale, which takes a quarter of the memory and half
of the time. Where it is not installed, or stumbles over a file, Pillow does it.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "WEBP")
"""As Pillow names them. Of the others JPEG can be scaled by Pillow too, and the rest by nobody."""
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""By the number of bands."""


def scaled(path: Path, side: int) -> "Image | None":
    """The first picture of a file, at most `side` pixels long, not turned, in its own colours; None: not so."""
    # Whatever it stumbles over, Pillow says what is wrong with a file.
    with suppress(Exception):
        return _scaled(path, side)
    return None


def _scaled(path: Path, side: int) -> "Image | None":
    import pyvips
    from PIL import Image

    pyvips.cache_set_max(0)
    made = pyvips.Image.thumbnail(
        str(path), side, height=side, size="down", no_rotate=True, fail_on="error"
    )
    if made.format != "uchar" or made.bands not in MODES:
        return None
    pixels = bytes(made.write_to_memory())
    return Image.frombytes(MODES[made.bands], (made.width, made.height), pixels)
