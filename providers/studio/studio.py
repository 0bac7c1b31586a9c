"""The studio without a page: builds and wires the parts. Start reading here."""

import asyncio
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Collection,
    Iterable,
)
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar, Unpack

from pydantic import JsonValue

from providers.catalogue.models import Catalogue
from providers.catalogue.requests import ArtifactId, Request
from providers.durability.closing import CLOSE_WAIT, put_away
from providers.durability.deletion import delete
from providers.durability.maintenance import Errands, Maintenance
from providers.durability.opening import open_history
from providers.errors import InvalidRequest, Problem, StoreProblem, Unknown
from providers.history.journal import Journal
from providers.history.query import EVERYTHING, Page, Query
from providers.history.rows import seems_unsent
from providers.jobs.intake import take_in
from providers.jobs.job import Artifact, Job, JobId, State
from providers.jobs.transitions import JobFields
from providers.library.derived import Derived
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.pools import PAGES, PICTURES, ended
from providers.running.feed import Changes, Feed, newest
from providers.running.pacing import Planned
from providers.running.parking import Parking
from providers.running.refetch import fetch_again
from providers.running.runner import Runner
from providers.running.saving import given_up
from providers.settings import Credentials, Settings
from providers.studio.adoption import Adoption
from providers.studio.batches import Batches
from providers.studio.exports import Imprints
from providers.studio.marks import Keeping
from providers.studio.opened import Opened
from providers.studio.spending import Spending
from providers.studio.status import Upkeep
from providers.studio.submission import Asking
from providers.vendors.all import VENDORS
from providers.vendors.connection import Sandbox, connect
from providers.vendors.vendor import KeyCheck, Vendor

T = TypeVar("T")


