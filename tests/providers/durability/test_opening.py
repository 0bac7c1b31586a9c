"""A history that was lost, damaged, moved or copied: refused, kept aside, brought back, never begun anew."""

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from providers.durability import restore, verify
from providers.durability.backup import DAILY, HOURLY, STAMP, Backups
from providers.durability.maintenance import EVERY, Maintenance
from providers.durability.opening import FAR, open_history
from providers.errors import StoreProblem
from providers.history.query import Query
from providers.library.derived import Derived
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.studio.opened import Opened
from providers.studio.upkeep import Upkeep
from providers.vendors.connection import Sandbox
from tests.support.damage import flip
from tests.support.fake_vendor import FakeVendor, running, until
from tests.support.histories import a_history, a_job, as_if_killed, opened

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "header": lambda whole: b"\0" * 100 + whole[100:],
    "page": lambda whole: whole[:8192] + b"\xff" * 8192 + whole[16384:],
    "html": lambda _: b"<!doctype html><p>Sign in</p>" * 50,
    "half": lambda whole: whole[: len(whole) // 2],
}


def prompts(folder: Path) -> set[str]:
    """What the history tells, by prompts."""
    with closing(opened(folder)) as journal:
        return {job.request.prompt for job in journal.jobs.page("local", Query()).jobs}


@pytest.mark.parametrize("loss", ["deleted", "emptied", *DAMAGE])
@pytest.mark.fault("F63", "F64")
def test_a_lost_history_is_refused_and_the_newest_backup_takes_its_place(
    tmp_path: Path, loss: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """F63, F64: refused with the backup and the command in the sentence; the damaged file stays."""
    path = tmp_path / "jobs.db"
    a_history(tmp_path, 8)
    Backups(tmp_path).take(path)
    if loss == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"" if loss == "emptied" else DAMAGE[loss](path.read_bytes()))
    left = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(
            StoreProblem, match=r"newest backup is from 20.*providers.durability.restore"
        ) as e:
            opened(tmp_path)
        assert ("damaged" in str(e.value)) == (loss in DAMAGE)
    assert (path.read_bytes() if path.exists() else None) == left
    assert restore.main(["--data-dir", str(tmp_path)]) == 0
    assert "8 jobs and 8 files" in capsys.readouterr().out
    assert prompts(tmp_path) == {f"fox {number}" for number in range(8)}
    aside = list((tmp_path / "backup").glob("damaged-*.db"))
    assert [file.read_bytes() for file in aside] == ([] if left is None else [left])


@pytest.mark.fault("F63")
def test_a_lost_history_without_a_backup_is_refused_too(tmp_path: Path) -> None:
    """F63: the sentinel alone says that there was one."""
    opened(tmp_path).close()
    (tmp_path / "jobs.db").unlink()
    with pytest.raises(StoreProblem, match="no backup of it"):
        opened(tmp_path)
    assert restore.main(["--data-dir", str(tmp_path)]) == 1


