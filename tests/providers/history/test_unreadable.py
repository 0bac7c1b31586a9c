"""Rows that cannot be read, whatever is wrong with them: one of them stops no other job, and no studio."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.errors import StoreProblem
from providers.history.rows import row_sum
from providers.jobs.job import Job
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, fake_studio, press, until

pytestmark = pytest.mark.anyio
COLUMNS: tuple[tuple[str, str | float], ...] = (
    ("kind", "x"), ("kind", "\x00"), ("model", ""), ("model", "unknown:x/y"), ("state", "x"),
    ("created", float("inf")), ("created", -1e300), ("created", 1e300), ("owner", "x"), ("batch", ""),
    ("task", ""), ("words", ""),
)  # fmt: skip


async def two_under_way(folder: Path, fake: FakeVendor) -> tuple[Job, Job]:
    """Two jobs that are being made."""
    fake.updates, fake.end = [], Running(progress=0.1)
    studio = fake_studio(folder, fake)
    async with studio.running():
        jobs = [press(studio, f"a red fox, take {take}") for take in range(2)]
        return await until(studio, jobs[0], "running"), await until(studio, jobs[1], "running")


def task_of(job: Job) -> str:
    """The task that the vendor named."""
    assert job.ticket is not None
    return job.ticket.task


def rewritten(folder: Path, job: Job, change: Callable[[dict[str, JsonValue]], object]) -> str:
    """Another text in a job's row, with its checksum."""
    with closing(sqlite3.connect(folder / "jobs.db")) as database, database:
        ((doc,),) = database.execute("select doc from job where id = ?", [job.id]).fetchall()
        told = json.loads(doc)
        change(told)
        text = json.dumps(told)
        row = [text, row_sum(text), job.id]
        database.execute("update job set doc = ?, row_sum = ? where id = ?", row)
    return text


@pytest.mark.fault("F67")
@pytest.mark.parametrize(("column", "value"), COLUMNS)
async def test_a_row_whose_columns_are_damaged_too_stops_nobody(
    tmp_path: Path, column: str, value: str | float
) -> None:
    fake = FakeVendor()
    job, other = await two_under_way(tmp_path, fake)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database, database:
        question = f"update job set doc = 'x', {column} = ? where id = ?"
        database.execute(question, [value, job.id])
    fake.end = None
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        await until(studio, other, "done")
        owner = "x" if column == "owner" else "local"
        assert studio.live.get(job.id, owner).state == "unsure"
        assert len(studio.live.recent(owner)) == (1 if column == "owner" else 2)
    assert fake.created() == 2


@pytest.mark.fault("F67")
@pytest.mark.parametrize("field", ["progress", "created", "ticket", "artifacts", "request"])
async def test_a_text_that_tells_of_no_job_is_set_aside_and_stops_nobody(
    tmp_path: Path, field: str
) -> None:
    fake = FakeVendor()
    job, other = await two_under_way(tmp_path, fake)
    text = rewritten(tmp_path, job, lambda told: told.update({field: [7]}))
    fake.end = None
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        await until(studio, other, "done")
        found = studio.live.get(job.id, "local")
        assert (found.state, found.ticket and found.ticket.task) == ("unsure", task_of(job))
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        assert database.execute("select doc from damaged").fetchall() == [(text,)]
    assert fake.created() == 2


@pytest.mark.fault("F73")
@pytest.mark.parametrize("told", [{"colour": "red"}, {"state": "resting"}])
async def test_a_row_of_a_newer_version_is_refused_as_it_is(
    tmp_path: Path, told: dict[str, JsonValue]
) -> None:
    """Its tables are the same and its words are not; set aside, they would be lost to it."""
    fake = FakeVendor()
    job, _ = await two_under_way(tmp_path, fake)
    text = rewritten(tmp_path, job, lambda now: now.update(told))
    for _ in range(2):
        # The second time too: the folder is let go of.
        async with asyncio.timeout(60):
            with pytest.raises(StoreProblem, match="newer version"):
                await fake_studio(tmp_path, fake).start()
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        row = database.execute("select doc from job where id = ?", [job.id]).fetchone()
        assert row == (text,)
        assert database.execute("select count(*) from damaged").fetchone() == (0,)
