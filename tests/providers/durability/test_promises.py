"""The receipt of a job that was not sent is a promise: kept until it is sent, and believed first hand alone."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from providers.catalogue.requests import ArtifactId, Request
from providers.durability import opening, restore
from providers.durability.backup import Backups
from providers.durability.maintenance import Maintenance
from providers.durability.opening import open_history
from providers.history.journal import Journal
from providers.history.query import Query
from providers.history.receipts import Receipt, Receipts
from providers.jobs.job import Job, JobId
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.vendors.vendor import Running, Ticket
from tests.support.fake_vendor import FakeVendor, Time, press, until
from tests.support.histories import a_job, as_if_killed
from tests.support.promises import Failing, pressed_twice, studio_on

pytestmark = pytest.mark.anyio


def told(folder: Path, job: Job) -> list[Receipt]:
    """The receipts of a job, the newest last."""
    paths = sorted(folder.glob(f"{job.id}.*.json"))
    return [receipt for path in paths if (receipt := Receipt.read(path)) is not None]


def lose(folder: Path) -> None:
    """Delete the history and its log."""
    for path in folder.glob("jobs.db*"):
        path.unlink()


@pytest.mark.fault("F63")
@pytest.mark.parametrize("backup", [True, False])
async def test_a_job_that_was_never_sent_waits_on_after_the_history_is_restored(
    tmp_path: Path, backup: bool
) -> None:
    """Nobody is asked about it, and it is sent once."""
    fake = FakeVendor()
    first, second = await pressed_twice(tmp_path, fake)
    if backup:
        Backups(tmp_path).take(tmp_path / "jobs.db")
    lose(tmp_path)
    restore.restore(tmp_path)
    async with studio_on(tmp_path, fake) as studio:
        await until(studio, first, "done")
        await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 0)


@pytest.mark.fault("F63", "F19")
async def test_what_was_sent_has_a_receipt_that_says_so_before_it_leaves(tmp_path: Path) -> None:
    seen: list[Receipt] = []

    class Watching(FakeVendor):
        async def submit(
            self, request: Request, uploads: Mapping[ArtifactId, str], token: str
        ) -> Ticket:
            seen.extend(one for path in receipts.glob("*") if (one := Receipt.read(path)))
            return await super().submit(request, uploads, token)

    receipts = tmp_path / "receipts"
    async with studio_on(tmp_path, Watching()) as studio:
        await until(studio, press(studio), "done")
    (receipt,) = seen
    assert (receipt.job.state, receipt.promised) == ("submitting", 0)
    assert receipt.job.submitted is not None


def copied(folder: Path) -> None:
    """All receipts are those of a copy that was put back."""
    shutil.copytree(folder / "receipts", folder / "copy", copy_function=shutil.copy2)
    shutil.rmtree(folder / "receipts")
    (folder / "copy").rename(folder / "receipts")
    for path in (folder / "receipts").iterdir():
        # A copy that was made a minute later.
        text = path.read_text(encoding="utf-8")
        receipt = Receipt.read(path)
        assert receipt is not None
        early = receipt.model_copy(update={"promised": receipt.promised - 60})
        assert text != early.text()
        path.write_text(early.text(), encoding="utf-8")


def spoiled(folder: Path) -> None:
    """A newer receipt was begun and not finished."""
    for path in list((folder / "receipts").iterdir()):
        job, revision, _ = path.name.split(".")
        path.with_name(f"{job}.{int(revision) + 1}.json").write_text('{"sum":"')


def moved_out(folder: Path) -> None:
    """The studio used other receipts since."""
    (folder / "RECEIPTS").write_text("1:1")


@pytest.mark.fault("F63")
@pytest.mark.parametrize("harm", [copied, spoiled, moved_out])
@pytest.mark.parametrize("backup", [True, False])
async def test_a_promise_is_believed_first_hand_alone(
    tmp_path: Path, harm: Callable[[Path], None], backup: bool
) -> None:
    """Else the job is looked for, as the vendor may have it."""
    fake = FakeVendor(accepts_unclear=False)
    _, second = await pressed_twice(tmp_path, fake)
    fake.requests.append(second.request)
    if backup:
        Backups(tmp_path).take(tmp_path / "jobs.db")
    harm(tmp_path)
    lose(tmp_path)
    restore.restore(tmp_path)
    async with studio_on(tmp_path, fake) as studio:
        await until(studio, second, "unsure")
    assert fake.created() == 1


@pytest.mark.fault("F63", "F90")
async def test_receipts_that_were_left_behind_promise_nothing(tmp_path: Path) -> None:
    """They lay elsewhere for a while: what was sent meanwhile is not told by those here."""
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    fake = FakeVendor()
    first, second = await pressed_twice(data, fake)
    async with studio_on(data, fake, receipts=elsewhere) as studio:
        await until(studio, second, "done")
    lose(data)
    restore.restore(data)
    fake.tokens = {first.token: "task-1", second.token: "task-2"}
    async with studio_on(data, fake) as studio:
        # Those of the first job here are as good as ever: they name its task.
        await until(studio, first, "done")
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F60")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Open files are told under /proc.")
async def test_nothing_is_sent_while_its_receipt_still_promises_that_it_was_not(
    tmp_path: Path,
) -> None:
    disk, fake = Failing(), FakeVendor()
    _, second = await pressed_twice(tmp_path, fake)
    (receipt,) = told(tmp_path / "receipts", second)
    assert receipt.promised
    disk.fails = True
    async with studio_on(tmp_path, fake, disk=Disk(fsync=disk.fsync)) as studio:
        with studio.live.watch("local") as queue:
            async with asyncio.timeout(60):
                said = 0
                while said < 3:
                    said += "No receipts can be written" in (await queue.get()).detail
        assert (fake.created(), studio.live.get(second.id, "local").state) == (1, "submitting")
        disk.fails = False
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F90")
@pytest.mark.parametrize("where", ["receipts", "../elsewhere"])
def test_receipts_elsewhere_outlive_the_copies_of_a_history_that_are_wiped_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Here the copies are enough; there open jobs stay, and the newest others up to a bound."""
    monkeypatch.setattr(opening, "OUTSIDE", 2)
    vault, time = Vault(tmp_path / "data", reserve=0), Time()
    vault.open()
    receipts = (vault.folder / where).resolve()
    with closing(open_history(vault, clock=time.clock, receipts=receipts)) as journal:
        kept = [a_job(journal, "made", "queued"), a_job(journal, "unsent", "waiting")]
        done = [a_job(journal, f"done {number}") for number in range(4)]
        maintenance = Maintenance(journal, vault, clock=time.clock)
        for turn in range(3):
            a_job(journal, f"later {turn}")
            time.now += 3700
            for path in vault.folder.glob("jobs.db*"):
                os.utime(path, (time.now, time.now))
            maintenance.tick()
            for copy in Backups(vault.folder).all()[:1]:
                os.utime(copy.path, (time.now, time.now))
        later = journal.jobs.page("local", Query(text="later")).jobs
    left = {path.name.split(".")[0] for path in receipts.iterdir()}
    wanted = {job.id for job in (*kept, later[0])}
    if where != "receipts":
        # What no copy holds, and two of those that two copies hold.
        wanted |= {job.id for job in later}
    assert left == wanted
    assert len(done) == 4
    vault.close()


