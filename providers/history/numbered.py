"""The revisions of a history: a number for every change, by which pages, receipts and copies compare."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Unpack

from providers.errors import StoreProblem
from providers.history.last_use import Notes
from providers.history.schema import NEWEST, number
from providers.history.store import Opening
from providers.history.written import Written


class Numbered(Written):
    """Gives out revisions, and notes at its end how far they had come."""

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, **how: Unpack[Opening]
    ) -> None:
        super().__init__(path, clock=clock, **how)
        self.notes: Notes | None = None
        """Where the use of this history is noted."""
        self._numbers = Lock()
        self._revision = self.held_revision

    def close(self) -> None:
        """Close the history, and note that it was put away."""
        is_ours = self.is_in_place and not self.is_overwritten and not self.is_frozen
        revision = None
        with suppress(StoreProblem):
            revision = self.held_revision if is_ours else None
        super().close()
        if self.notes is not None:
            self.notes.close(revision)

    def next_revision(self) -> int:
        """A number greater than every one before it, also over restarts."""
        with self._numbers:
            self._revision = max(self._revision + 1, int(self._clock() * 1_000_000))
            return self._revision

    def reach(self, revision: int) -> None:
        """Give out later ones than this from now on: it is known elsewhere."""
        with self._numbers:
            self._revision = max(self._revision, revision)

    @property
    def revision(self) -> int:
        """The latest revision that was given out."""
        return self._revision

    @property
    def held_revision(self) -> int:
        """The latest revision that is on the disk."""
        return number(self._one(NEWEST))
