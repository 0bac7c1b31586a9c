"""`.env`: the variables of a folder, in whatever encoding its editor wrote them."""

from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from providers.errors import Misconfigured

NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
UNREAD = (
    "{file} can't be read ({reason}). Fix its permissions, or move it out of the folder that the "
    "studio is started in."
)
NOT_TEXT = "{file} is not UTF-8 text in line {line}. Save it as UTF-8 and start again."


def read_env_file(file: Path) -> dict[str, str]:
    """The variables that a file sets; none where there is no file. Raises Misconfigured with a sentence.

    PowerShell writes UTF-16. An old code page is passed over in comments, and is refused in what counts,
    because a guess could be wrong.
    """
    try:
        raw = file.read_bytes()
    except NO_FILE:
        return {}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Misconfigured(UNREAD.format(file=file.absolute(), reason=reason)) from error
    text = _decoded(raw)
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if "\x00" in bare or (not bare.startswith("#") and not _is_unicode(bare)):
            raise Misconfigured(NOT_TEXT.format(file=file.absolute(), line=number))
    readable = text.encode("utf-8", "replace").decode()
    found = dotenv_values(stream=StringIO(readable))
    return {name: value for name, value in found.items() if value is not None}


def _decoded(raw: bytes) -> str:
    """Text in which each byte that is no UTF-8 stands as half a surrogate pair."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    # Without a mark, every second byte of an ASCII letter in UTF-16 is zero.
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if raw and not any(raw[place:64:2]) and len(raw) % 2 == 0:
            return raw.decode(encoding, "replace")
    return raw.decode("utf-8", "surrogateescape")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
