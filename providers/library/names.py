"""What files are called: one rule for words that become a name, one for names that come from elsewhere, and one
for names under which files are saved."""

import re
import unicodedata

from providers.library.media_types import SUFFIXES

LONGEST_STEM = 48
LONGEST_NAME = 120
MOST_BYTES = 200
"""Of a name for a folder of downloads: file systems take 255, and browsers add a number."""
_ENDINGS = {ending: media_type for media_type, ending in SUFFIXES.items()} | {
    ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg", ".tif": "image/tiff",
    ".heif": "image/heic", ".m4v": "video/mp4", ".qt": "video/quicktime", ".mpg": "video/mpeg",
}  # fmt: skip
"""What an ending says of a file."""
_JOINERS = "\u200c\u200d"
"""Signs that nobody sees and that words of some scripts are written with."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
"""What no name on Windows may hold."""
_RESERVED = re.compile(
    r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(?=\s*(\.|$))"
)
"""Names there that are devices, whatever follows their first dot."""


def stem_of(text: str) -> str:
    """The first words of a text as a name: small letters of its own script, digits and hyphens, at most 48."""
    plain = unicodedata.normalize("NFKC", text).lower()
    words = "".join(sign if _is_of_word(sign) else " " for sign in plain).split()
    stem = "-".join(filter(None, (word.strip(_JOINERS) for word in words)))
    return _whole(stem, stem[:LONGEST_STEM]).rstrip(f"-{_JOINERS}")


def _is_of_word(sign: str) -> bool:
    # Letters, the marks that belong to them, and numbers.
    return unicodedata.category(sign)[0] in "LMN" or sign in _JOINERS


def own_name(name: str) -> str:
    """A file's own name without folders and signs that nobody sees, at most 120 characters.

    Some browsers send a whole path; only its end is a name.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(_seen(sign) for sign in last)
    return shown.strip(f" {_JOINERS}")[:LONGEST_NAME].rstrip(f" {_JOINERS}")


def _seen(sign: str) -> str:
    sort = unicodedata.category(sign)[0]
    if sort == "Z":
        # Also what would begin another line.
        return " "
    return "" if sort == "C" and sign not in _JOINERS else sign


def saved_name(name: str, media_type: str, otherwise: str) -> str:
    """A file's own name for any folder of downloads, with an ending that says what it is; of what is no name
    anywhere it is `otherwise`."""
    clean = own_name(unicodedata.normalize("NFC", _FORBIDDEN.sub("_", own_name(name))))
    stem, ending = _parted(clean, media_type)
    stem = _RESERVED.sub(r"\g<0>_", stem.strip(". "))
    room = MOST_BYTES - len(ending.encode())
    return f"{_cut(stem, room).rstrip('. ') or otherwise}{ending}"


def _parted(name: str, media_type: str) -> tuple[str, str]:
    """The name before its ending, and the ending: its own where that says the same."""
    stem, dot, last = name.rpartition(".")
    told = _ENDINGS.get(f".{last}".lower()) if stem and dot else None
    if told == media_type:
        return stem, f".{last}"
    return (name if told is None else stem), SUFFIXES.get(media_type, "")


def _cut(text: str, room: int) -> str:
    """The text in so many bytes of UTF-8."""
    if len(text.encode()) <= room:
        return text
    return _whole(text, text.encode()[:room].decode("utf-8", "ignore"))


def _whole(text: str, cut: str) -> str:
    """The beginning of a text, with no letter parted from its accents."""
    parts = text[len(cut) : len(cut) + 1]
    while cut and parts and (unicodedata.combining(parts) or parts in _JOINERS):
        cut, parts = cut[:-1], cut[-1]
    return cut.rstrip(_JOINERS)
