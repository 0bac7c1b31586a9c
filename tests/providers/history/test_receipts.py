"""Receipts: each job's last step as a closed file, and a history that is brought back from them."""

import os
import shutil
import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from providers.catalogue.requests import ArtifactId, Request
from providers.durability import restore, verify
from providers.durability.backup import Backups
from providers.durability.maintenance import Maintenance
from providers.durability.opening import open_history
from providers.history import receipts
from providers.history.journal import Journal
from providers.history.query import Query
from providers.history.receipts import Receipt, Receipts
from providers.jobs.job import Job
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running, TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.support.histories import a_history, a_job, an_artifact


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    yield vault
    vault.close()


def told(folder: Path) -> dict[str, Job]:
    """What the receipts in a folder say, by job; each has one, and it is whole."""
    found: dict[str, Job] = {}
    for path in (folder / "receipts").glob("*.json"):
        receipt = Receipt.read(path)
        assert receipt is not None
        assert receipt.job.id not in found
        found[receipt.job.id] = receipt.job
    return found


def lose(folder: Path) -> None:
    """Delete the history and its log."""
    for path in folder.glob("jobs.db*"):
        path.unlink()


@pytest.mark.anyio
async def test_the_press_and_the_ticket_have_their_receipts_before_anything_follows(
    tmp_path: Path,
) -> None:
    """P2, P9: when the create call leaves, and when the task is asked about, the receipt is there."""
    seen: list[tuple[str, str | None]] = []

    class Watching(FakeVendor):
        async def submit(
            self, request: Request, uploads: Mapping[ArtifactId, str], token: str
        ) -> Ticket:
            self._look("submit")
            return await super().submit(request, uploads, token)

        async def poll(self, ticket: Ticket) -> TaskUpdate:
            self._look("poll")
            return await super().poll(ticket)

        def _look(self, call: str) -> None:
            (job,) = told(tmp_path).values()
            seen.append((call, job.ticket and job.ticket.task))

    async with running(tmp_path, Watching()) as studio:
        job = await until(studio, press(studio), "done")
    assert seen[0] == ("submit", None)
    assert set(seen[1:]) == {("poll", "task-1")}
    assert told(tmp_path) == {job.id: job}
    (file,) = (tmp_path / "receipts").iterdir()
    assert (file.parent.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.fault("F63")
@pytest.mark.parametrize("backup", [True, False])
def test_what_happened_after_the_last_backup_is_restored_from_receipts(
    vault: Vault, capsys: pytest.CaptureFixture[str], backup: bool
) -> None:
    """P9: new jobs, changed jobs, their files, their references and the press that made them."""
    folder = vault.folder
    journal = open_history(vault)
    old = a_job(journal, "old", "queued")
    if backup:
        Backups(folder).take(folder / "jobs.db")
    picture = an_artifact(vault, 2)
    journal.artifacts.add(picture)
    artifact = an_artifact(vault, 1, number=1, job=old.id)
    old = old.model_copy(update={"state": "done", "revision": journal.revisions.next()})
    old = old.model_copy(update={"artifacts": (artifact,)})
    journal.write(old, note=True)
    new = a_job(journal, "new", "waiting", client_request_id="press-1")
    asked = new.request.model_copy(update={"references": (picture.id,)})
    with_reference = a_job(journal, "with", "queued", request=asked)
    journal.close()
    vault.close()
    lose(folder)
    assert restore.main(["--data-dir", str(folder)]) == 0
    said = capsys.readouterr().out
    assert (
        "3 of them were updated from their receipts" if backup else "from their receipts"
    ) in said
    vault.open()
    with closing(open_history(vault)) as again:
        assert again.jobs.get(old.id) == old
        assert again.jobs.get(with_reference.id) == with_reference
        assert again.artifacts.get(picture.id, "local") == picture
        assert again.artifacts.get(artifact.id, "local") == artifact
        # Before it were sent, its receipt would say so.
        assert again.jobs.get(new.id) == new
        pressed = again.made_by("local", "press-1", new.request)
        assert pressed is not None
        assert pressed.id == new.id
        assert again.unbalanced() == []
        assert len(again.jobs.page("local", Query(text="new")).jobs) == 2


@pytest.mark.fault("F66")
def test_what_a_lost_log_knew_comes_back_by_itself_at_the_next_start(vault: Vault) -> None:
    """The history opens, but it is older than the receipts: an old copy, or its log is gone."""
    folder = vault.folder
    with closing(open_history(vault)) as journal:
        job = a_job(journal, "sent", "submitting", ticket=None)
    shutil.copy(folder / "jobs.db", folder / "older")
    with closing(open_history(vault)) as journal:
        update = {"state": "queued", "ticket": Ticket(task="task-7", short="7")}
        got = job.model_copy(update={**update, "revision": journal.revisions.next()})
        journal.write(got, note=True)
        late = a_job(journal, "late", "running")
    (folder / "older").replace(folder / "jobs.db")
    for path in folder.glob("jobs.db-*"):
        path.unlink()
    with closing(open_history(vault)) as journal:
        assert journal.jobs.get(job.id) == got
        assert journal.jobs.get(late.id) == late
        assert [one["state"] for one in journal.events.of(job.id)] == ["submitting", "queued"]
        assert journal.revisions.next() > late.revision


@pytest.mark.parametrize("harm", ["cut", "emptied", "flipped", "another's name", "not JSON"])
@pytest.mark.fault("F66")
def test_a_receipt_that_is_not_whole_gives_way_to_the_one_before(vault: Vault, harm: str) -> None:
    """P6, P9: a kill or a power cut in the middle of writing leaves the older one."""
    folder = vault.folder
    with closing(open_history(vault)) as journal:
        job = a_job(journal, "held", "queued")
    (whole,) = (folder / "receipts").iterdir()
    text = whole.read_text(encoding="utf-8")
    newer = whole.with_name(f"{job.id}.{job.revision + 1}.json")
    harmed = {
        "cut": text[:-40], "emptied": "", "flipped": text.replace("held", "hell"),
        "another's name": text, "not JSON": "<!doctype html>",
    }  # fmt: skip
    newer.write_text(harmed[harm], encoding="utf-8")
    (folder / "receipts" / "notes.txt").write_text("not ours")
    lose(folder)
    vault.close()
    assert restore.restore(folder)
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.jobs.get(job.id) == job


def test_receipts_go_when_two_backups_hold_what_they_tell(vault: Vault) -> None:
    """The newest copy may prove damaged; nothing is lost then either."""
    folder, time = vault.folder, Time()
    with closing(open_history(vault, clock=time.clock)) as journal:
        maintenance = Maintenance(journal, vault, clock=time.clock)
        held: list[int] = []
        for turn in range(3):
            a_job(journal, f"turn {turn}")
            now = time.now + 3700
            time.now = now
            for path in folder.glob("jobs.db*"):
                os.utime(path, (now, now))
            maintenance.tick()
            for copy in Backups(folder).all()[:1]:
                os.utime(copy.path, (now, now))
            held.append(len(Backups(folder).all()))
        assert held == [1, 2, 3]
        journal.close()
    # The third copy is the newest, the second holds two jobs.
    assert [job.request.prompt for job in told(folder).values()] == ["turn 2"]
    Backups(folder).all()[0].path.write_bytes(b"damaged")
    lose(folder)
    vault.close()
    restore.restore(folder)
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.figures.sizes()[0] == 3


def test_the_newest_state_is_written_once_and_the_line_is_short(tmp_path: Path) -> None:
    """A job that changes faster than the disk writes leaves one receipt, of its last state."""
    gate, writes = threading.Event(), list[int]()

    def fsync(handle: int) -> None:
        gate.wait(5)
        writes.append(handle)

    with closing(Journal(tmp_path / "jobs.db")) as journal:
        kept = Receipts(
            tmp_path / "receipts", journal.receipt, disk=Disk(fsync=fsync), patience=0.0
        )
        journal.leave(kept)
        job = a_job(journal, "busy", "queued")
        for number in range(50):
            update = {
                "state": "saving",
                "detail": str(number),
                "revision": journal.revisions.next(),
            }
            job = job.model_copy(update=update)
            journal.write(job, note=True)
        gate.set()
    assert told(tmp_path) == {job.id: job}
    # File and folder, at most twice: the one that was being written, and the last.
    assert len(writes) <= 4


def test_receipts_that_cannot_be_written_hold_nothing_up_and_are_told(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """A second net that tears does not tear the first one."""
    (vault.folder / "receipts").write_text("in the way")
    with closing(open_history(vault)) as journal:
        jobs = [a_job(journal, f"{number}", "queued") for number in range(3)]
        assert all(journal.jobs.get(job.id) == job for job in jobs)
        maintenance = Maintenance(journal, vault, clock=Time().clock)
        maintenance.tick()
        assert "No receipts can be written" in maintenance.notice
        told_so = [one for one in caplog.records if one.name == "studio.receipts"]
        assert len(told_so) == 1
        (vault.folder / "receipts").unlink()
        maintenance.tick()
        assert journal.receipts is not None
        journal.receipts.close()
        assert journal.receipts.failure == ""
        journal.receipts = None
        maintenance.tick()
        assert maintenance.notice == ""
    assert told(vault.folder) == {job.id: job for job in jobs}


@pytest.mark.anyio
@pytest.mark.fault("F90")
async def test_a_wiped_disk_gets_history_and_open_jobs_from_receipts_elsewhere(
    tmp_path: Path,
) -> None:
    """A Space is rebuilt: what was being made is followed to its end, and nothing is bought again."""
    bucket, data = tmp_path / "bucket", tmp_path / "data"
    fake, time = FakeVendor(end=Running(progress=0.5)), Time()

    def a_studio() -> Studio:
        return Studio(
            Settings(data_dir=data, receipts_dir=bucket), credentials=Credentials({}),
            vendors=[fake.vendor()], sleep=time.sleep, clock=time.clock,
        )  # fmt: skip

    async with a_studio().running() as _:
        pass
    studio = a_studio()
    async with studio.running():
        fake.end = None
        first = await until(studio, press(studio, "first"), "done")
        fake.end = Running(progress=0.5)
        second = await until(studio, press(studio, "second"), "running")
    shutil.rmtree(data)
    fake.end = None
    studio = a_studio()
    async with studio.running():
        assert studio.live.get(first.id, "local").state == "done"
        second = await until(studio, second, "done")
        assert studio.files.path(second.artifacts[0]).read_bytes() == png(1)
    assert fake.created() == 2


def test_a_new_history_that_was_asked_for_is_empty_and_stays_so(tmp_path: Path) -> None:
    """Old receipts are put aside, not read again, not removed."""
    a_history(tmp_path, 2)
    assert len(told(tmp_path)) == 2
    lose(tmp_path)
    said = " ".join(restore.begin_anew(tmp_path))
    assert "aside-" in said
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.figures.sizes()[0] == 0
    vault.close()
    assert len(list((tmp_path / "receipts").glob("aside-*/*.json"))) == 2


def test_a_task_that_another_job_holds_is_not_taken_from_it(vault: Vault) -> None:
    """A receipt that does not fit leaves the history as it is, and the start goes on."""
    with closing(open_history(vault)) as journal:
        job = a_job(journal, "mine", "queued", ticket=Ticket(task="one", short="one"))
        receipt = journal.receipt(job.id)
    twin = receipt.job.model_copy(update={"id": "twin", "token": "other", "revision": 9**17})
    path = vault.folder / "receipts" / f"twin.{9**17}.json"
    path.write_text(receipt.model_copy(update={"job": twin}).text(), encoding="utf-8")
    with closing(open_history(vault)) as journal:
        assert journal.jobs.get(job.id) == job
        assert journal.figures.sizes()[0] == 1
    assert receipts.Receipt.read(path) is not None


def test_the_commands_say_what_is_wrong_and_touch_nothing_that_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped folder is not made, a whole history not replaced, and receipts are offered."""
    nowhere = tmp_path / "nowhere"
    for command in (restore.main, verify.main):
        assert command(["--data-dir", str(nowhere)]) == 1
        assert "There is no data folder" in capsys.readouterr().err
    assert not nowhere.exists()
    folder = tmp_path / "a folder"
    a_history(folder, 2)
    Backups(folder).take(folder / "jobs.db")
    before = (folder / "jobs.db").read_bytes()
    assert restore.main(["--data-dir", str(folder)]) == 1
    assert "intact and newer than every backup" in capsys.readouterr().err
    assert (folder / "jobs.db").read_bytes() == before
    (backup,) = Backups(folder).all()
    assert restore.main(["--data-dir", str(folder), "--backup", backup.path.name]) == 0
    assert f"verify --data-dir '{folder}' --adopt" in capsys.readouterr().out
    backup.path.unlink()
    lose(folder)
    assert verify.main(["--data-dir", str(folder)]) == 1
    assert "receipts for 2 jobs" in capsys.readouterr().err