@pytest.mark.fault("F66")
def test_a_ticket_in_a_receipt_counts_for_more_than_a_doubt(tmp_path: Path) -> None:
    """The newest writes of the history are lost with its log: the receipt of the ticket is not."""
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        job = a_job(journal, "sent", "waiting")
    shutil.copy(tmp_path / "jobs.db", tmp_path / "older")
    with closing(open_history(vault)) as journal:
        update = {
            "state": "queued",
            "submitted": job.created,
            "ticket": Ticket(task="7", short="7"),
        }
        got = job.model_copy(update={**update, "revision": journal.revisions.next()})
        journal.write(got, note=True)
    vault.close()
    (tmp_path / "older").replace(tmp_path / "jobs.db")
    for path in tmp_path.glob("jobs.db-*"):
        path.unlink()
    as_if_killed(tmp_path)
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.jobs.get(job.id) == got
    vault.close()


@pytest.mark.fault("F63", "F66")
async def test_a_promise_that_a_power_cut_brought_back_does_not_outlive_what_came_after(
    tmp_path: Path,
) -> None:
    """Both files lie there then; when the newer one goes, since copies hold it, the older one goes before."""
    fake, receipts = FakeVendor(), tmp_path / "receipts"
    _, second = await pressed_twice(tmp_path, fake)
    early = Backups(tmp_path).take(tmp_path / "jobs.db")
    (promise,) = receipts.glob(f"{second.id}.*.json")
    kept = promise.read_bytes()
    async with studio_on(tmp_path, fake) as studio:
        await until(studio, second, "done")
    promise.write_bytes(kept)
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.receipts is not None
        journal.receipts.prune(journal.revisions.latest, journal.figures.held())
    vault.close()
    assert not [*receipts.glob(f"{second.id}.*.json")]
    restore.restore(tmp_path, name=early.name)
    async with studio_on(tmp_path, fake) as studio:
        await until(studio, second, "done")
    assert fake.created() == 2