@pytest.mark.fault("F63")
def test_without_a_backup_a_new_history_is_begun_only_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F63: the files stay, and are taken in again."""
    a_history(tmp_path, 2)
    (tmp_path / "jobs.db").write_bytes(b"not a database any more")
    shutil.rmtree(tmp_path / "receipts")
    with pytest.raises(StoreProblem, match="--begin-anew"):
        opened(tmp_path)
    assert restore.main(["--data-dir", str(tmp_path), "--begin-anew"]) == 0
    assert "A new history is started" in capsys.readouterr().out
    assert prompts(tmp_path) == set()
    assert verify.main(["--data-dir", str(tmp_path), "--adopt"]) == 0
    with closing(opened(tmp_path)) as journal:
        assert journal.figures.sizes() == (2, 2)
    assert len(list((tmp_path / "backup").glob("damaged-*.db"))) == 1


@pytest.mark.fault("F64")
def test_a_damaged_backup_is_passed_over(tmp_path: Path) -> None:
    """F64: the newest sound one is taken, and a named one if that is wanted."""
    a_history(tmp_path, 1)
    for hour in (10, 11):
        Backups(tmp_path, clock=lambda hour=hour: 1_800_000_000.0 + hour * 3600).take(
            tmp_path / "jobs.db"
        )
    newest = Backups(tmp_path).all()[0]
    newest.path.write_bytes(b"nothing")
    assert not newest.is_sound()
    (tmp_path / "jobs.db").unlink()
    assert restore.main(["--data-dir", str(tmp_path), "--backup", newest.path.name]) == 1
    assert restore.main(["--data-dir", str(tmp_path)]) == 0
    assert prompts(tmp_path) == {"fox 0"}


def test_a_folder_in_use_is_not_restored(tmp_path: Path) -> None:
    a_history(tmp_path, 1)
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    assert restore.main(["--data-dir", str(tmp_path)]) == 1
    vault.close()


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["restored", "log lost"])
@pytest.mark.fault("F66")
async def test_what_an_old_history_calls_unsent_is_looked_for_and_not_sent(
    tmp_path: Path, way: str
) -> None:
    """F66: a job that was sent after the last copy, or in a lost log, is never bought again."""
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    journal = open_history(vault)
    sent, unsent = a_job(journal, "sent", "waiting"), a_job(journal, "unsent", "waiting")
    journal.close()
    vault.close()
    shutil.rmtree(tmp_path / "receipts")
    if way == "restored":
        Backups(tmp_path).take(tmp_path / "jobs.db")
        (tmp_path / "jobs.db").unlink()
        assert restore.main(["--data-dir", str(tmp_path)]) == 0
    else:
        as_if_killed(tmp_path)
    fake = FakeVendor(tokens={sent.token: "task-1"}, requests=[sent.request, unsent.request])
    async with running(tmp_path, fake) as studio:
        await until(studio, sent, "done")
        await until(studio, unsent, "unsure")
    assert fake.created() == 0


@pytest.mark.parametrize("way", ["deleted", "replaced"])
@pytest.mark.fault("F65")
def test_a_history_that_vanishes_while_it_is_used_is_rescued(tmp_path: Path, way: str) -> None:
    """F65: noticed within a minute; nothing more is written, and memory is saved to a new file."""
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    journal = open_history(vault)
    maintenance = Maintenance(journal, vault, clock=time.time)
    first = a_job(journal, "first")
    maintenance.tick()
    assert (maintenance.notice, journal.database.is_frozen) == ("", False)
    assert EVERY <= 60
    (tmp_path / "jobs.db").unlink()
    if way == "replaced":
        (tmp_path / "jobs.db").write_bytes(b"another file")
    a_job(journal, "second", "waiting")
    maintenance.tick()
    assert "Stop the studio" in maintenance.notice
    assert "providers.durability.restore" in maintenance.notice
    with pytest.raises(StoreProblem, match="nothing new is written"):
        journal.write(first, note=True)
    assert journal.jobs.get(first.id) == first
    journal.close()
    vault.close()
    assert restore.main(["--data-dir", str(tmp_path)]) == 0
    assert prompts(tmp_path) == {"first", "second"}
    with closing(opened(tmp_path)) as again:
        # Nothing was sent after it was saved, so nothing is in doubt.
        assert [job.state for job in again.jobs.open()] == ["waiting"]


# Rows


@pytest.mark.fault("F67")
def test_a_flipped_row_is_set_aside_and_the_rest_is_usable(tmp_path: Path) -> None:
    """F67: bits that SQLite does not notice; what the other columns tell is kept."""
    first, second, third = a_history(tmp_path, 3)
    flip(tmp_path / "jobs.db", second)
    flip(tmp_path / "jobs.db", third, "artifact")
    with closing(opened(tmp_path)) as journal:
        found = {job.id: job for job in journal.jobs.page("local", Query()).jobs}
        assert found[first.id] == first
        assert found[third.id] == third
        mended = found[second.id]
        assert (mended.state, mended.request.prompt) == ("done", "fox 1")
        assert mended.artifacts == second.artifacts
        assert mended.ticket is not None
        assert second.ticket is not None
        assert mended.ticket.task == second.ticket.task
        assert journal.figures.damaged() == 1
        assert journal.artifacts.get(third.artifacts[0].id, "local") == third.artifacts[0]
    with closing(opened(tmp_path)) as journal:
        assert journal.jobs.get(second.id) == mended
        assert journal.figures.damaged() == 1


@pytest.mark.anyio
@pytest.mark.fault("F67")
async def test_an_open_job_with_a_flipped_row_waits_for_the_person(tmp_path: Path) -> None:
    """F67, P4: nobody knows how far it was, so it is not sent; its task is found when asked."""
    with closing(opened(tmp_path)) as journal:
        jobs = [a_job(journal, "sent", "waiting"), a_job(journal, "held", "queued", sandbox=True)]
    for job in jobs:
        flip(tmp_path / "jobs.db", job)
    fake = FakeVendor()
    async with running(tmp_path, fake) as studio:
        for job in jobs:
            found = studio.live.get(job.id, "local")
            assert found.state == "unsure"
            assert found.error is not None
            assert "damaged on the disk" in found.error.message
        assert studio.live.open_count == 0
    assert fake.asked == []


# Copies


def test_a_copy_is_taken_hourly_and_only_after_a_change(tmp_path: Path) -> None:
    a_history(tmp_path, 1)
    path, now = tmp_path / "jobs.db", time.time()
    backups = Backups(tmp_path, clock=lambda: now)
    first = backups.take_if_due(path)
    assert first is not None
    now += 3500
    assert backups.take_if_due(path) is None
    now += 200
    assert backups.take_if_due(path) is None
    with closing(opened(tmp_path)) as journal:
        a_job(journal, "later")
        assert backups.take_if_due(path) not in (None, first)
    assert len(backups.all()) == 2
    assert all(one.is_sound() for one in backups.all())


def test_a_copy_is_not_taken_where_it_would_fill_the_disk(tmp_path: Path) -> None:
    """The keeper says so, on the Settings tab and in the log, and tries again each minute."""
    a_history(tmp_path, 1)
    free = [10 << 20]
    vault = Vault(tmp_path, disk=Disk(free=lambda _: free[0]), reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        maintenance = Maintenance(journal, vault, clock=time.time)
        maintenance.tick()
        assert "could not be backed up" in maintenance.notice
        assert "Free some space" in maintenance.notice
        free[0] = 1 << 30
        maintenance.tick()
    vault.close()
    assert (maintenance.notice, len(Backups(tmp_path).all())) == ("", 1)


def test_copies_are_thinned_out_with_age(tmp_path: Path) -> None:
    a_history(tmp_path, 1)
    folder = tmp_path / "backup"
    folder.mkdir()
    hours = 24 * 12
    for hour in range(hours):
        stamp = time.strftime(STAMP, time.gmtime(1_800_000_000 + hour * 3600))
        for kind in ("jobs", "lifted") if hour % 48 == 0 else ("jobs",):
            (folder / f"{kind}-{stamp}.db").write_bytes(b"")
    (folder / "damaged-20270101T000000Z.db").write_bytes(b"")
    (folder / "rescued-20270101T000000Z.db").write_bytes(b"")
    Backups(tmp_path, clock=lambda: 1_800_000_000 + hours * 3600.0).take(tmp_path / "jobs.db")
    kinds = [one.kind for one in Backups(tmp_path).all()]
    days = {one.stamp[:8] for one in Backups(tmp_path).all() if one.kind == "jobs"}
    assert HOURLY + DAILY - 2 <= kinds.count("jobs") <= HOURLY + DAILY
    assert len(days) == DAILY
    assert (kinds.count("lifted"), kinds.count("rescued")) == (3, 1)
    assert len(list(folder.glob("damaged-*"))) == 1


@pytest.mark.fault("F76")
def test_a_copy_during_work_is_whole_and_works_in_another_place(tmp_path: Path) -> None:
    """F76: taken beside a writer, restored in another folder; nothing names the old one."""
    here, there = tmp_path / "a-telling-name", tmp_path / "elsewhere"
    a_history(here, 3)
    journal = opened(here)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            a_job(journal, "during")

    worker = threading.Thread(target=work)
    worker.start()
    copies = [Backups(here, clock=lambda n=n: 1.8e9 + n).take(here / "jobs.db") for n in range(5)]
    stop.set()
    worker.join()
    journal.close()
    (there / "backup").mkdir(parents=True)
    (here / "artifacts").rename(there / "artifacts")
    copies[-1].rename(there / "backup" / copies[-1].name)
    assert all(one.is_sound() for one in Backups(here).all())
    assert restore.main(["--data-dir", str(there)]) == 0
    with closing(opened(there)) as again:
        jobs = again.jobs.page("local", Query(limit=200, text="fox")).jobs
        vault = Vault(there)
        assert all(vault.path(job.artifacts[0].sha256).exists() for job in jobs)
        assert len(jobs) == 3
    assert b"a-telling-name" not in (there / "jobs.db").read_bytes()


@pytest.mark.fault("F62")
@pytest.mark.parametrize("far", [True, False])
def test_a_data_folder_on_a_strange_file_system_is_told_on_every_tab_and_in_the_terminal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, far: bool
) -> None:
    """F62: the history does without its log there, and people learn of it."""
    vault = Vault(tmp_path / "data")
    vault.open()
    with closing(vault), closing(open_history(vault, far=lambda _: far)) as journal:
        maintenance = Maintenance(journal, vault, clock=time.time)
        derived = Derived(tmp_path / "derived", lambda: tmp_path, megabytes=1)
        derived.open()
        upkeep = Upkeep(
            vault, derived, {}, Sandbox([], tmp_path, speed=0),
            Opened(journal, None, maintenance), time.time, lambda _: None,
        )  # fmt: skip
        assert upkeep.notices().notice == (FAR if far else "")
        maintenance.notice = "Its disk is full."
        told = "Its disk is full. " + FAR if far else "Its disk is full."
        assert (upkeep.notices().notice, upkeep.status("ann").data.notice) == (told, told)
        assert journal.database.uses_log is not far
        derived.close()
    assert (FAR in caplog.text) is far
