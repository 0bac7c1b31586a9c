"""The studio without a page: builds and wires the parts. Start reading here."""

import asyncio
import time
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
)
from contextlib import asynccontextmanager

from pydantic import SecretStr

from providers.catalogue.models import Catalogue
from providers.durability.closing import CLOSE_WAIT, put_away
from providers.durability.maintenance import Maintenance, RunnerCalls
from providers.durability.opening import open_history
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.jobs.job import Job
from providers.library.derived import Derived
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.pools import ended
from providers.running.feed import Feed
from providers.running.meters import Meters
from providers.running.parking import Parking
from providers.running.refetch import fetch_again
from providers.running.runner import Runner
from providers.settings import Credentials, Settings
from providers.studio.adoption import Adoption
from providers.studio.assets import VendorAssets
from providers.studio.batches import Batches
from providers.studio.bell import Bell
from providers.studio.callbacks import CalledBack
from providers.studio.decisions import Decisions
from providers.studio.files import Files
from providers.studio.imprints import Imprints
from providers.studio.keeping import Keeping
from providers.studio.keys import Keys
from providers.studio.limits import Limits
from providers.studio.live import LiveJobs
from providers.studio.metrics import StudioMetrics
from providers.studio.opened import Opened
from providers.studio.plans import Planning
from providers.studio.spending import Spending
from providers.studio.submission import Submission
from providers.studio.upkeep import Upkeep
from providers.vendors.all import VENDORS
from providers.vendors.connection import Connection, Sandbox, callback_secrets, connect
from providers.vendors.transport.network import Network
from providers.vendors.vendor import Vendor

ASKED_EVERY = 6 * 3600.0
"""Seconds after which a vendor is asked again what an account has."""
ASKED_AGAIN = 300.0
"""The same where it did not answer."""


async def _keep_asking(connection: Connection) -> None:
    while True:
        pause = ASKED_EVERY if await connection.ask_offer() else ASKED_AGAIN
        await asyncio.sleep(pause)


