"""The keeper: looks after the history while the studio runs. Copies it hourly, and notices when it is gone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from providers.errors import StoreProblem
from providers.jobs.backup import Backups
from providers.jobs.journal import Journal
from providers.library.vault import Vault

log = logging.getLogger("studio.keeper")
EVERY = 60.0
GONE = (
    "The history was removed or replaced while the studio ran, so nothing new is written. "
    "What was known lies in {path}. Stop the studio."
)


class Keeper:
    """Used by one task of the server; `tick` may be called from any thread."""

    def __init__(
        self,
        journal: Journal,
        vault: Vault,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._journal = journal
        self._vault = vault
        self._backups = Backups(vault.folder, disk=vault.disk, clock=clock)
        self._sleep = sleep
        self.notice = ""
        """What people should know about the history; empty when all is well."""

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while not self._journal.is_frozen:
            await self._sleep(EVERY)
            await asyncio.to_thread(self.tick)

    def tick(self) -> None:
        """One look."""
        if not self._journal.is_in_place:
            return self._rescue()
        self._vault.ballast.fill()
        try:
            self._backups.take_if_due(self._journal.path)
            self.notice = ""
        except (StoreProblem, OSError) as error:
            self._tell(f"The history could not be backed up. {error}")
        return None

    def _rescue(self) -> None:
        try:
            path = self._backups.name("rescued")
            self._journal.freeze(GONE.format(path=path), path)
            self._tell(GONE.format(path=path) + self._backups.advice())
        except (StoreProblem, OSError) as error:
            self._tell(str(error))

    def _tell(self, sentence: str) -> None:
        if sentence != self.notice:
            log.error("%s", sentence)
        self.notice = sentence
