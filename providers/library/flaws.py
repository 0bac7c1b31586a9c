"""Why a file cannot be used: data, with a sentence for one that is handed in and one for one that is kept."""

from collections.abc import Mapping
from typing import Literal

from providers.errors import InvalidRequest, Problem

Flaw = Literal["other_kind", "unreadable", "too_many_pixels", "heic", "costly"]
HANDED_IN: Mapping[Flaw, str] = {
    "other_kind": "This file type isn't supported. Use PNG, JPEG, WebP, HEIC, AVIF, GIF, MP4, MOV or WebM.",
    "unreadable": "This file is damaged or incomplete. Save it again and upload the new copy.",
    "too_many_pixels": (
        "This image has more than 64 megapixels. Make it smaller and upload it again."
    ),
    "heic": "HEIC images can't be opened on this machine. Save it as JPEG or PNG and upload that.",
    "costly": "This file takes too much memory or time to open. Make it smaller and upload it again.",
}
"""What is said of a file that is refused."""
KEPT: Mapping[Flaw, str] = {
    "other_kind": "Its file type isn't supported.",
    "unreadable": "It is damaged, incomplete or in an unsupported format.",
    "too_many_pixels": "It has more than 64 megapixels.",
    "heic": "HEIC images can't be opened on this machine.",
    "costly": "It takes too much memory or time to open.",
}
"""Why a file that is kept all the same cannot be shown."""


class UnusableFile(InvalidRequest):
    """A file that cannot be used, because of `flaw`."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__([Problem("file", HANDED_IN[flaw])])
        self.flaw: Flaw = flaw
