"""What Runflow takes of a picture that is handed in."""

from collections.abc import Mapping

from providers.catalogue.rules import MediaKind, Takes

ACCEPTED = ("image/png", "image/jpeg", "image/webp")
MOST_BYTES = 52_428_800
TAKES: Mapping[MediaKind, Takes] = {"image": Takes(types=ACCEPTED, most_bytes=MOST_BYTES)}
