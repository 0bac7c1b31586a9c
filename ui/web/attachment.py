"""How a file is offered for saving: its name in any script, and one in plain letters beside it."""

import unicodedata
from urllib.parse import quote


def attachment(name: str) -> str:
    """The value of `Content-Disposition` (RFC 6266) that saves a file under this name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = plain.rpartition(".")
    plain = f"{stem.strip() or 'file'}{dot}{ending}" if dot else plain or "file"
    # What some readers would take for the beginning of an escape.
    plain = "".join("_" if sign in '"\\%' or not sign.isprintable() else sign for sign in plain)
    told = f'attachment; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(name, safe='')}"
