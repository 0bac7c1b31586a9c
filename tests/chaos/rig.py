"""A studio on a network of toxics, and what must be true of it whatever happens: asked of the vendor's book."""

import asyncio
import contextlib
import hashlib
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue, SecretStr

from providers.catalogue.models import ModelSpec
from providers.catalogue.money import millionths
from providers.catalogue.requests import read_request
from providers.catalogue.rules import Slot
from providers.errors import StoreProblem
from providers.history.query import Query
from providers.jobs.job import OPEN, Job, State
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.connection import SANDBOX_KEY, Connection, connect_sandbox
from providers.vendors.transport.downloads import Downloads
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Vendor
from tests.chaos.money import balanced
from tests.chaos.network import Network, Vendors, text_of
from tests.chaos.timeline import Mortal, Timeline
from tests.support.cases import minimal
from tests.support.standing import history_of, is_writing

PATIENCE = 90.0
"""Real seconds that a test waits for anything."""
UNRESOLVED: frozenset[str] = OPEN | {"unsure", "discarded"}
PLACES: Mapping[str, int] = {
    state: place
    for place, state in enumerate(("waiting", "submitting", "queued", "running", "saving", "done"))
}
PAINTED = Path(tempfile.gettempdir()) / "studio-chaos-painted"
RETURNS: frozenset[tuple[str, str]] = frozenset(
    (before, after)
    for before in ("unsure", "expired")
    for after in ("submitting", "queued", "discarded", "unsure", "done")
) | {("failed", "queued"), ("unsure", "done"), ("done", "unsure")}
"""The only ways out of a state in which nobody works on a job: a person's, and out of *done* where its task was
another job's."""


def picture_row(vendor: Vendor) -> ModelSpec:
    """The vendor's first picture model that needs nothing but a prompt."""
    for spec in vendor.models:
        needs = minimal(spec)
        media = any(isinstance(spec.rules.get(name), Slot) for name in needs)
        if spec.kind == "image" and not media and "prompt" in spec.rules:
            return spec
    raise AssertionError(f"{vendor.name} has no such row.")


def body_for(vendor: Vendor, prompt: str, **more: JsonValue) -> dict[str, JsonValue]:
    """A request that this vendor takes."""
    spec = picture_row(vendor)
    options = {name: value for name, value in minimal(spec).items() if name != "prompt"}
    given: dict[str, JsonValue] = {"kind": "image", "model": spec.id, "prompt": prompt}
    return {**given, "options": options, **more}


