"""What is open from a start of the studio to its end, for all parts that work on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from providers.durability.maintenance import Maintenance
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.running.runner import Runner

T = TypeVar("T")
NOT_STARTED = "The studio is still starting. Wait a moment and try again."


@dataclass(slots=True)
class Opened:
    """The history and who works on it. Before a start and after an end each of them is a StoreProblem."""

    _journal: Journal | None = None
    _runner: Runner | None = None
    _maintenance: Maintenance | None = None

    def begin(self, journal: Journal, runner: Runner) -> None:
        """The history is open, and jobs can be worked on."""
        self._journal, self._runner = journal, runner

    def keep(self, maintenance: Maintenance) -> None:
        """Somebody looks after the history and its files, too."""
        self._maintenance = maintenance

    def end(self) -> None:
        """Nothing is open any more."""
        self._journal, self._runner, self._maintenance = None, None, None

    @property
    def is_begun(self) -> bool:
        """Whether the history is open."""
        return self._journal is not None

    @property
    def is_ready(self) -> bool:
        """Whether the history takes new jobs. Asks no disk."""
        return self._journal is not None and not self._journal.database.is_frozen

    @property
    def journal(self) -> Journal:
        """The history."""
        return _begun(self._journal)

    @property
    def runner(self) -> Runner:
        """Who works on open jobs."""
        return _begun(self._runner)

    @property
    def maintenance(self) -> Maintenance:
        """Who looks after the history and its files."""
        return _begun(self._maintenance)

    async def aside(self, work: Callable[[], T]) -> T:
        """Ask or write the history in another thread: a disk may be slow, and everybody else goes on."""
        return await self.journal.database.aside(work)


def _begun(part: T | None) -> T:
    if part is None:
        raise StoreProblem(NOT_STARTED)
    return part
