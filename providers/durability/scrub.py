"""The weekly scrub: every original is hashed once a week, a few a minute, and what nobody knows is put away.

How far it has come, and what it found, stands in the file CHECK; losing that costs a repeated scrub.
"""

import math
from collections.abc import Callable, Mapping
from threading import Lock

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.durability.verify import Report, verify
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.jobs.job import Artifact, JobId
from providers.library.audit import Harm, hash_of
from providers.library.vault import Vault, is_name
from providers.pools import CHORES

WEEK = 7 * 86400.0
STEPS = 5000
"""Looks in which a scrub is through: half of the minutes of a week."""
FEWEST = 8
"""Files at a look where there are not many."""
MOST_BYTES = 256 << 20
"""A look ends after so many bytes, but not before its first file."""


class ScrubState(Frozen):
    """How far the scrub is, and what it and the last whole one found. Moments are seconds since the epoch."""

    begun: float = 0.0
    ended: float = 0.0
    """When the last whole scrub ended; 0: never."""
    place: str = ""
    """The name that was looked at last; empty between two scrubs."""
    checked: int = 0
    bytes: int = 0
    harmed: Mapping[str, Harm] = {}
    unknown: Mapping[str, float] = {}
    """Files without a row, and when each was noticed first."""
    marked: tuple[JobId, ...] = ()
    """Jobs that say that a file of theirs is harmed."""
    looked: Mapping[JobId, float] = {}
    """Failed jobs whose tasks were looked at again, and when."""


class Scrub:
    """Used by the maintenance; `step` may take as long as reading one file does. `whole` may run beside it."""

    def __init__(self, journal: Journal, vault: Vault, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._names: list[str] | None = None
        self._one = Lock()
        """Held for as long as files are read: one scrub at a time."""
        self._noting = Lock()
        """Held for a moment: what was found is read, changed and kept as one."""
        self._whole = 0
        self.found = self._read()

    @property
    def checking(self) -> bool:
        """Whether a check of all files at once is at work."""
        return self._whole > 0

    async def whole(self) -> Report:
        """Check all files at once, in a thread; what that finds takes the scrub's place."""
        self._whole += 1
        try:
            return await CHORES.run(self._check)
        finally:
            self._whole -= 1

    def _check(self) -> Report:
        report, now = verify(self._journal, self._vault), self._clock()
        seen = report.found

        def take(found: ScrubState) -> Mapping[str, object]:
            known = found.unknown
            return {
                "begun": now, "ended": now, "place": "", "checked": seen.checked,
                "bytes": seen.bytes, "harmed": seen.harms,
                "unknown": {name: known.get(name, now) for name in (*seen.orphans, *seen.spoiled)},
            }  # fmt: skip

        with self._one:
            self.note(take)
        return report

    def unknown(self) -> list[str]:
        """Files that no row speaks of, as far as they were noticed."""
        return [name for name in self.found.unknown if not self._journal.artifacts.with_bytes(name)]

    def step(self) -> None:
        """Look at some files, if a scrub is due. StoreProblem, OSError."""
        with self._one:
            self._step()

    def _step(self) -> None:
        place, now, begins = self.found.place, self._clock(), dict[str, object]()
        if not place:
            if 0 <= now - self.found.begun < WEEK:
                return
            begins = {"begun": now, "checked": 0, "bytes": 0}
            self._names = None
        if self._names is None:
            here = (path.name for path in self._vault.files())
            self._names = sorted(name for name in here if is_name(name))
        todo = [name for name in self._names if name > place]
        most, read = max(FEWEST, math.ceil(len(self._names) / STEPS)), 0
        seen = dict[str, Harm | None]()
        for name in todo[:most]:
            seen[name], count = self._look(name)
            read += count
            if read >= MOST_BYTES:
                break
        ends = self._end(now) if len(seen) == len(todo) else None

        def take(found: ScrubState) -> Mapping[str, object]:
            held: dict[str, Harm | None] = {**found.harmed, **seen}
            update = {
                "place": max(seen, default=place), "harmed": _harms(held), **begins,
                "checked": len(seen) + (0 if begins else found.checked),
                "bytes": read + (0 if begins else found.bytes),
            }  # fmt: skip
            return update if ends is None else {**update, **ends(held)}

        self.note(take)

    def note_whole(self, name: str) -> None:
        """This file is whole again."""

        def take(found: ScrubState) -> Mapping[str, object]:
            return {"harmed": {one: harm for one, harm in found.harmed.items() if one != name}}

        self.note(take)

    def harmed_rows(self) -> list[tuple[Harm, Artifact]]:
        """What is wrong with which files, as far as rows speak of them."""
        found = self.found.harmed
        return [
            (found[name], row) for name in found for row in self._journal.artifacts.with_bytes(name)
        ]

    def note(self, change: Callable[[ScrubState], Mapping[str, object]]) -> None:
        """Change some of what was found, and keep it. OSError.

        Any thread may: `change` gets it as it is then, and answers at once with what is different.
        """
        with self._noting:
            self.found = self.found.model_copy(update=change(self.found))
            self._vault.note_check(self.found.model_dump_json())

    def _read(self) -> ScrubState:
        try:
            return ScrubState.model_validate_json(self._vault.noted_check())
        except (OSError, ValidationError):
            # A new library has nothing that could have rotted yet: its first scrub is in a week.
            known = any(self._vault.files())
            return ScrubState(begun=0.0 if known else self._clock())

    def _look(self, name: str) -> tuple[Harm | None, int]:
        digest, count = hash_of(self._vault.path(name))
        rows = self._journal.artifacts.with_bytes(name)
        if not rows or digest == name or not self._vault.path(name).exists():
            return None, count
        return "short" if count < rows[0].bytes else "rotten", count

    def _end(self, now: float) -> Callable[[Mapping[str, Harm | None]], Mapping[str, object]]:
        # The rows are read last: a file that was stored meanwhile has its row by now.
        here = {path.name for path in self._vault.files() if is_name(path.name)}
        known = {one.sha256 for one in self._journal.artifacts.all()}
        lost = {name for name in known - here if not self._is_back(name)}
        unknown = {name: self.found.unknown.get(name, now) for name in here - known}
        for name, since in list(unknown.items()):
            if now - since >= WEEK:
                self._vault.put_away(name)
                del unknown[name]

        def ends(held: Mapping[str, Harm | None]) -> Mapping[str, object]:
            harmed = _harms({name: harm for name, harm in held.items() if name in known & here})
            missing = dict.fromkeys(sorted(lost), "missing")
            return {"place": "", "ended": now, "unknown": unknown, "harmed": harmed | missing}

        return ends

    def _is_back(self, name: str) -> bool:
        try:
            return self._vault.path(name).exists() or self._vault.bring_back(name)
        except StoreProblem:
            return False


def _harms(held: Mapping[str, Harm | None]) -> dict[str, Harm]:
    return {name: harm for name, harm in held.items() if harm is not None}
