"""No file is written on the server's loop: each write there keeps everybody waiting for a slow disk."""

import os
import sys
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from providers.history.marks import Marks
from providers.running.refuge import usual_place
from providers.vendors.vendor import Running, TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, fake_studio, png, press, until
from tests.support.refusing import refused

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F107")]
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate", "os.utime"})
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Watch:
    """What one thread changes on the disk in some folders, as Python itself tells of it."""

    def __init__(self) -> None:
        self.thread = 0
        self.folders: tuple[str, ...] = ()
        self.seen: list[str] = []
        # It cannot be taken away again, so there is one for all tests.
        sys.addaudithook(self._hear)

    def _hear(self, event: str, told: tuple[object, ...]) -> None:
        if self.thread != threading.get_ident() or not told:
            return
        opens = event == "open" and isinstance(told[2], int) and told[2] & WRITES
        if (opens or event in CHANGES) and str(told[0]).startswith(self.folders):
            self.seen.append(f"{event} {told[0]}")


WATCH = Watch()


@contextmanager
def watched(*folders: Path) -> Generator[list[str]]:
    """What this thread changes in these folders meanwhile."""
    WATCH.folders, WATCH.seen = tuple(map(str, folders)), []
    WATCH.thread = threading.get_ident()
    try:
        yield WATCH.seen
    finally:
        WATCH.thread = 0


async def _pieces(content: bytes) -> AsyncGenerator[bytes]:
    yield content


def test_the_watch_sees_what_is_written_and_what_is_read_it_passes_over(tmp_path: Path) -> None:
    with watched(tmp_path) as seen:
        (tmp_path / "one").write_bytes(b"1")
        (tmp_path / "one").read_bytes()
        (tmp_path / "one").replace(tmp_path / "two")
        (tmp_path / "two").unlink()
    assert [line.split()[0] for line in seen] == ["open", "os.rename", "os.remove"]


async def test_a_job_from_its_press_to_its_deletion_writes_nothing_on_the_loop(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(files=2)
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    with watched(tmp_path, usual_place()) as seen:
        kept = await studio.files.keep("local", "in.png", _pieces(png()))
        job = await studio.opened.aside(lambda: press(studio, references=[kept.id]))
        job = await until(studio, job, "done")
        await studio.keeping.put_marks(job.id, "local", Marks(starred=True))
        await studio.files.thumb(
            job.artifacts[0],
        )
        await studio.files.poster(job.artifacts[1])
        again = await studio.opened.aside(lambda: studio.decisions.retry(job.id, "local"))
        await studio.decisions.cancel(again.id, "local")
        await until(studio, again, "cancelled", "done")
        await studio.decisions.delete(job.id, "local")
        await studio.stop()
    assert seen == []


class Strange(FakeVendor):
    is_broken = False

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        if self.is_broken:
            raise ArithmeticError
        return await super().poll(ticket)


TICKET = "new.task is not null and old.task is null"


@pytest.mark.fault("F57", "F101")
@pytest.mark.parametrize("breaks", [False, True])
async def test_a_job_that_needs_its_refuge_or_breaks_writes_nothing_on_the_loop(
    tmp_path: Path, breaks: bool
) -> None:
    fake = Strange(end=Running(progress=0.1))
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    with watched(tmp_path, usual_place()) as seen:
        with refused(tmp_path, TICKET), studio.live.watch("local") as changes:
            job = await studio.opened.aside(lambda: press(studio))
            while not (usual_place() / f"{job.id}.json").exists():
                await changes.get()
        seen.clear()
        await until(studio, job, "running")
        fake.is_broken = breaks
        fake.end = None
        await until(studio, job, "unsure" if breaks else "done")
        await studio.stop()
    assert seen == []
    assert not (usual_place() / f"{job.id}.json").exists()
    assert fake.created() == 1


@pytest.mark.slow
async def test_a_stop_that_keeps_a_paid_task_elsewhere_writes_nothing_on_the_loop(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    with refused(tmp_path, TICKET), studio.live.watch("local") as changes:
        job = await studio.opened.aside(lambda: press(studio))
        while not (usual_place() / f"{job.id}.json").exists():
            await changes.get()
        with watched(tmp_path, usual_place()) as seen:
            await studio.stop()
        assert seen == []
        assert (usual_place() / f"{job.id}.json").exists()
    fake.end = None
    again = fake_studio(tmp_path, fake)
    async with again.running():
        await until(again, job, "done")
    assert fake.created() == 1