class Studio:
    """Everything a page, an API or a script may ask for. One process, one data folder.

    Methods without `async` may be called from any thread; they read and write the history directly.
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
        self.sandbox = Sandbox(
            self.vendors, settings.data_dir / "sandbox", speed=settings.sandbox_speed
        )
        held = credentials or Credentials()
        self.connections = {
            vendor.name: connect(vendor, settings, held, self.sandbox, sleep=sleep, now=clock)
            for vendor in self.vendors
        }
        self._parking = Parking(
            self.vendors, self.connections, self.sandbox, self._is_same_account,
            only_sandbox=settings.sandbox, sleep=sleep, clock=clock,
        )  # fmt: skip
        self._sleep = sleep
        self._clock = clock
        self._vault = Vault(settings.data_dir, disk=disk)
        self._derived = Derived(
            settings.data_dir / "cache", self._vault.part, megabytes=settings.cache_mb
        )
        self._feed = Feed()
        self.store = ""
        """Which data folder this is: pages hold what they know of one, and of no other."""
        self.opened = Opened()
        self._upkeep_task: asyncio.Task[None] | None = None
        self.spending = Spending(settings, self.catalogue, self.connections, self.opened)
        self.keeping = Keeping(self.opened, self._vault)
        self.asking = Asking(
            self.catalogue, self.connections, self.spending, self._vault, self.opened, clock
        )
        self.batches = Batches(self.asking, self.catalogue, self.connections, self.opened)
        self.adoption = Adoption(self.connections, self.opened, clock)
        self.imprints = Imprints(self._vault, self.opened, self.problems_for, settings)
        self.upkeep = Upkeep(
            self._vault, self._derived, self.connections, self.sandbox, self.opened, clock,
            self._feed.publish,
        )  # fmt: skip

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
            self._vault.sweep(journal.held())
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
        )
        self.opened.begin(journal, runner)
        self.store = self._vault.name
        runner.start()
        await runner.begun()
        errands = Errands(late=runner.look_back, fetch=self._fetch_again, write=runner.decide)
        maintenance = Maintenance(journal, self._vault, clock=self._clock, errands=errands)
        self.opened.keep(maintenance)
        self._upkeep_task = asyncio.create_task(maintenance.run())

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
        await runner.stop()
        for connection in self.connections.values():
            await connection.aclose()
        await self._parking.aclose()
        self.sandbox.close()
        self.opened.end()
        await self._derived.settle()
        await put_away(journal, self._vault, self._derived.close, disk_wait)

    async def aside(self, work: Callable[[], T]) -> T:
        """Ask or write the history in another thread: a disk may be slow, and everybody else goes on."""
        return await self.opened.journal.aside(work)

    # Asking for something new

    def problems(self, request: Request) -> list[Problem]:
        """Every problem of a request, hard and soft, the files that it names included."""
        return self.problems_for(request, owner="local")

    def problems_for(self, request: Request, *, owner: str) -> list[Problem]:
        """The same, for somebody's files."""
        return self.asking.problems(request, owner)

    def submit(self, request: Request, *, owner: str, client_request_id: str = "") -> Job:
        """Write a job down and return at once; the runner does the rest.

        The same press of the button again gives the same job. Raises InvalidRequest, StoreProblem.
        """
        return self.asking.submit(request, owner, client_request_id)

    async def keep(self, owner: str, name: str, source: AsyncIterable[bytes] | Path) -> Artifact:
        """Keep a file that somebody hands in. InvalidRequest when it cannot be used, StoreProblem."""
        journal = self.opened.journal
        artifact = await take_in(
            source,
            vault=self._vault,
            owner=owner,
            name=name,
            now=self._clock(),
            most=self.settings.max_upload_bytes,
        )
        return await journal.changing(lambda: journal.hand_in(artifact))

    # Looking

    def job(self, job_id: JobId, owner: str) -> Job:
        """One job as it is now, or Unknown."""
        journal, runner = self.opened.journal, self.opened.runner
        return runner.current(journal.job(job_id, owner))

    def jobs(self, owner: str, query: Query) -> Page:
        """One page of the history, newest first."""
        journal, runner = self.opened.journal, self.opened.runner
        page = journal.page(owner, query)
        return page.model_copy(update={"jobs": tuple(runner.current(job) for job in page.jobs)})

    def counts(self, owner: str, query: Query | str = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many jobs there are of each kind, state, vendor and model that fit all else that is asked."""
        return self.opened.journal.counts(owner, query)

    def recent(self, owner: str) -> list[Job]:
        """What the job list shows: all that is open or unsure, and the newest 60. Newest first."""
        journal, runner = self.opened.journal, self.opened.runner
        return [runner.current(job) for job in journal.recent(owner)]

    def changed_since(self, owner: str, revision: int) -> list[Job]:
        """Jobs that changed after this revision, oldest change first."""
        journal, runner = self.opened.journal, self.opened.runner
        living = [job for job in runner.living(owner).values() if job.revision > revision]
        return newest([*journal.changed_since(owner, revision), *living])

    @property
    def revision(self) -> int:
        """The latest revision that was given out."""
        return self.opened.journal.revision

    @property
    def settled(self) -> int:
        """The revision after which whoever asks what changed misses nothing that is on its way now."""
        return self.opened.journal.settled

    @property
    def open_jobs(self) -> int:
        """How many jobs are on their way, of all owners."""
        return self.opened.journal.open_count()

    def schedule(self) -> list[Planned]:
        """Every job that is worked on and when its vendor is asked next, soonest first."""
        return self.opened.runner.schedule()

    def watch(self, owner: str) -> AbstractContextManager[Changes]:
        """A queue of changed jobs, whole ones, and of deleted ones (`gone`); on the server's loop only."""
        return self._feed.watch(owner)

    def events(self, job_id: JobId, owner: str) -> list[dict[str, JsonValue]]:
        """The states that a job went through: `at`, `state`, `detail`."""
        return self.opened.journal.events(self.job(job_id, owner).id)

    # Deciding

    async def cancel(self, job_id: JobId, owner: str) -> Job:
        """Ask for the end of a job. A job that has ended stays as it is."""
        journal, runner = self.opened.journal, self.opened.runner
        return await runner.cancel(await journal.ask(lambda: self.job(job_id, owner)))

    def retry(self, job_id: JobId, owner: str, client_request_id: str = "") -> Job:
        """The same request as a new job, in the same row of its batch if it has one."""
        job = self.job(job_id, owner)
        return self.asking.submit(job.request, owner, client_request_id, job.batch)

    async def look_again(self, job_id: JobId, owner: str) -> Job:
        """Take up an unsure job, or a failed one whose task has ended well after all. Sends nothing.

        Its task is followed, or looked for at the vendor.
        """
        journal = self.opened.journal
        job = await journal.ask(lambda: self.job(job_id, owner))
        if job.state == "failed":
            job = await self.opened.runner.look_back(job)
        if not (job.state in ("unsure", "expired") or job.late) or job.submitted is None:
            return job
        state: State = "queued" if job.ticket else "submitting"
        fields: JobFields = {
            "error": None, "finished": None, "late": False, "detail": "Checking again",
        }  # fmt: skip
        return await journal.changing(lambda: self._decide(job, state, **fields))

    def adopt(self, job_id: JobId, owner: str, task: str) -> Job:
        """Give an unsure job the vendor's task that belongs to it. InvalidRequest for a bad id."""
        job = self.job(job_id, owner)
        if job.state != "unsure":
            return job
        if note := self._parking.note(job):
            # The task that is meant was listed, or is looked for, in the account that is connected now.
            raise InvalidRequest([Problem("task", note)])
        ticket = self.adoption.given(job, task)
        account = job.account or self._parking.account(job.vendor)
        return self._decide(
            job, "queued", ticket=ticket, account=account, error=None, detail="Adopted"
        )

    def discard(self, job_id: JobId, owner: str) -> Job:
        """Give an unsure or a parked job up, or the rest of its files: those that are here stay."""
        job = self.job(job_id, owner)
        if job.parked is not None and seems_unsent(job):
            return self.opened.runner.cancel_unsent(job)
        if job.state != "unsure" and job.parked is None:
            return job
        state, fields = given_up(job)
        ended: JobFields = {**fields, "parked": None, "finished": self._clock()}
        return self._decide(job, state, **ended)

    async def go_on(self, job_id: JobId, owner: str) -> Job:
        """Say that a parked job's account is the one that is connected now: all its jobs here go on.

        One answer for every job of this owner that went there. Sends nothing new. InvalidRequest where no
        account of its vendor is connected.
        """
        journal, runner = self.opened.journal, self.opened.runner
        job = await journal.ask(lambda: self.job(job_id, owner))
        if job.parked is None:
            return job
        if job.parked != "other_account":
            raise InvalidRequest([Problem("", self._parking.note(job))])
        mine = self._parking.account(job.vendor)
        await journal.changing(lambda: journal.say_same(owner, job.account, mine))
        await runner.go_on(owner)
        return await journal.ask(lambda: self.job(job_id, owner))

    async def delete(self, job_id: JobId, owner: str) -> None:
        """Delete a job that has ended, with its files, for good. What it cost stays in the sums."""
        journal = self.opened.journal
        left, names = await PAGES.run(delete, journal, self._vault, job_id, owner)
        self._feed.publish(left)
        await PICTURES.run(self._derived.forget, names)

    def deleted_since(self, owner: str, revision: int) -> dict[JobId, int]:
        """Jobs that were deleted after this revision, and at which."""
        return self.opened.journal.deleted_since(owner, revision)

    # Files

    def artifact(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        return self.opened.journal.artifact(artifact_id, owner)

    def file(self, artifact: Artifact) -> Path:
        """Where the bytes of a file lie."""
        return self._vault.path(artifact.sha256)

    async def thumb(self, artifact: Artifact) -> Path:
        """A WebP of at most 480 px. InvalidRequest when the file cannot be read."""
        return await self._derived.thumb(artifact.sha256, self.file(artifact), artifact.kind)

    async def poster(self, artifact: Artifact) -> Path:
        """A WebP of at most 1280 px. InvalidRequest when the file cannot be read."""
        return await self._derived.poster(artifact.sha256, self.file(artifact), artifact.kind)

    # Settings

    async def check_key(self, vendor: str) -> KeyCheck:
        """What the vendor says about the key. Unknown, VendorError."""
        if vendor not in self.connections:
            raise Unknown("There is no such connection. Reload the page to see what there is.")
        connection = self.connections[vendor]
        told = await connection.check()
        if told.concurrency and self.opened.is_begun:
            self.opened.runner.slots(connection).allow(told.concurrency)
        return told

    def set_sandbox_speed(self, scale: float) -> None:
        """How long sandbox tasks take: 0 is at once, 1 a few seconds, at most 60."""
        self.sandbox.speed = min(60.0, max(0.0, scale))

    # Inside

    def _decide(self, job: Job, state: State, /, **fields: Unpack[JobFields]) -> Job:
        # Whoever chooses anew does not want the end that was asked for before.
        fields["cancel_wanted"] = False
        return self.opened.runner.decide(job, state, **fields)

    def _is_same_account(self, owner: str, one: str, other: str) -> bool:
        return self.opened.journal.is_same_account(owner, one, other)

    async def _fetch_again(self, job: Job, names: Collection[str]) -> set[str]:
        connection, runner = self._parking.connection_for(job), self.opened.runner
        if connection is None:
            return set()
        return await fetch_again(job, names, connection, runner.slots(connection), self._vault)
