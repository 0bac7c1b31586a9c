"""Thousands of open jobs after a restart: the vendor is asked at its pace, and the page answers at once."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from providers.jobs.gate import AT_ONCE, Gate
from providers.jobs.journal import Journal
from providers.jobs.query import Place, Query
from providers.vendors.vendor import Running, TaskUpdate, Ticket
from tests.fake_vendor import FakeVendor, Time, fake_studio
from tests.histories import many_jobs
from ui.routes import JobRoutes, SettingsRoutes

pytestmark = pytest.mark.anyio
CROWD = 5000


@dataclass
class Counting(FakeVendor):
    """Notes when it is asked, about which task, and how many ask at the same time."""

    time: Time = field(default_factory=Time)
    polls: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    at_once: int = 0
    most: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        self.polls.append((self.time.now, ticket.task))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if len(self.polls) >= 400:
            self.enough.set()
        return Running()


def local(_: HTTPConnection) -> str:
    return "local"


@pytest.mark.fault("F75")
async def test_five_thousand_open_jobs_resume_at_the_vendors_pace(tmp_path: Path) -> None:
    """F75: health and the list within 2 s; no more questions than the connection's pace allows."""
    many_jobs(tmp_path / "jobs.db", CROWD)
    fake = Counting()
    studio = fake_studio(tmp_path, fake, time=fake.time)
    routes = [*SettingsRoutes(studio, local).all(), *JobRoutes(studio, local).all()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    # Time on the processor: what else this machine does is not the studio's.
    began = time.process_time()
    async with (
        studio.running(),
        httpx.AsyncClient(transport=transport, base_url="http://studio") as client,
    ):
        assert (await client.get("/healthz")).json()["open_jobs"] == CROWD
        healthy = time.process_time() - began
        assert len((await client.get("/jobs?since=0")).json()["jobs"]) == CROWD
        listed = time.process_time() - began - healthy
        async with asyncio.timeout(60):
            await fake.enough.wait()
        pace = studio.connections["fake"].pace
    assert healthy < 2
    assert listed < 2
    asked = [at for at, _ in fake.polls]
    spacing = pace.image_every / AT_ONCE
    # A few at once after a pause; over any longer time no more than one for each spacing.
    for before, at in enumerate(asked):
        spent = (at - asked[0]) / spacing
        assert before <= AT_ONCE - 1 + spent * 1.01
    assert fake.most <= AT_ONCE
    assert len({task for _, task in fake.polls}) == len(fake.polls), "one was asked twice"
    assert fake.created() == 0


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
