"""Pictures as Runware takes them: upright, of a known type, no side longer than it would keep."""

from pathlib import Path

from providers.errors import Refused
from providers.library.outgoing import prepared
from providers.vendors.runware.file_rules import ACCEPTED, LONGEST_SIDE, MOST_BYTES


async def fitted(path: Path, media_type: str) -> tuple[bytes, str]:
    """The bytes to hand over and their type. Refused where even the smaller one is too large."""
    content, media_type = await prepared(path, media_type, ACCEPTED, longest=LONGEST_SIDE)
    if len(content) > MOST_BYTES:
        raise Refused("An image is too large for Runware. Use a smaller one.", code="too_large")
    return content, media_type
