"""What the emulated useapi.net accepts as an upload, and what it finds in it."""

from pathlib import Path
from typing import Literal

from providers.vendors.sandbox.bodies import Measures, film_in, picture_in
from providers.vendors.useapi.sandbox.shapes import Refusal

IMAGES = {
    "image/png": ("PNG",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/mpo": ("MPO",),
}
VIDEOS = frozenset(
    {
        "video/mp4", "video/quicktime", "video/3gpp", "video/x-matroska", "video/x-flv",
        "video/mpeg", "video/mp2t", "video/x-msvideo", "video/x-motion-jpeg", "video/webm",
        "video/ogg",
    }
)  # fmt: skip
SOUNDS = frozenset(
    {"audio/wav", "audio/wave", "audio/mpeg", "audio/flac", "audio/ogg", "audio/webm"}
)


def kind_of(content_type: str) -> tuple[Literal["image", "video", "audio"], str]:
    """The kind and the plain media type of an upload; 400 for a type that is not listed."""
    plain = content_type.partition(";")[0].strip().lower()
    if plain in IMAGES:
        return "image", plain
    if plain in VIDEOS:
        return "video", plain
    if plain in SOUNDS:
        return "audio", plain
    raise Refusal(400, "Content-Type is missing or is not supported")


def measure(path: Path, kind: str, media_type: str) -> Measures:
    """Look into an uploaded file; 400 when it is not what its type says."""
    if kind == "audio":
        return Measures()
    found = picture_in(path) if kind == "image" else film_in(path)
    if found is None or (kind == "image" and found.format not in IMAGES[media_type]):
        raise Refusal(400, f"The file could not be read as {media_type}")
    return found
