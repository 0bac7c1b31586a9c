"""What useapi.net takes of a file that is uploaded there. Its pages name types alone."""

from collections.abc import Mapping

from providers.catalogue.rules import MediaKind, Takes

# A newer page has WebP and MPO, too, which the vendor's own script does not take.
PICTURES = ("image/png", "image/jpeg", "image/gif")
"""What goes as it is; every other picture is turned into PNG or JPEG first."""
VIDEOS = (
    "video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/x-msvideo", "video/mpeg",
    "video/3gpp", "video/ogg", "video/x-flv",
)  # fmt: skip
# Nobody says how large a file may be: these are what is advised.
TAKES: Mapping[MediaKind, Takes] = {
    "image": Takes(types=PICTURES, most_bytes=25_000_000, soft=("bytes",)),
    "video": Takes(types=VIDEOS, most_bytes=200_000_000, soft=("bytes",)),
}
