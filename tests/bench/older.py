"""Copies of a dead studio's data folder, and one of them put in the place of the folder that was used since."""

import random
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from providers.durability.backup import Backups
from providers.history.receipts import Receipt
from providers.jobs.job import Job
from tests.bench.vendors import MARK
from tests.support.put_back import WAYS, WITHOUT_FILES, copied

MOST = 4
"""Copies that are kept."""
KEEP = 1 / 2
"""Share of lives after which the folder is copied."""
EVERY = 4
"""Lives after which a copy is put back."""


@dataclass
class Older:
    """What a person does with copies of a data folder between two lives."""

    data: Path
    chance: random.Random
    times: int = 0
    """How often one was put back."""
    forgotten: set[str] = field(default_factory=set[str])
    """Presses that neither the history nor a receipt nor a copy of it knows any more since then."""
    _copies: list[Path] = field(default_factory=list[Path])
    _made: int = 0
    _lives: int = 0

    def between(self) -> None:
        """Put a copy back, or make one, or neither."""
        self._lives += 1
        if self._lives % EVERY == 0 and self._copies:
            self._put_back(self.chance.choice(self._copies))
        elif self.chance.random() < KEEP:
            self._made += 1
            self._copies.append(copied(self.data, f"older-{self._made}"))
            for old in self._copies[:-MOST]:
                shutil.rmtree(old)
            self._copies = self._copies[-MOST:]

    def _put_back(self, copy: Path) -> None:
        before = presses(self.data)
        self.chance.choice([way for way in WAYS.values() if way not in WITHOUT_FILES])(
            self.data, copy
        )
        self.forgotten |= before - presses(self.data)
        self.times += 1
        shutil.rmtree(self.data.with_name("newer"), ignore_errors=True)


def presses(data: Path) -> set[str]:
    """The presses that the history, its newest copy and the receipts in this folder tell of."""
    jobs = [
        receipt.job
        for path in (data / "receipts").glob("*.json")
        if (receipt := Receipt.read(path))
    ]
    copies = [one.path for one in Backups(data).all() if one.is_sound()]
    with tempfile.TemporaryDirectory() as name:
        # Elsewhere, since whoever opens a history may change its log.
        for file in ("jobs.db", "jobs.db-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(data / file, Path(name) / file)
        for path in (Path(name) / "jobs.db", *copies[:1]):
            with closing(sqlite3.connect(path)) as database:
                rows: list[tuple[str]] = database.execute("select doc from job").fetchall()
            jobs += [Job.model_validate_json(row[0]) for row in rows]
    return {mark for job in jobs if (mark := press_of(job.request.prompt))}


def press_of(text: str) -> str:
    """The press that a text belongs to; empty for none."""
    found = MARK.search(text.encode())
    return found[1].decode() if found else ""
