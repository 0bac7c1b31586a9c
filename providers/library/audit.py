"""Every original compared with its name and its row: what is missing, short or rotten, and whose nobody is."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Literal

from providers.catalogue.rules import Frozen
from providers.library.vault import Vault, is_name

Harm = Literal["missing", "short", "rotten"]


class Audit(Frozen):
    """What a look at all originals found. All but `orphans` are names of files that rows speak of."""

    checked: int
    bytes: int
    missing: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    """Cut: fewer bytes than the row says."""
    rotten: tuple[str, ...] = ()
    """Other bytes than the name says."""
    orphans: tuple[str, ...] = ()
    """Sound files without any row."""
    spoiled: tuple[str, ...] = ()
    """Files without any row that are not what their name says: leftovers, of no use."""

    @property
    def harms(self) -> dict[str, Harm]:
        """What is wrong with each file that a row speaks of and that is not whole."""
        found: tuple[tuple[Harm, tuple[str, ...]], ...] = (
            ("missing", self.missing), ("short", self.short), ("rotten", self.rotten),
        )  # fmt: skip
        return {name: harm for harm, names in found for name in names}


def audit(vault: Vault, rows: Callable[[], Mapping[str, int]]) -> Audit:
    """Hash every file. `rows` gives the bytes that each known file should have, by its name."""
    sound: dict[str, int] = {}
    other: dict[str, int] = {}
    for path in vault.files():
        if is_name(path.name):
            digest, count = hash_of(path)
            (sound if digest == path.name else other)[path.name] = count
    # Read last: a file that was stored meanwhile has its row by now.
    known = rows()
    wrong = {name: known[name] for name in other if name in known}
    here = sound.keys() | other.keys()
    return Audit(
        checked=len(here),
        bytes=sum(sound.values()) + sum(other.values()),
        missing=_named(name for name in known if name not in here and not _lies(vault, name)),
        short=_named(name for name, size in wrong.items() if other[name] < size),
        rotten=_named(name for name, size in wrong.items() if other[name] >= size),
        orphans=_named(sound.keys() - known.keys()),
        spoiled=_named(other.keys() - known.keys()),
    )


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _lies(vault: Vault, name: str) -> bool:
    return vault.path(name).exists()


def hash_of(path: Path) -> tuple[str, int]:
    """The hash of a file's bytes and their number; an empty one where they cannot be read any more."""
    try:
        with path.open("rb") as file:
            return _digest_of(file), file.tell()
    except OSError:
        return "", 0


def _digest_of(file: BufferedReader) -> str:
    try:
        return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        # A disk that cannot give the bytes back any more holds none of use.
        return ""
