"""F110: a clock that was wrong by days and is set right takes no file, and tells no balance of tomorrow."""

import asyncio
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from providers.catalogue.models import Cost
from providers.durability.backup import DAILY, HOURLY, Backups
from providers.durability.deletion import delete
from providers.durability.maintenance import Maintenance, RunnerCalls
from providers.durability.opening import open_history
from providers.durability.restore import restore
from providers.errors import Unclear
from providers.jobs.job import Job, State
from providers.library.vault import Vault
from providers.vendors.vendor import KeyCheck, Ticket
from tests.support.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.support.histories import a_job, an_artifact

DAYS = 86400.0


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    yield vault
    vault.close()


@pytest.mark.fault("F110")
@pytest.mark.parametrize("state", ["waiting", "done"])
def test_a_file_that_a_job_was_made_from_stays_though_the_clock_was_set_back_between_them(
    vault: Vault, state: State
) -> None:
    with closing(open_history(vault)) as journal:
        job = a_job(journal, "made", "running", created=time.time() + 9 * DAYS)
        artifact = an_artifact(vault, 1, number=1, job=job.id)
        update = {"state": "done", "artifacts": (artifact,), "revision": journal.revisions.next()}
        journal.write(job.model_copy(update=update), note=True)
        asked = job.request.model_copy(update={"references": (artifact.id,)})
        a_job(journal, "made from it", state, request=asked)
        delete(journal, vault, job.id, "local")
        assert journal.artifacts.get(artifact.id, "local").job is None
        assert vault.path(artifact.sha256).read_bytes() == png(1)


class Rich(FakeVendor):
    """Tells what the account holds, and forgets nothing."""

    async def check(self) -> KeyCheck:
        self.asked.append("check")
        return KeyCheck(ok=True, sentence="The key works.", balance=Cost(amount=7.0, unit="$"))


@pytest.mark.fault("F110")
@pytest.mark.anyio
async def test_the_balance_before_a_call_is_never_of_a_later_moment(tmp_path: Path) -> None:
    """The clock was ahead when it was told, and is set right before the next call."""
    fake, clock = Rich(accepts_unclear=False), Time()
    async with running(tmp_path, fake, time=clock) as studio:
        await until(studio, press(studio), "done")
        fake.creates = [Unclear("The response was lost.")]
        clock.now -= 9 * DAYS
        asked = fake.asked.count("check")
        async with asyncio.timeout(60):
            job = await until(studio, press(studio, "lost"), "unsure")
    assert job.evidence is not None
    assert job.evidence.before_at is not None
    assert job.evidence.now_at is not None
    assert job.submitted is not None
    assert job.evidence.before_at <= job.submitted <= job.evidence.now_at
    assert fake.asked.count("check") == asked + 2


@pytest.mark.fault("F110")
def test_copies_go_on_after_the_clock_was_set_back_and_the_newest_is_the_one_that_knows_most(
    vault: Vault,
) -> None:
    """Those of the wrong days neither push the new ones out nor are taken for newer."""
    clock, path = Time(), vault.folder / "jobs.db"
    with closing(open_history(vault, clock=clock.clock)) as journal:
        backups = Backups(vault.folder, clock=clock.clock)
        clock.now += 400 * DAYS
        for hour in range(HOURLY + DAILY):
            a_job(journal, f"ahead {hour}")
            clock.now += 3601
            assert backups.take_if_due(path) is not None
        clock.now -= 400 * DAYS
        for hour in range(3):
            a_job(journal, f"right {hour}")
            newest = backups.take_if_due(path)
            assert newest is not None
            assert (backups.all()[0].path, backups.take_if_due(path)) == (newest, None)
            clock.now += 3601
        assert backups.held_twice() < journal.revisions.latest == backups.all()[0].revision()
    vault.close()
    path.unlink()
    restore(vault.folder)
    vault.open()
    with closing(open_history(vault, clock=clock.clock)) as journal:
        assert journal.figures.sizes()[0] == HOURLY + DAILY + 3


@pytest.mark.fault("F110")
@pytest.mark.anyio
async def test_a_failed_task_is_looked_at_again_though_its_last_look_seems_to_come_yet(
    vault: Vault,
) -> None:
    seen, clock = list[str](), Time()

    async def look(job: Job) -> None:
        seen.append(job.id)

    with closing(open_history(vault, clock=clock.clock)) as journal:
        at = clock.now + 99 * DAYS
        ticket = Ticket(task="7", short="7")
        job = a_job(journal, "failed", "failed", created=clock.now, updated=at, ticket=ticket)
        maintenance = Maintenance(journal, vault, clock=clock.clock, calls=RunnerCalls(late=look))
        await maintenance.do_what_is_due()
    assert seen == [job.id]
