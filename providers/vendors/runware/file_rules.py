"""What Runware takes of a picture, as older pages of its own have it."""

from collections.abc import Mapping

from providers.catalogue.rules import MediaKind, Takes

ACCEPTED = ("image/png", "image/jpeg", "image/webp")
LONGEST_SIDE = 2048
"""What is larger would be made smaller there, so it is here."""
MOST_BYTES = 20 << 20
TAKES: Mapping[MediaKind, Takes] = {
    "image": Takes(
        types=ACCEPTED,
        shrunk_to=LONGEST_SIDE,
        least_side=300,
        most_bytes=MOST_BYTES,
        soft=("sides",),
    ),
}
