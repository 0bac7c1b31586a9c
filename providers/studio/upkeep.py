"""Upkeep: how history, files and connections are, and what a person can do about them."""

from collections.abc import Callable, Collection, Mapping

from providers.durability.opening import FAR
from providers.durability.verify import Report, adopt
from providers.errors import Unknown
from providers.history.reservations import LEAST_FREE
from providers.jobs.job import Job
from providers.jobs.views import HarmsView
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import PAGES
from providers.studio.about import VERSION, versions
from providers.studio.opened import Opened
from providers.studio.views import DataView, NoticesView, SandboxView, StatusView, WordView
from providers.vendors.connection import NO_CONNECTION, Connection, Sandbox
from providers.vendors.vendor import KeyCheck
from providers.vendors.views import ConnectionView


class Upkeep:
    """What the Settings tab and the notices show. `opened` has the history and its maintenance;
    `publish` shows a new job on its owner's pages, on the server's loop."""

    def __init__(
        self,
        vault: Vault,
        derived: Derived,
        connections: Mapping[str, Connection],
        sandbox: Sandbox,
        opened: Opened,
        clock: Callable[[], float],
        publish: Callable[[Job], None],
    ) -> None:
        self._vault = vault
        self._derived = derived
        self._connections = connections
        self._sandbox = sandbox
        self._opened = opened
        self._clock = clock
        self._publish = publish

    async def check_key(self, vendor: str) -> KeyCheck:
        """What the vendor says about the key. Unknown, VendorError."""
        if vendor not in self._connections:
            raise Unknown(NO_CONNECTION)
        connection = self._connections[vendor]
        told = await connection.check()
        if told.concurrency and self._opened.is_begun:
            self._opened.runner.slots(connection).allow(told.concurrency)
        return told

    async def verify(self) -> Report:
        """Hash every original, and compare all with the history; takes as long as reading them does."""
        return await self._opened.maintenance.scrub.whole()

    async def adopt(self, owner: str, names: Collection[str] = ()) -> tuple[list[Job], list[str]]:
        """Make these files without a row finished jobs of this owner's; no names: all. And what was refused."""
        journal = self._opened.journal

        def take() -> tuple[list[Job], list[str]]:
            jobs, refused = adopt(journal, self._vault, owner, names, self._clock())
            return [journal.jobs.get(job.id) for job in jobs], refused

        taken, refused = await PAGES.run(take)
        for job in taken:
            self._publish(job)
        return taken, refused

    def status(self, owner: str) -> StatusView:
        """How the studio is, with this owner's files."""
        from providers.vendors.sandbox.engine import SANDBOX_WORDS

        journal, maintenance = self._opened.journal, self._opened.maintenance
        jobs, artifacts = journal.figures.sizes()
        data = DataView(
            **dict(HarmsView.of(maintenance.scrub.harmed_rows(), owner)),
            folder=str(self._vault.folder),
            bytes=self._vault.size()[0] + self._derived.size(),
            artifacts=artifacts,
            jobs=jobs,
            free=self._vault.free(),
            damaged=journal.figures.damaged() + len(maintenance.scrub.found.harmed),
            unknown=tuple(maintenance.scrub.unknown()),
            checked=maintenance.scrub.found.ended or None,
            notice=self._notice(),
            checking=maintenance.scrub.checking,
        )
        words = tuple(WordView(word=one, effect=text) for one, text in SANDBOX_WORDS.items())
        return StatusView(
            version=VERSION,
            versions=versions(),
            data=data,
            connections=self._shown(),
            sandbox=SandboxView(speed=self._sandbox.speed, words=words),
        )

    def notices(self) -> NoticesView:
        """What people should know on every tab, quick to ask for."""
        journal, maintenance = self._opened.journal, self._opened.maintenance
        return NoticesView(
            damaged=journal.figures.damaged(),
            harmed=len(maintenance.scrub.found.harmed),
            notice=self._notice(),
            free=self._vault.free(),
            least=LEAST_FREE + journal.figures.reserved_bytes(),
            connections=tuple(one for one in self._shown() if one.trouble),
        )

    def _notice(self) -> str:
        """What people should know about the history, all of it; empty when all is well."""
        far = "" if self._opened.journal.database.uses_log else FAR
        return " ".join(filter(None, (self._opened.maintenance.notice, far)))

    def _shown(self) -> tuple[ConnectionView, ...]:
        return tuple(map(ConnectionView.of, self._connections.values()))
