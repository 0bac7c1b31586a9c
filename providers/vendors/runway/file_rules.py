"""What Runway takes of a file that is handed in, whatever is made of it."""

from collections.abc import Mapping

from providers.catalogue.rules import MediaKind, Takes

PICTURES = ("image/png", "image/jpeg", "image/webp")
"""What goes as it is; every other picture is turned into PNG or JPEG first."""
VIDEOS = (
    "video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/3gpp", "video/ogg",
)  # fmt: skip
LEAST_UPLOAD = 512
"""Bytes. Smaller files are not taken as uploads; pictures go inside the request instead."""
MOST_UPLOAD = 200 * 1000 * 1000
TAKES: Mapping[MediaKind, Takes] = {
    "image": Takes(types=PICTURES, most_side=8000, most_bytes=MOST_UPLOAD),
    "video": Takes(types=VIDEOS, least_bytes=LEAST_UPLOAD, most_bytes=MOST_UPLOAD),
}
