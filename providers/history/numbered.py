"""The revisions of a history: a number for every change, by which pages, receipts and copies compare."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar, Unpack

from providers.errors import StoreProblem
from providers.history.last_use import Notes
from providers.history.schema import NEWEST, number
from providers.history.store import Opening
from providers.history.written import Written

T = TypeVar("T")


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
        self._on_their_way = set[int]()
        """Revisions of changes that nobody can see yet."""
        self._within: list[int] = []
        """Those of them that belong to what the writer has in hand."""
        self._writer.ended = self._is_ended

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
        """A number greater than every one before it, also over restarts.

        Its change is on its way until it is `told`. What is written with it sees to that by itself.
        """
        with self._numbers:
            self._revision = max(self._revision + 1, int(self._clock() * 1_000_000))
            self._on_their_way.add(self._revision)
            if self._writer.is_here:
                self._within.append(self._revision)
            return self._revision

    def told(self, *revisions: int) -> None:
        """These changes can be seen, or never will be: only what has a later revision."""
        with self._numbers:
            self._on_their_way.difference_update(revisions)

    @property
    def settled(self) -> int:
        """The revision up to which no change is on its way: whoever asks for later ones misses none.

        At least 1: who has seen an empty history has seen something, and 0 asks for all of it.
        """
        with self._numbers:
            return max(1, min(self._on_their_way) - 1 if self._on_their_way else self._revision)

    def reach(self, revision: int) -> None:
        """Give out later ones than this from now on: it is known elsewhere."""
        with self._numbers:
            self._revision = max(self._revision, revision)

    @property
    def revision(self) -> int:
        """The latest revision that was given out."""
        return self._revision

    def _tell_with(self, written: Future[T], revision: int) -> Future[T]:
        """The change of this revision is told once that is over; a part of a change, with the whole."""
        if self._writer.is_here:
            self._within.append(revision)
        else:
            written.add_done_callback(lambda _: self.told(revision))
        return written

    def _is_ended(self) -> None:
        within, self._within = self._within, []
        self.told(*within)

    @property
    def held_revision(self) -> int:
        """The latest revision that is on the disk."""
        return number(self._one(NEWEST))