@pytest.mark.fault("F63")
async def test_a_promise_is_not_written_for_a_job_that_was_sent_while_it_was_made(
    tmp_path: Path,
) -> None:
    """The job was read before its create call left, and nobody waited for a receipt that was no promise yet."""
    begun, goes_on = threading.Event(), threading.Event()
    with closing(Journal(tmp_path / "jobs.db")) as journal:

        def read(job_id: JobId) -> Receipt:
            receipt = journal.receipt(job_id)
            begun.set()
            goes_on.wait(5)
            return receipt

        trail = Receipts(tmp_path / "receipts", read, patience=0.01, home=tmp_path)
        journal.leave(trail)
        job = a_job(journal, "slow", "waiting")
        await asyncio.to_thread(begun.wait, 5)
        update = {"state": "submitting", "submitted": 1.0, "revision": journal.revisions.next()}
        sent = job.model_copy(update=update)
        journal.write(sent, note=True)
        is_sent = await trail.settle(sent)
        written = list[Receipt]()
        watched = Disk(fsync=lambda _: written.extend(told(tmp_path / "receipts", job)))
        trail._disk = watched  # pyright: ignore[reportPrivateUsage]
        goes_on.set()
    assert is_sent
    assert written
    assert not any(receipt.promised for receipt in written)


@pytest.mark.fault("F63", "F72")
async def test_receipts_of_another_data_folder_promise_nothing(tmp_path: Path) -> None:
    """Two studios were given one folder: what waits in one of them is not sent by the other."""
    one, other, shared = tmp_path / "one", tmp_path / "other", tmp_path / "shared"
    fake = FakeVendor()
    async with studio_on(other, fake, receipts=shared):
        pass
    fake.end = Running(progress=0.5)
    async with studio_on(one, fake, receipts=shared) as studio:
        await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
    fake.end = None
    async with studio_on(other, fake, receipts=shared) as studio:
        await until(studio, second, "unsure")
    assert fake.created() == 1


def put_back(folder: Path) -> None:
    """The copy takes the place of the folder, file by file, as programs for copies do it."""
    for path in (folder.parent / "copy").rglob("*"):
        target = folder / path.relative_to(folder.parent / "copy")
        if path.is_file():
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(path, target.with_name("new"))
            target.with_name("new").replace(target)


@pytest.mark.fault("F76")
@pytest.mark.parametrize("back", [False, True])
async def test_what_waits_in_a_copy_of_a_data_folder_is_looked_for_before_it_is_sent(
    tmp_path: Path, back: bool
) -> None:
    """The folder that was copied went on meanwhile; the copy is used elsewhere, or put back."""
    fake, data, copy = FakeVendor(), tmp_path / "data", tmp_path / "copy"
    _, second = await pressed_twice(data, fake)
    shutil.copytree(data, copy)
    async with studio_on(data, fake) as studio:
        await until(studio, second, "done")
    if back:
        shutil.rmtree(data / "receipts")
        for log in data.glob("jobs.db-*"):
            log.unlink()
        put_back(data)
    async with studio_on(data if back else copy, fake) as studio:
        found = await until(studio, second, "done")
    assert (fake.created(), fake.asked.count("find")) == (2, 1)
    assert found.attempts == 0
