"""Pictures as Runware takes them: upright, of a known type, no side longer than it would keep."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from providers.errors import Refused
from providers.library.media import upright

if TYPE_CHECKING:
    from PIL.Image import Image

ACCEPTED = ("image/png", "image/jpeg", "image/webp")
LONGEST_SIDE = 2048
MOST_BYTES = 20 << 20


def fitted(path: Path, media_type: str) -> tuple[bytes, str]:
    """The bytes to hand over and their type. Refused where even the smaller one is too large."""
    # Opening the page needs no pictures.
    from PIL import Image

    content, media_type = upright(path, media_type, ACCEPTED)
    with Image.open(io.BytesIO(content)) as picture:
        if max(picture.size) > LONGEST_SIDE:
            content, media_type = _smaller(picture)
    if len(content) > MOST_BYTES:
        raise Refused("An image is too large for Runware. Use a smaller one.", code="too_large")
    return content, media_type


def _smaller(picture: "Image") -> tuple[bytes, str]:
    from PIL.Image import Resampling

    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    copy = picture.convert("RGBA" if clear else "RGB")
    copy.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Resampling.LANCZOS)
    out = io.BytesIO()
    if clear:
        copy.save(out, "PNG")
        return out.getvalue(), "image/png"
    copy.save(out, "JPEG", quality=95)
    return out.getvalue(), "image/jpeg"
