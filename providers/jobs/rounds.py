"""The weekly round: every original is hashed once a week, a few a minute, and what nobody knows is put away.

How far it has come, and what it found, stands in the file CHECK; losing that costs a repeated round.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from threading import Lock

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import StoreProblem
from providers.jobs.job import Artifact, JobId
from providers.jobs.journal import Journal
from providers.jobs.verify import Report, verify
from providers.library.audit import Harm, hash_of
from providers.library.vault import Vault, is_name

WEEK = 7 * 86400.0
STEPS = 5000
"""Looks in which a round is through: half of the minutes of a week."""
FEWEST = 8
"""Files at a look where there are not many."""
MOST_BYTES = 256 << 20
"""A look ends after so many bytes, but not before its first file."""


class Found(Frozen):
    """Where the round is, and what it and the last whole one found. Moments are seconds since the epoch."""

    begun: float = 0.0
    ended: float = 0.0
    """When the last whole round ended; 0: never."""
    place: str = ""
    """The name that was looked at last; empty between two rounds."""
    checked: int = 0
    bytes: int = 0
    harmed: Mapping[str, Harm] = {}
    unknown: Mapping[str, float] = {}
    """Files without a row, and when each was noticed first."""
    marked: tuple[JobId, ...] = ()
    """Jobs that say that a file of theirs is harmed."""
    looked: Mapping[JobId, float] = {}
    """Failed jobs whose tasks were looked at again, and when."""


class Rounds:
    """Used by the keeper; `step` may take as long as reading one file does. `whole` may run beside it."""

    def __init__(self, journal: Journal, vault: Vault, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._names: list[str] | None = None
        self._one = Lock()
        self._whole = 0
        self.found = self._read()

    @property
    def checking(self) -> bool:
        """Whether a check of all files at once is at work."""
        return self._whole > 0

    async def whole(self) -> Report:
        """Check all files at once, in a thread; what that finds takes the round's place."""
        self._whole += 1
        try:
            return await asyncio.to_thread(self._check)
        finally:
            self._whole -= 1

    def _check(self) -> Report:
        report, now = verify(self._journal, self._vault), self._clock()
        seen = report.found
        with self._one:
            known = self.found.unknown
            update = {
                "begun": now, "ended": now, "place": "", "checked": seen.checked,
                "bytes": seen.bytes, "harmed": seen.harms,
                "unknown": {name: known.get(name, now) for name in (*seen.orphans, *seen.spoiled)},
            }  # fmt: skip
            self.note(self.found.model_copy(update=update))
        return report

    def unknown(self) -> list[str]:
        """Files that no row speaks of, as far as they were noticed."""
        return [name for name in self.found.unknown if not self._journal.rows_of(name)]

    def step(self) -> None:
        """Look at some files, if a round is due. StoreProblem, OSError."""
        with self._one:
            self._step()

    def _step(self) -> None:
        found, now = self.found, self._clock()
        if not found.place:
            if 0 <= now - found.begun < WEEK:
                return
            found = found.model_copy(update={"begun": now, "checked": 0, "bytes": 0})
            self._names = None
        if self._names is None:
            here = (path.name for path in self._vault.files())
            self._names = sorted(name for name in here if is_name(name))
        todo = [name for name in self._names if name > found.place]
        most, read = max(FEWEST, math.ceil(len(self._names) / STEPS)), 0
        for name in todo[:most]:
            found, count = self._look(found, name)
            read += count
            if read >= MOST_BYTES:
                break
        if not todo or found.place == todo[-1]:
            found = self._end(found, now)
        self.note(found)

    def heal(self, name: str) -> None:
        """This file is whole again."""
        harmed = {one: harm for one, harm in self.found.harmed.items() if one != name}
        self.note(self.found.model_copy(update={"harmed": harmed}))

    def harmed_rows(self) -> list[tuple[Harm, Artifact]]:
        """What is wrong with which files, as far as rows speak of them."""
        found = self.found.harmed
        return [(found[name], row) for name in found for row in self._journal.rows_of(name)]

    def note(self, found: Found) -> None:
        """Keep what was found. OSError."""
        self.found = found
        self._vault.note_check(found.model_dump_json())

    def _read(self) -> Found:
        try:
            return Found.model_validate_json(self._vault.noted_check())
        except (OSError, ValidationError):
            # A new library has nothing that could have rotted yet: its first round is in a week.
            known = any(self._vault.files())
            return Found(begun=0.0 if known else self._clock())

    def _look(self, found: Found, name: str) -> tuple[Found, int]:
        digest, count = hash_of(self._vault.path(name))
        rows = self._journal.rows_of(name)
        harmed = {one: harm for one, harm in found.harmed.items() if one != name}
        if rows and digest != name and self._vault.path(name).exists():
            harmed[name] = "short" if count < rows[0].bytes else "rotten"
        update = {
            "place": name, "checked": found.checked + 1, "bytes": found.bytes + count,
            "harmed": harmed,
        }  # fmt: skip
        return found.model_copy(update=update), count

    def _end(self, found: Found, now: float) -> Found:
        # The rows are read last: a file that was stored meanwhile has its row by now.
        here = {path.name for path in self._vault.files() if is_name(path.name)}
        known = {one.sha256 for one in self._journal.artifacts()}
        lost = {name for name in known - here if not self._is_back(name)}
        harmed = {name: harm for name, harm in found.harmed.items() if name in known & here}
        unknown = {name: found.unknown.get(name, now) for name in here - known}
        for name, since in list(unknown.items()):
            if now - since >= WEEK:
                self._vault.put_away(name)
                del unknown[name]
        update = {
            "place": "", "ended": now, "unknown": unknown,
            "harmed": harmed | dict.fromkeys(sorted(lost), "missing"),
        }  # fmt: skip
        return found.model_copy(update=update)

    def _is_back(self, name: str) -> bool:
        try:
            return self._vault.path(name).exists() or self._vault.bring_back(name)
        except StoreProblem:
            return False
