"""Keys that were pasted in the page: the file `keys` in the data folder, which this account alone can read.

It is written whole or not at all, and no copy of the history has it. What lies there and cannot be trusted
is not used: `problem` says why, in a sentence.
"""

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from pydantic import SecretStr, ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem
from providers.library.disk import Disk
from providers.library.vault import KEYS, as_store_problem

NEW = "keys.new"
VERSION = 1
MOST_BYTES = 64 << 10
LONGEST = 512
"""Characters of a key."""
SHOWN = 4
"""Characters at the end of a key by which a person knows it again; of a short one none are shown."""
SHAPE = re.compile(r"(?=.*[A-Za-z0-9])[!#-&(-~]+")
"""What a key is made of: visible ASCII without quotation marks, and not dots alone, as in an example."""
ODD: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r""), "Paste a key first."),
    (
        re.compile(r"(?is)(authorization:\s*)?bearer\s.*"),
        "Paste only the key, without the word Bearer.",
    ),
    (re.compile(r"(?s)(export\s+)?[A-Z]+_[A-Z_]+\s*=.*"), "Paste only the key, without its name."),
    (
        re.compile(r"(?s).*[\"'`\u2018\u2019\u201c-\u201f\u00ab\u00bb].*"),
        "Paste only the key, without quotation marks.",
    ),
    (re.compile(r"(?s).*\s.*"), "This has a space or a line break in it. Copy the key again."),
    (re.compile(rf"(?s).{{{LONGEST + 1},}}"), "This is too long for a key. Copy the key again."),
)
"""What is pasted in place of a key, and what is said of it."""
NO_KEY = "This has characters that no key has. Copy the key again."
OTHERS = (
    "Others on this machine can read the file {path}, so the keys in it aren't used. Run "
    "chmod 600 on it and restart the studio, or paste the keys again."
)
FOREIGN = (
    "{path} isn't a file of the account that runs the studio, so no pasted key is used. Move it "
    "away, or paste the keys again."
)
UNREAD = "{path} can't be read ({reason}), so no pasted key is used. Paste the keys again."
DAMAGED = "{path} is damaged, so no pasted key is used. Paste the keys again."
NEWER = (
    "{path} was written by a newer version of the studio, so no pasted key is used. Update the "
    "studio."
)


class KeptKey(Frozen):
    """A key and what it is for."""

    vendor: str
    key: SecretStr
    owner: str = ""
    """Whose it is; empty: everybody's, as an admin pasted it."""


class _Content(Frozen):
    version: int
    keys: tuple[KeptKey, ...]


def read_key(text: str) -> SecretStr:
    """The key that was pasted, without the white space around it. InvalidRequest with a sentence."""
    key = text.strip()
    for shape, sentence in ODD:
        if shape.fullmatch(key):
            raise InvalidRequest([Problem("key", sentence)])
    if not SHAPE.fullmatch(key):
        raise InvalidRequest([Problem("key", NO_KEY)])
    return SecretStr(key)


def end_of(key: SecretStr) -> str:
    """The last characters of a key; none of one that is so short that they would tell much of it."""
    text = key.get_secret_value()
    return text[-SHOWN:] if len(text) >= 3 * SHOWN else ""


class KeyFile:
    """The pasted keys of one data folder. Reads at the beginning; whoever changes it holds the folder."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._path = folder / KEYS
        self._new = folder / NEW
        self._disk = disk or Disk()
        self.problem = ""
        """Why what lies there is not used; empty: it is, or nothing is there."""
        self._held = self._read()

    def all(self) -> tuple[KeptKey, ...]:
        """Every key that is kept, whoever's."""
        return self._held

    def key(self, vendor: str, owner: str = "") -> SecretStr | None:
        """This owner's key for a vendor."""
        found = (one.key for one in self._held if (one.vendor, one.owner) == (vendor, owner))
        return next(found, None)

    def put(self, vendor: str, key: SecretStr, owner: str = "") -> None:
        """Keep a key in place of the one before it. StoreProblem: nothing has changed."""
        self._write((*self._without(vendor, owner), KeptKey(vendor=vendor, key=key, owner=owner)))

    def drop(self, vendor: str, owner: str = "") -> None:
        """Keep this one no longer. StoreProblem: nothing has changed."""
        if self.key(vendor, owner) is not None:
            self._write(self._without(vendor, owner))

    def _without(self, vendor: str, owner: str) -> tuple[KeptKey, ...]:
        return tuple(one for one in self._held if (one.vendor, one.owner) != (vendor, owner))

    def _write(self, keys: Iterable[KeptKey]) -> None:
        held = tuple(keys)
        rows = [
            {"vendor": one.vendor, "owner": one.owner, "key": one.key.get_secret_value()}
            for one in held
        ]
        text = json.dumps({"version": VERSION, "keys": rows}, indent=1)
        try:
            self._disk.replace_private(self._new, self._path, text.encode())
        except OSError as error:
            raise as_store_problem(error, self._path.parent) from None
        self._held, self.problem = held, ""
        # Under its name it is whole by now; without this a power cut may bring the one before it back.
        with contextlib.suppress(OSError):
            self._disk.sync_folder(self._path.parent)

    def _read(self) -> tuple[KeptKey, ...]:
        with contextlib.suppress(OSError):
            # Of a process that was killed before it had a name.
            self._new.unlink()
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        raw = b""
        try:
            with os.fdopen(os.open(self._path, flags), "rb") as file:
                self.problem = self._mistrusted(os.fstat(file.fileno()))
                raw = b"" if self.problem else file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return ()
        except IsADirectoryError:
            self.problem = FOREIGN.format(path=self._path)
        except OSError as error:
            is_link = self._path.is_symlink()
            reason = error.strerror or type(error).__name__
            self.problem = (FOREIGN if is_link else UNREAD).format(path=self._path, reason=reason)
        return () if self.problem else self._keys_in(raw)

    def _mistrusted(self, told: os.stat_result) -> str:
        if not stat.S_ISREG(told.st_mode):
            return FOREIGN.format(path=self._path)
        if os.name != "posix":
            return ""
        if told.st_uid != os.geteuid():
            return FOREIGN.format(path=self._path)
        return OTHERS.format(path=self._path) if told.st_mode & 0o077 else ""

    def _keys_in(self, raw: bytes) -> tuple[KeptKey, ...]:
        try:
            content = _Content.model_validate_json(raw)
        except ValidationError:
            self.problem = DAMAGED.format(path=self._path)
            return ()
        is_whole = all(SHAPE.fullmatch(one.key.get_secret_value()) for one in content.keys)
        if content.version > VERSION or not is_whole:
            self.problem = (NEWER if is_whole else DAMAGED).format(path=self._path)
            return ()
        return content.keys