class Studio:
    """Starts and stops, and has the parts that a page, an API or a script may ask: one process, one folder.

    `submission` makes new jobs, `batches` many; `live` has jobs as they are, `decisions` what becomes of them;
    `files`, `imprints`, `keeping`, `planning`, `spending`, `limits`, `adoption` and `upkeep` are what their
    names say.
    Their methods without `async` may be called from any thread; they read and write the history directly.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        credentials: Credentials | None = None,
        vendors: Iterable[Vendor] = VENDORS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        disk: Disk | None = None,
    ) -> None:
        self.settings = settings
        self.vendors = tuple(vendors)
        self.catalogue = Catalogue(spec for vendor in self.vendors for spec in vendor.models)
        held = credentials or Credentials()
        signed = callback_secrets(self.vendors, held)
        box, speed = settings.data_dir / "sandbox", settings.sandbox_speed
        self.sandbox = Sandbox(self.vendors, box, speed=speed, callback_secrets=signed)
        self._credentials, self._sleep, self._clock = held, sleep, clock
        self.connections = {vendor.name: self._connect(vendor) for vendor in self.vendors}
        self._parking = Parking(
            self.vendors, self.connections, self.sandbox, self._is_same_account,
            only_sandbox=settings.sandbox, sleep=sleep, clock=clock,
        )  # fmt: skip
        self._vault = Vault(settings.data_dir, disk=disk)
        self.limits = Limits(settings, tuple(self.connections), self.sandbox, self._vault.disk)
        self._derived = Derived(
            settings.data_dir / "cache", self._vault.part, megabytes=settings.cache_mb
        )
        self._feed, self.bell = Feed(), Bell()
        self.store = ""
        """Which data folder this is: pages hold what they know of one, and of no other."""
        self.opened = Opened()
        self._upkeep_task: asyncio.Task[None] | None = None
        self._offers: dict[str, asyncio.Task[None]] = {}
        self.keys = self._keys()
        self.spending = Spending(self.limits, self.catalogue, self.connections, self.opened)
        self.keeping = Keeping(self.opened, self._vault)
        self.submission = Submission(
            self.catalogue, self.connections, self.spending, self._vault, self.opened, clock
        )
        self.batches = Batches(self.submission, self.catalogue, self.connections, self.opened)
        self.live = LiveJobs(self.opened, self._feed)
        self.called_back = CalledBack(self.opened, self.vendors, signed)
        self.files = Files(
            self.opened, self._vault, self._derived, clock, self.limits, Network.of(settings)
        )
        self.assets = VendorAssets(self.connections, self.files, self._vault, self._derived)
        self.adoption = Adoption(self.connections, self.opened, clock)
        self.decisions = Decisions(
            self.opened, self.live, self.submission, self.adoption, self._parking, self._vault,
            self._derived, self._feed, clock,
        )  # fmt: skip
        self.planning = Planning(self.opened, self.submission.problems, clock)
        self.imprints = Imprints(self._vault, self.opened, self.submission.problems, self.limits)
        self.upkeep = Upkeep(
            self._vault, self._derived, self.connections, self.sandbox, self.opened, clock,
            self._feed.publish,
        )  # fmt: skip
        self._meters = Meters(frozenset(spec.id for spec in self.catalogue))
        self.metrics = self._metrics()

    # From start to stop

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Started inside, stopped after."""
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Open the data folder and take up every open job. StoreProblem when the folder is unusable."""
        self._vault.open()
        journal: Journal | None = None
        try:
            journal = open_history(
                self._vault, clock=self._clock, receipts=self.settings.receipts_dir
            )
            self.limits.open()
            self._vault.sweep(journal.figures.held())
            self._derived.open()
        except StoreProblem:
            if journal is not None:
                journal.close()
            self._vault.close()
            raise
        runner = Runner(
            journal=journal,
            vault=self._vault,
            derived=self._derived,
            feed=self._feed,
            parking=self._parking,
            sleep=self._sleep,
            clock=self._clock,
            meters=self._meters,
        )
        for model in journal.jobs.unoffered():
            vendor = model.partition(":")[0]
            if vendor in self.connections:
                self.connections[vendor].health.unoffered |= {model}
        self.opened.begin(journal, runner)
        self.store = self._vault.name
        try:
            await runner.take_back()
            runner.start()
        except StoreProblem:
            await self.stop()
            raise
        await runner.begun()
        calls = RunnerCalls(late=runner.look_back, fetch=self._fetch_again, write=runner.decide)
        maintenance = Maintenance(journal, self._vault, clock=self._clock, calls=calls)
        self.opened.keep(maintenance)
        self._upkeep_task = asyncio.create_task(maintenance.run())
        for connection in self.connections.values():
            self._ask_offer(connection)

    async def stop(self, *, disk_wait: float = CLOSE_WAIT) -> None:
        """Let create calls in flight end, then close everything. Open jobs resume at the next start.

        It ends in any case, whatever stands still: a disk is waited for so many seconds.
        """
        if not self.opened.is_begun:
            return
        journal, runner = self.opened.journal, self.opened.runner
        if self._upkeep_task is not None:
            await ended([self._upkeep_task])
            self._upkeep_task = None
        await ended(self._offers.values())
        await runner.stop()
        for connection in self.connections.values():
            await connection.aclose()
        await self.keys.aclose()
        await self._parking.aclose()
        await self.files.downloads.aclose()
        self.sandbox.close()
        self.opened.end()
        await self._derived.settle()
        await put_away(journal, self._vault, self._derived.close, disk_wait)

    # Inside

    def _keys(self) -> Keys:
        return Keys(
            self.settings, self._credentials, self.vendors, self.connections, self._parking,
            self.opened, self.bell, connecting=self._connect, asking=self._ask_offer,
        )  # fmt: skip

    def _metrics(self) -> StudioMetrics:
        return StudioMetrics(
            self._meters, self.limits, self.connections, self._feed, self._vault, self.opened
        )

    def _connect(self, vendor: Vendor, pasted: SecretStr | None = None) -> Connection:
        return connect(
            vendor, self.settings, self._credentials, self.sandbox,
            pasted=pasted, sleep=self._sleep, now=self._clock,
        )  # fmt: skip

    def _ask_offer(self, connection: Connection) -> None:
        before = self._offers.pop(connection.vendor.name, None)
        if before is not None:
            before.cancel()
        if connection.has_offer:
            asking = asyncio.create_task(_keep_asking(connection))
            self._offers[connection.vendor.name] = asking

    def _is_same_account(self, owner: str, one: str, other: str) -> bool:
        return self.opened.journal.accounts.are_same(owner, one, other)

    async def _fetch_again(self, job: Job, names: Collection[str]) -> set[str]:
        connection, runner = self._parking.connection_for(job), self.opened.runner
        if connection is None:
            return set()
        return await fetch_again(job, names, connection, runner.slots(connection), self._vault)