@dataclass
class Rig:
    """One data folder, the vendors beside it, and the process that is alive now."""

    folder: Path
    vendor: Vendor
    vendors: Vendors
    timeline: Timeline
    live: bool
    slots: int | None = None
    caps: Mapping[str, float] = field(default_factory=dict[str, float])
    """The most that a day may cost at a vendor, in its own unit."""
    key: str = "chaos"
    mortal: Mortal = field(default_factory=Mortal)
    presses: int = 0
    deeds: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    known: set[str] = field(default_factory=set[str])
    """Tasks whose ids were seen on disk."""
    faults: list[str] = field(default_factory=list[str])
    again: Counter[str] = field(default_factory=Counter[str])
    """How often a person pressed a button that may buy, by prompt."""

    def __post_init__(self) -> None:
        self.network = Network(
            self.vendors,
            self.timeline,
            self.mortal,
            before_create=self._durable,
            before_look=self._known,
        )
        self.studio = self.fresh()
        self.timeline.is_kept_waiting = lambda: is_writing(self.studio)

    # The process

    async def reopen(self, *, die_at: int | None = None) -> None:
        """Kill the process where it stands, and start another on the same folder."""
        self.mortal.kill()
        await self.studio.stop()
        self.mortal = self.network.mortal = Mortal(die_at)
        self.studio = self.fresh()
        await self.studio.start()

    async def restart(self) -> None:
        """End the process as one should, and start another."""
        await self.studio.stop()
        self.studio = self.fresh()
        await self.studio.start()

    def fresh(self) -> Studio:
        """A studio on the same folder, not started."""
        mortal = self.mortal

        def clock() -> float:
            mortal.point()
            return self.timeline.clock()

        async def sleep(seconds: float) -> None:
            mortal.point()
            await self.timeline.sleep(seconds)
            mortal.point()

        studio = Studio(
            Settings(
                data_dir=self.folder,
                sandbox_speed=0,
                cap_day=",".join(f"{name}={cap}" for name, cap in self.caps.items()),
            ),
            credentials=Credentials({}),
            sleep=sleep,
            clock=clock,
        )
        for vendor in VENDORS:
            connection = connect_sandbox(vendor, studio.sandbox)
            studio.connections[vendor.name] = self._connection(vendor, connection, sleep)
        return studio

    def _connection(
        self, vendor: Vendor, connection: Connection, sleep: Callable[[float], object]
    ) -> Connection:
        if self.slots is not None:
            vendor = replace(vendor, pace=replace(vendor.pace, slots=self.slots))
        wire = Wire(
            label=vendor.label,
            base_url=f"http://sandbox/{vendor.name}{urlsplit(vendor.base_url).path}",
            key=SecretStr(SANDBOX_KEY),
            headers=vendor.headers,
            transport=self.network,
            sleep=sleep,  # pyright: ignore[reportArgumentType]
            now=self.timeline.clock,
        )
        return Connection(
            vendor=vendor,
            provider=vendor.provider(wire),
            downloads=Downloads(
                self.network,
                friendly_hosts={"sandbox"},
                sleep=sleep,  # pyright: ignore[reportArgumentType]
                clock=self.timeline.clock,
            ),
            account=f"{vendor.name}:{self.key}",
            sandbox=None if self.live else connection.sandbox,
        )

    # What a person does

    def press(
        self,
        prompt: str = "",
        *,
        press: str = "",
        vendor: Vendor | None = None,
        owner: str = "local",
        **more: JsonValue,
    ) -> Job:
        """Press Generate, each time with words of its own."""
        self.presses += 1
        prompt = prompt or f"A lighthouse, take {self.presses}"
        request = read_request(body_for(vendor or self.vendor, prompt, **more))
        return self.studio.submission.submit(request, owner=owner, idempotency_key=press)

    async def until(self, job: Job, *states: State) -> Job:
        """Wait until the job is in one of these states."""
        return await self.when(job, lambda one: one.state in states)

    async def over(self, job: Job) -> Job:
        """Wait until nobody works on the job any more."""
        return await self.when(job, lambda one: not one.is_open)

    async def when(self, job: Job, holds: Callable[[Job], bool]) -> Job:
        """Wait until this is true of the job, or say how it stands."""
        with self.studio.live.watch(job.owner) as queue:
            job = self.studio.live.get(job.id, job.owner)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    while not holds(job):
                        changed = await queue.get()
                        job = changed if changed.id == job.id else job
        assert holds(job), f"{job.state}: {job.detail} {job.error}"
        return job

    def in_background(self, work: Coroutine[None, None, Job]) -> None:
        """Something that a person does without waiting for its end."""

        async def doing() -> None:
            with contextlib.suppress(StoreProblem):
                await work

        self.deeds.append(asyncio.create_task(doing()))

    async def fill_disk(self) -> None:
        """From now on, the history of this process cannot grow."""
        self._pages(1)

    async def free_disk(self) -> None:
        """Now it can grow again."""
        self._pages(2**31)

    def blind(self, times: int) -> None:
        """So often, this process's history cannot be asked which job has a task."""
        left = [times]

        def allows(
            what: int, _table: str | None, column: str | None, _in: str | None, _by: str | None
        ) -> int:
            if what != sqlite3.SQLITE_READ or column != "task" or not left[0]:
                return sqlite3.SQLITE_OK
            left[0] -= 1
            return sqlite3.SQLITE_DENY

        for reader in history_of(self.studio).database._readers:  # pyright: ignore[reportPrivateUsage]
            reader.set_authorizer(allows)

    async def keep(self) -> None:
        """What the keeper has done beside the jobs, now."""
        await self.studio.opened.maintenance.do_what_is_due()

    def _pages(self, most: int) -> None:
        database = history_of(self.studio).database._connection  # pyright: ignore[reportPrivateUsage]
        database.execute(f"pragma max_page_count={most}")

    async def rest(self) -> None:
        """Wait until nobody works on any job, or the process is killed."""
        dying = asyncio.create_task(self.mortal.died.wait())
        with self.studio.live.watch("local") as queue:
            try:
                async with asyncio.timeout(PATIENCE):
                    while not self.mortal.dead and any(job.is_open for job in self.jobs()):
                        change = asyncio.create_task(queue.get())
                        await asyncio.wait({change, dying}, return_when=asyncio.FIRST_COMPLETED)
                        change.cancel()
            except TimeoutError:
                raise AssertionError(
                    f"{[(job.state, job.detail) for job in self.jobs()]}"
                ) from None
            finally:
                dying.cancel()

    # What must be true

    @property
    def book(self) -> list[tuple[str, str, str]]:
        """Every create call that a vendor accepted: its task, our mark, its body as text."""
        return [(one.task, one.token, text_of(one.body)) for one in self.vendors.engine.book]

    def jobs(self) -> list[Job]:
        """Every job of the library."""
        return list(self.studio.live.page("local", Query(limit=200)).jobs)

    def check(self) -> None:
        """The promises, against the vendor's book. Raises AssertionError."""
        jobs = self.jobs()
        broken = [job.id for job in jobs if job.error and "in the studio" in job.error.message]
        assert (self.faults, broken) == ([], [])
        self._bought_once(jobs)
        self._nothing_lost(jobs)
        self._within_caps()
        for job in jobs:
            self._never_back(job)
            self._whole(job)
        balanced(self.folder)

    def _bought_once(self, jobs: list[Job]) -> None:
        asked = Counter(job.request.prompt for job in jobs) + self.again
        for prompt, times in asked.items():
            bought = [task for task, _, body in self.book if quoted(prompt) in body]
            assert len(bought) <= times, f"{prompt!r} was bought {len(bought)} times"
        marks = Counter(mark for _, mark, _ in self.book if mark)
        assert all(times == 1 for times in marks.values()), marks

    def _nothing_lost(self, jobs: list[Job]) -> None:
        held = {job.ticket.task for job in jobs if job.ticket is not None}
        for task, _, body in self.book:
            shown = [
                job.state
                for job in jobs
                if quoted(job.request.prompt) in body
                and job.state in UNRESOLVED
                and (job.ticket is None or not job.ticket.seen)
            ]
            assert task in held or shown, f"bought and invisible: {body}"

    def _within_caps(self) -> None:
        for vendor, cap in self.caps.items():
            for unit, held in history_of(self.studio).ledger.today(vendor, None).items():
                used = held.spent + held.reserved
                assert used <= millionths(cap), f"{used} {unit} used at {vendor}"

    def _never_back(self, job: Job) -> None:
        states = [str(one["state"]) for one in self.studio.live.events(job.id, "local")]
        accepted = False
        for before, after in pairwise(states):
            accepted = accepted or before in ("queued", "running", "saving")
            if before == after or (before, after) in RETURNS:
                continue
            place, next_place = PLACES.get(before, 99), PLACES.get(after, 99)
            assert place < PLACES["done"], f"{job.id}: {before} became {after}"
            assert not accepted or next_place > place, f"{job.id}: {before} became {after}"

    def _whole(self, job: Job) -> None:
        for artifact in job.artifacts:
            content = self.studio.files.path(artifact).read_bytes()
            assert hashlib.sha256(content).hexdigest() == artifact.sha256
            assert len(content) == artifact.bytes
        assert job.state != "done" or job.artifacts

    def _known(self, request: httpx.Request) -> None:
        """Before anything is asked about a task, its id stands on disk."""
        text = str(request.url) + request.content.decode("utf-8", "replace")
        for task, token, _ in self.book:
            # A vendor that takes our own id for its task may be asked about it at any time.
            if task in text and token != task and task not in self.known:
                self.known.add(task)
                with contextlib.closing(sqlite3.connect(self.folder / "jobs.db")) as database:
                    held = database.execute("select 1 from job where task = ?", [task]).fetchone()
                if held is None:
                    self.faults.append("asked about before it was written")

    def _durable(self, request: httpx.Request) -> None:
        """Before a create call leaves, its row says so on disk."""
        sent = request.content.decode("utf-8", "replace")
        with contextlib.closing(sqlite3.connect(self.folder / "jobs.db")) as database:
            rows = database.execute(
                "select words, json_extract(doc, '$.submitted') from job where state = 'submitting'"
            ).fetchall()
        if not any(moment for words, moment in rows if quoted(words)[1:-1] in sent):
            self.faults.append("sent before it was written")


