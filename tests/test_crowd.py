"""Thousands of open jobs after a restart: the vendor is asked at its pace, and the page answers at once."""

import asyncio
import time
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
from providers.jobs.journal import Journal
from providers.jobs.query import Place, Query
from providers.jobs.running.gate import AT_ONCE, Gate
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.connection import SANDBOX_KEY, Connection
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Vendor
from providers.vendors.wire import Downloads, Wire
from tests.chaos.rig import body_for
from tests.chaos.timeline import Timeline
from tests.fake_vendor import Time
from tests.histories import a_job, many_jobs, multiply, twin
from tests.meeting import Unpainted
from ui.routes import JobRoutes, SettingsRoutes

pytestmark = pytest.mark.anyio
CROWD = 5000
LOOKS = 60
"""Questions to each vendor until the test has seen enough."""
CATALOGUE = Catalogue(spec for vendor in VENDORS for spec in vendor.models)


@dataclass
class Watched(httpx.AsyncBaseTransport):
    """The road to the emulators in this process. Notes when who is asked what, and how many at once."""

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


async def a_crowd(folder: Path, timeline: Timeline) -> None:
    """One task at each vendor, made by its adapter, and copies of it on both sides of the wire."""
    vendors, each = folder / "vendors", CROWD // len(VENDORS)
    road = Watched(emulators(vendors, timeline), timeline)
    with closing(Journal(folder / "jobs.db")) as journal:
        for vendor in VENDORS:
            request = CATALOGUE.validate(read_request(body_for(vendor, "one of many")))
            async with closed(road.connect(vendor)) as connection:
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


@pytest.mark.fault("F75")
async def test_five_thousand_open_jobs_resume_at_the_vendors_pace(tmp_path: Path) -> None:
    """F75: health and the list within 2 s; no vendor is asked more often than its pace allows."""
    timeline = Timeline()
    await a_crowd(tmp_path, timeline)
    road = Watched(emulators(tmp_path / "vendors", timeline), timeline)
    studio = Studio(
        Settings(data_dir=tmp_path),
        credentials=Credentials({}),
        sleep=timeline.sleep,
        clock=timeline.clock,
    )
    for vendor in VENDORS:
        studio.connections[vendor.name] = road.connect(vendor)
    routes = [*SettingsRoutes(studio, local, local).all(), *JobRoutes(studio, local).all()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    # Time on the processor: what else this machine does is not the studio's.
    began = time.process_time()
    async with (
        going(timeline),
        studio.running(),
        httpx.AsyncClient(transport=transport, base_url="http://studio") as client,
    ):
        assert (await client.get("/healthz")).json()["open_jobs"] == CROWD
        healthy = time.process_time() - began
        assert len((await client.get("/jobs?since=0")).json()["jobs"]) == CROWD
        listed = time.process_time() - began - healthy
        async with asyncio.timeout(60):
            await road.enough.wait()
    assert healthy < 2
    assert listed < 2
    assert road.most <= AT_ONCE
    assert road.refused == 0
    for vendor in VENDORS:
        asked = road.asked[vendor.name]
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
async def test_ten_thousand_jobs_answer_within_the_budgets(tmp_path: Path) -> None:
    """P17: first and last page, search, counts and start; a hundred thousand are in tests/bench."""
    many_jobs(tmp_path / "jobs.db", 10_000)
    began = time.process_time()
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        spent = {"start": time.process_time() - began}
        last = journal.page("local", Query(limit=50))
        deep = Place(last.jobs[-1].created, f"{60:025x}").token()
        questions: dict[str, Callable[[], object]] = {
            "first page": lambda: journal.page("local", Query(limit=50)),
            "deep page": lambda: journal.page("local", Query(limit=50, before=deep)),
            "search": lambda: journal.page("local", Query(text="many", limit=50)),
            "nothing found": lambda: journal.page("local", Query(text="nowhere")),
            "counts": lambda: journal.counts("local"),
            "room": journal.room_held,
        }
        for name, ask in questions.items():
            began = time.process_time()
            ask()
            spent[name] = time.process_time() - began
        assert len(journal.page("local", Query(limit=50, before=deep)).jobs) == 50
    over = {name: one for name, one in spent.items() if one > (2.0 if name == "start" else 0.1)}
    assert not over, over
