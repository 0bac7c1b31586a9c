"""What files call themselves: a media type by the first bytes, and what follows from it."""

from pathlib import Path

from providers.catalogue.kinds import MediaKind

DECODERS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
}
"""The one decoder of Pillow that may try a file; all others stay unused."""
DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
}
SUFFIXES = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
    "image/avif": ".avif", "image/heic": ".heic", "image/bmp": ".bmp", "image/tiff": ".tiff",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/webm": ".webm",
    "video/x-matroska": ".mkv", "video/x-msvideo": ".avi", "video/mpeg": ".mpeg", "video/ogg": ".ogv",
    "video/x-flv": ".flv", "audio/mpeg": ".mp3", "audio/wav": ".wav",
}  # fmt: skip
"""Of every type that is kept here or that a vendor takes."""
UNKNOWN_TYPE = "application/octet-stream"
"""Of a file whose first bytes say nothing that is known here."""
HEAD = 256
"""Bytes at the beginning of a file that tell what it is."""
AVIF = frozenset({b"avif", b"avis"})
HEIC = frozenset(
    {
        b"heic",
        b"heix",
        b"hevc",
        b"hevx",
        b"heim",
        b"heis",
        b"hevm",
        b"hevs",
        b"heif",
        b"MiHE",
        b"j2ki",
    }
)
FAMILY = frozenset({b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"1pic"})
"""Brands of ISO files that are pictures of either kind."""
PICTURES = FAMILY | AVIF | HEIC
BMP_HEADS = (12, 16, 40, 52, 56, 64, 108, 124)
"""Bytes of the head of a BMP, in each of its versions."""
MOST_WORDS = 4096
"""Bytes of a text that is taken for a message, whatever it says."""
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""How a text is written, by its first bytes."""


def sniff(head: bytes) -> str | None:
    """The media type that the first bytes (`HEAD` are enough) tell; None for what we do not take."""
    starts = (
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"II+\0", "image/tiff"),
        (b"MM\0+", "image/tiff"),
    )
    for start, media_type in starts:
        if head.startswith(start):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in BMP_HEADS:
        return "image/bmp"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return _sniff_boxes(head)


def sniff_file(path: Path) -> str | None:
    """`sniff` of a file. OSError."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD))


def _sniff_boxes(head: bytes) -> str | None:
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "video/quicktime"
    if head[4:8] == b"styp":
        return "video/mp4"
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    # The first brand may name the family alone; those behind it say which of it.
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {brand, *(head[place : place + 4] for place in range(16, end - 3, 4))}
    # Or the first one is not known here: then what lies behind tells, in a picture before all else.
    is_picture = brand in PICTURES or (brands & PICTURES and head[end + 4 : end + 8] == b"meta")
    if is_picture:
        return (
            "image/avif" if brand in AVIF or (brands & AVIF and brand not in HEIC) else "image/heic"
        )
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def kind_of(media_type: str) -> MediaKind:
    """Picture or video."""
    return "video" if media_type.startswith("video/") else "image"


def suffix(media_type: str) -> str:
    """How the name of such a file ends."""
    return SUFFIXES.get(media_type, ".bin")


def is_message(path: Path) -> bool:
    """Whether this is a page, JSON, XML or a few words: what a server says in place of a file. OSError."""
    with path.open("rb") as file:
        head = file.read(MOST_WORDS)
        is_all = not file.read(1)
    if sniff(head[:HEAD]) is not None:
        return False
    encoding = next((name for mark, name in ENCODINGS if head.startswith(mark)), "latin-1")
    text = head.decode(encoding, "ignore").lstrip()
    is_text = all(sign >= " " or sign in "\t\n\f\r" for sign in text)
    return is_text and (is_all or text.startswith(("<", "{", "[")))