def quoted(prompt: str) -> str:
    """A prompt as it stands in a body."""
    return json.dumps(prompt, ensure_ascii=False)


@asynccontextmanager
async def chaos(
    folder: Path,
    vendor: Vendor,
    *,
    scale: float = 0.0,
    live: bool = True,
    slots: int | None = None,
    caps: Mapping[str, float] | None = None,
    die_at: int | None = None,
) -> AsyncGenerator[Rig]:
    """A studio with this vendor at the other end of a network of toxics; its promises hold at the end."""
    PAINTED.mkdir(exist_ok=True)
    timeline = Timeline()
    vendors = Vendors(folder / "vendors", timeline, scale=scale, painted=PAINTED)
    rig = Rig(folder / "data", vendor, vendors, timeline, live, slots, caps or {})
    keeping = asyncio.create_task(timeline.run())
    try:
        await rig.studio.start()
        # Counted from here: a new folder that is not open yet holds nothing that a kill could take.
        rig.mortal.die_at = None if die_at is None else rig.mortal.points + die_at
        yield rig
        if not rig.mortal.dead:
            rig.check()
    finally:
        await rig.studio.stop()
        for task in [*rig.deeds, keeping]:
            task.cancel()
        await asyncio.gather(*rig.deeds, keeping, return_exceptions=True)
        vendors.close()
