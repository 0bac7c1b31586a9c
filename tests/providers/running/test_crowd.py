"""Thousands of open jobs after a restart: the vendor is asked at its pace, and the page answers at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from providers.catalogue.models import Catalogue
from providers.catalogue.requests import read_request
from providers.history.journal import Journal
from providers.history.query import Place, Query
from providers.history.schema import open_database
from providers.running.gate import AT_ONCE, Gate
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.connection import SANDBOX_KEY, Connection
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.transport.wire import Downloads, Wire
from providers.vendors.vendor import Vendor
from tests.chaos.rig import body_for
from tests.chaos.timeline import Timeline
from tests.support.counting import calls, steps, steps_of
from tests.support.fake_vendor import Time
from tests.support.histories import a_job, many_jobs, multiply, twin
from tests.support.meeting import Unpainted
from tests.support.standing import history_of
from ui.web.routes import JobRoutes, SettingsRoutes

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
CROWD = 5000
FEW = 1000
"""What the crowd is compared with: five times as many may cost five times as much, and little more."""
LINEAR = 6.0
"""Times as much for five times as many; whatever looks at all for each comes to 25."""
LOOKS = 60
"""Questions to each vendor until the test has seen enough."""
CATALOGUE = Catalogue(spec for vendor in VENDORS for spec in vendor.models)
ACCOUNT = ("/organization", "/account", "/accounts", "/features/")
"""How questions end that are about an account and not about a task."""


@dataclass
class Watched(httpx.AsyncBaseTransport):
    """The network to the emulators in this process. Notes when who is asked what, and how many at once."""

    app: httpx.ASGITransport
    timeline: Timeline
    asked: dict[str, list[tuple[float, str]]] = field(
        default_factory=lambda: {vendor.name: [] for vendor in VENDORS}
    )
    under_way: Counter[str] = field(default_factory=Counter[str])
    most: int = 0
    refused: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        vendor = request.url.path.split("/")[1]
        with self.timeline.work():
            question = f"{request.url.path} {(await request.aread()).decode()}"
            # What an account may do is asked once at a start, beside the tasks.
            if not request.url.path.endswith(ACCOUNT):
                self.asked[vendor].append((self.timeline.now, question))
            self.under_way[vendor] += 1
            self.most = max(self.most, self.under_way[vendor])
            answer = await self.app.handle_async_request(request)
            self.refused += not answer.is_success
            self.under_way[vendor] -= 1
        if all(len(one) >= LOOKS for one in self.asked.values()):
            self.enough.set()
        return answer

    def connect(self, vendor: Vendor) -> Connection:
        """To the emulator, at the pace of the vendor itself."""
        wire = Wire(
            label=vendor.label,
            base_url=f"http://sandbox/{vendor.name}{urlsplit(vendor.base_url).path}",
            key=SecretStr(SANDBOX_KEY), headers=vendor.headers, transport=self,
            sleep=self.timeline.sleep, now=self.timeline.clock,
        )  # fmt: skip
        downloads = Downloads(self, friendly_hosts={"sandbox"}, sleep=self.timeline.sleep)
        return Connection(
            vendor=vendor, provider=vendor.provider(wire), downloads=downloads, account=vendor.name
        )


def emulators(folder: Path, timeline: Timeline) -> httpx.ASGITransport:
    """All vendors, and no task at any of them ever ends."""
    return httpx.ASGITransport(sandbox_app(VENDORS, Unpainted(Clock(1e6, timeline.world), folder)))


async def a_crowd(folder: Path, timeline: Timeline, count: int) -> None:
    """One task at each vendor, made by its adapter, and copies of it on both sides of the wire."""
    vendors, each = folder / "vendors", count // len(VENDORS)
    network = Watched(emulators(vendors, timeline), timeline)
    with closing(Journal(folder / "jobs.db")) as journal:
        for vendor in VENDORS:
            request = CATALOGUE.validate(read_request(body_for(vendor, "one of many")))
            async with closed(network.connect(vendor)) as connection:
                ticket = await connection.provider.submit(request, {}, "0" * 32)
            more = {"request": request, "sandbox": False}
            ticket = ticket.model_copy(update={"seen": True})
            a_job(journal, "", "running", **more, ticket=ticket)
    multiply(folder / "jobs.db", each)
    for path in [*vendors.glob("*/*/*.json")]:
        text = path.read_text()
        for number in range(1, each):
            path.with_stem(twin(path.stem, path.stem, number)).write_text(
                twin(text, path.stem, number)
            )


@asynccontextmanager
async def closed(connection: Connection) -> AsyncGenerator[Connection]:
    """A connection, and its end."""
    try:
        yield connection
    finally:
        await connection.aclose()


@asynccontextmanager
async def going(timeline: Timeline) -> AsyncGenerator[None]:
    """Time goes on meanwhile."""
    task = asyncio.create_task(timeline.run())
    try:
        yield
    finally:
        task.cancel()


def local(_: HTTPConnection) -> str:
    return "local"


@asynccontextmanager
async def resumed(
    folder: Path, timeline: Timeline, count: int
) -> AsyncGenerator[tuple[Studio, Watched, httpx.AsyncClient, int]]:
    """A studio that has taken up so many jobs, while time stands still, and the calls that this took."""
    folder.mkdir()  # noqa: ASYNC240
    await a_crowd(folder, timeline, count)
    network = Watched(emulators(folder / "vendors", timeline), timeline)
    studio = Studio(
        Settings(data_dir=folder),
        credentials=Credentials({}),
        sleep=timeline.sleep,
        clock=timeline.clock,
    )
    for vendor in VENDORS:
        studio.connections[vendor.name] = network.connect(vendor)
    routes = [*SettingsRoutes(studio, local, local).all(), *JobRoutes(studio, local).all()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    with calls() as taken:
        await studio.start()
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
            yield studio, network, client, taken.number
    finally:
        await studio.stop()


@pytest.mark.fault("F75")
async def test_five_thousand_open_jobs_resume_at_the_vendors_pace(tmp_path: Path) -> None:
    """F75: health and the list read the history once; no vendor is asked faster than its pace allows."""
    timeline = Timeline()
    async with resumed(tmp_path / "few", timeline, FEW) as (_, _, _, taken_by_few):
        pass
    async with resumed(tmp_path / "all", timeline, CROWD) as (studio, network, client, taken):
        assert taken < LINEAR * taken_by_few
        journal = history_of(studio)
        with steps(journal) as healthy:
            assert (await client.get("/healthz")).json()["open_jobs"] == CROWD
        with steps(journal) as listed:
            assert len((await client.get("/jobs?since=0")).json()["jobs"]) == CROWD
        once = steps_of(journal, lambda: journal.jobs.recent("local"))
        assert healthy.number < once
        assert listed.number < 2 * once
        async with going(timeline), asyncio.timeout(60):
            await network.enough.wait()
    assert network.most <= AT_ONCE
    assert network.refused == 0
    for vendor in VENDORS:
        asked = network.asked[vendor.name]
        spacing = vendor.pace.image_every / AT_ONCE
        # A few at once after a pause; over any longer time no more than one for each spacing.
        for before, (at, _) in enumerate(asked):
            assert before <= AT_ONCE - 1 + (at - asked[0][0]) / spacing * 1.01, vendor.name
        assert len({question for _, question in asked}) == len(asked), "one was asked twice"


async def test_who_is_waited_for_goes_ahead_and_who_leaves_holds_nobody_up() -> None:
    now = Time()
    gate = Gate(lambda: 1.0, clock=now.clock, sleep=now.sleep)
    held = asyncio.Event()
    went: list[str] = []

    async def ask(name: str, *, first: bool = False) -> None:
        async with gate.turn(name, first=first):
            went.append(name)
            await held.wait()

    tasks = {name: asyncio.create_task(ask(name)) for name in "abcdefgh"}
    for _ in range(20):
        await asyncio.sleep(0)
    assert went == list("abcd")
    tasks["e"].cancel()
    gate.hurry("g")
    tasks["i"] = asyncio.create_task(ask("i", first=True))
    held.set()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert went == list("abcd") + list("gifh")


@pytest.mark.fault("F74")
def test_a_history_five_times_as_long_costs_no_question_more_than_five_times_as_much(
    tmp_path: Path,
) -> None:
    """P17: pages cost the same however long it is; a hundred thousand jobs are in tests/bench."""
    few, many = (asked_of(tmp_path / str(count), count) for count in (2_000, 10_000))
    assert not {name: one for name, one in many.items() if one > LINEAR * few[name]}
    assert not {name: many[name] for name in PAGES if many[name] > 1.1 * few[name]}


PAGES = ("first page", "deep page")


def asked_of(folder: Path, count: int) -> dict[str, int]:
    """The steps of each question about so many jobs, of which all are open."""
    folder.mkdir()
    many_jobs(folder / "jobs.db", count)
    with closing(Journal(folder / "jobs.db")) as journal:
        last = journal.jobs.page("local", Query(limit=50))
        deep = Query(limit=50, before=Place(last.jobs[-1].created, f"{60:025x}").token())
        assert len(journal.jobs.page("local", deep).jobs) == 50
        questions: dict[str, Callable[[], object]] = {
            "first page": lambda: journal.jobs.page("local", Query(limit=50)),
            "deep page": lambda: journal.jobs.page("local", deep),
            "search": lambda: journal.jobs.page("local", Query(text="many", limit=50)),
            "nothing found": lambda: journal.jobs.page("local", Query(text="nowhere")),
            "counts": lambda: journal.figures.counts("local"),
            "the open ones": journal.jobs.open,
            "the list": lambda: journal.jobs.recent("local"),
            "room": journal.figures.reserved_bytes,
        }
        return {name: steps_of(journal, ask) for name, ask in questions.items()}


def test_what_is_asked_of_the_open_jobs_costs_nothing_for_those_that_are_over(
    tmp_path: Path,
) -> None:
    few, many = (asked_of_open(tmp_path / str(count), count) for count in (2_000, 10_000))
    assert not {name: one for name, one in many.items() if one > 1.1 * few[name]}


def asked_of_open(folder: Path, count: int) -> dict[str, int]:
    """The steps of each question about ten open jobs among so many."""
    folder.mkdir()
    many_jobs(folder / "jobs.db", count)
    with closing(open_database(folder / "jobs.db")) as raw:
        raw.execute("update job set state = 'done' where rowid > 10")
    with closing(Journal(folder / "jobs.db")) as journal:
        assert journal.figures.open_count() == 10
        questions: dict[str, Callable[[], object]] = {
            "how many": journal.figures.open_count,
            "the open ones": journal.jobs.open,
            "the list": lambda: journal.jobs.recent("local"),
            "room": journal.figures.reserved_bytes,
            "undecided": lambda: journal.jobs.undecided("fake"),
            "held": journal.figures.held,
        }
        return {name: steps_of(journal, ask) for name, ask in questions.items()}
