"""Deleting: a job that has ended goes for good with its files, and nothing brings it back or buys it again."""

import shutil
import subprocess
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from providers.catalogue.models import Estimate
from providers.durability import restore
from providers.durability.backup import Backups
from providers.durability.deletion import clear, delete
from providers.durability.maintenance import Maintenance
from providers.durability.opening import open_history
from providers.durability.verify import adopt
from providers.errors import InvalidRequest, StoreProblem, Unknown
from providers.history.journal import Journal
from providers.history.query import Query
from providers.history.receipts import Receipt
from providers.jobs.job import Job, State
from providers.library.disk import Disk
from providers.library.vault import SETTLES, Vault
from providers.vendors.vendor import Running, Ticket
from tests.support.fake_vendor import FakeVendor, png, press, running, until
from tests.support.histories import a_file, a_job, an_artifact, as_if_killed
from tests.support.small_disk import fill, mount

ENDED: tuple[State, ...] = ("done", "failed", "rejected", "cancelled", "expired", "discarded")


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path / "data", reserve=0)
    vault.open()
    yield vault
    vault.close()


@pytest.fixture
def journal(vault: Vault) -> Generator[Journal]:
    journal = open_history(vault)
    yield journal
    journal.close()


def a_result(journal: Journal, vault: Vault, colour: int = 1, **more: object) -> Job:
    """A paid job that made one picture."""
    changes = {"sandbox": False, "estimate": Estimate(amount=0.5, unit="$")} | more
    job = a_job(journal, f"fox {colour}", "running", **changes)
    artifact = an_artifact(vault, colour, number=1, job=job.id, owner=job.owner)
    update = {"state": "done", "artifacts": (artifact,), "revision": journal.revisions.next()}
    job = job.model_copy(update=update)
    journal.write(job, note=True)
    return job


def file_of(vault: Vault, job: Job) -> Path:
    return vault.path(job.artifacts[0].sha256)


def is_away(journal: Journal, job: Job) -> bool:
    """Whether no question to the history tells of the job or its files."""
    with pytest.raises(Unknown):
        journal.jobs.get(job.id)
    for one in job.artifacts:
        with pytest.raises(Unknown):
            journal.artifacts.get(one.id, job.owner)
    listed = (
        journal.jobs.page(job.owner, Query()).jobs
        + journal.jobs.page(job.owner, Query(text=job.request.prompt)).jobs
    )
    return job.id not in {one.id for one in listed} and journal.events.of(job.id) == []


@pytest.mark.anyio
async def test_a_deleted_job_is_gone_over_a_restart_and_what_it_cost_stays(tmp_path: Path) -> None:
    fake = FakeVendor(files=2)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio, options={"count": 2}), "done")
        files = [studio.files.path(one) for one in job.artifacts]
        thumbs = [await studio.files.thumb(one) for one in job.artifacts]
        sums = studio.spending.shown("local")
        with studio.live.watch("local") as queue:
            await studio.decisions.delete(job.id, "local")
            told = queue.get_nowait()
        assert (told.id, told.gone, told.request.prompt) == (job.id, True, "")
        assert not any(path.exists() for path in (*files, *thumbs))
        assert studio.spending.shown("local") == sums
        assert list(studio.live.deleted_since("local", job.revision)) == [job.id]
        with pytest.raises(Unknown):
            await studio.decisions.delete(job.id, "local")
    async with running(tmp_path, fake) as studio:
        assert studio.live.recent("local") == []
        assert studio.spending.shown("local") == sums
        with pytest.raises(Unknown):
            studio.live.get(job.id, "local")
    assert fake.created() == 1


@pytest.mark.anyio
async def test_what_is_on_its_way_or_another_persons_is_not_deleted(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor(end=Running(progress=0.5))) as studio:
        job = await until(studio, press(studio), "running")
        with pytest.raises(InvalidRequest, match="Cancel it first"):
            await studio.decisions.delete(job.id, "local")
        with pytest.raises(Unknown):
            await studio.decisions.delete(job.id, "somebody else")
        assert studio.live.get(job.id, "local").state == "running"


@pytest.mark.parametrize("state", ENDED)
def test_every_ended_job_can_be_deleted(vault: Vault, journal: Journal, state: State) -> None:
    job = a_job(journal, "words of its own", state)
    delete(journal, vault, job.id, "local")
    assert is_away(journal, job)
    assert journal.deletions.left_over() == {}


def test_a_job_that_nobody_can_tell_of_is_decided_first(vault: Vault, journal: Journal) -> None:
    job = a_job(journal, state="unsure")
    with pytest.raises(InvalidRequest, match="discard it first"):
        delete(journal, vault, job.id, "local")
    assert journal.jobs.get(job.id) == job


def test_a_found_file_is_deleted_like_any_other(vault: Vault, journal: Journal) -> None:
    kept = a_file(vault, png(3))
    ((job,), _) = adopt(journal, vault, "local", (), 1.0)
    delete(journal, vault, job.id, "local")
    assert not vault.path(kept.sha256).exists()
    assert adopt(journal, vault, "local", (), 2.0) == ([], [])


@pytest.mark.parametrize("who", ["another job", "another owner", "a reference", "made from it"])
def test_a_file_that_somebody_else_needs_stays(vault: Vault, journal: Journal, who: str) -> None:
    """Equal bytes are one file, and a result may be another job's reference."""
    job = a_result(journal, vault)
    name = job.artifacts[0].id
    if who == "another job":
        a_result(journal, vault)
    elif who == "another owner":
        a_result(journal, vault, owner="bob")
    elif who == "a reference":
        journal.artifacts.add(an_artifact(vault))
    else:
        asked = job.request.model_copy(update={"references": (name,)})
        a_job(journal, "made from it", request=asked)
    delete(journal, vault, job.id, "local")
    assert file_of(vault, job).read_bytes() == png(1)
    with pytest.raises(Unknown):
        journal.jobs.get(job.id)
    if who == "made from it":
        kept = journal.artifacts.get(name, "local")
        assert (kept.job, kept.sha256) == (None, job.artifacts[0].sha256)
        assert journal.artifacts.reference("local", kept.sha256) == kept


def test_bytes_that_are_kept_again_at_this_moment_are_not_taken_away(tmp_path: Path) -> None:
    """Their new row is not written yet; a look a minute later removes them if none comes."""
    now = [0.0]
    vault = Vault(tmp_path, reserve=0, clock=lambda: now[0])
    vault.open()
    with closing(open_history(vault)) as journal:
        job = a_result(journal, vault)
        now[0] += SETTLES
        kept = a_file(vault, png(1))
        delete(journal, vault, job.id, "local")
        assert vault.path(kept.sha256).exists()
        assert list(journal.deletions.left_over()) == [job.id]
        now[0] += SETTLES
        Maintenance(journal, vault, clock=lambda: 0.0).tick()
        assert not vault.path(kept.sha256).exists()
        assert journal.deletions.left_over() == {}
    vault.close()


def test_a_crash_after_the_row_leaves_a_file_that_the_next_start_removes(vault: Vault) -> None:
    """A row without its file there never is."""
    with closing(open_history(vault)) as journal:
        job = a_result(journal, vault)
        journal.delete(job.id, "local")
        assert journal.receipts is not None
        journal.receipts.wait(job.id)
        shutil.copytree(vault.folder, vault.folder.parent / "cut")
    folder = vault.folder.parent / "cut"
    as_if_killed(folder)
    cut = Vault(folder, reserve=0)
    assert file_of(cut, job).exists()
    cut.open()
    with closing(open_history(cut)) as journal:
        assert is_away(journal, job)
        assert not file_of(cut, job).exists()
        assert journal.deletions.left_over() == {}
    cut.close()


def test_a_row_that_cannot_be_removed_keeps_its_file(vault: Vault, journal: Journal) -> None:
    job = a_result(journal, vault)
    journal.database.freeze("Nothing is written.", vault.folder / "rescued.db")
    with pytest.raises(StoreProblem):
        delete(journal, vault, job.id, "local")
    assert file_of(vault, job).exists()
    assert journal.jobs.get(job.id) == job


def test_a_file_that_cannot_be_removed_is_tried_again(vault: Vault, journal: Journal) -> None:
    job = a_result(journal, vault)
    path = file_of(vault, job)
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreProblem):
        delete(journal, vault, job.id, "local")
    assert is_away(journal, job)
    path.rmdir()
    path.write_bytes(png(1))
    clear(journal, vault)
    assert not path.exists()


@pytest.mark.parametrize("backup", ["none", "on its way", "done"])
def test_a_restored_history_knows_what_was_deleted_since(vault: Vault, backup: str) -> None:
    """Neither the job nor its press comes back, and the sums are those from before."""
    folder = vault.folder
    with closing(open_history(vault)) as journal:
        changes = {"estimate": Estimate(amount=0.5, unit="$"), "sandbox": False}
        job = a_job(journal, "secret", "running", client_request_id="press-1", **changes)
        if backup == "on its way":
            Backups(folder).take(folder / "jobs.db")
        artifact = an_artifact(vault, number=1, job=job.id)
        update = {"state": "done", "artifacts": (artifact,), "revision": journal.revisions.next()}
        done = job.model_copy(update=update)
        journal.write(done, note=True)
        if backup == "done":
            Backups(folder).take(folder / "jobs.db")
        delete(journal, vault, job.id, "local")
        sums = journal.ledger.spent("local", 2)
        assert sums[0].spent == 500_000
    for path in (folder / "receipts").glob("*.json"):
        assert "secret" not in path.read_text(encoding="utf-8")
        receipt = Receipt.read(path)
        assert receipt is not None
        assert receipt.job.gone
    vault.close()
    for path in folder.glob("jobs.db*"):
        path.unlink()
    assert restore.main(["--data-dir", str(folder)]) == 0
    vault.open()
    with closing(open_history(vault)) as again:
        assert is_away(again, done)
        assert again.ledger.spent("local", 2) == sums
        assert again.unbalanced() == []
        with pytest.raises(InvalidRequest, match="since been deleted"):
            again.made_by("local", "press-1", job.request)


def test_a_whole_history_whose_newest_job_was_deleted_is_newer_than_its_backup(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_history(vault)) as journal:
        a_job(journal, "older")
        job = a_job(journal, "newest")
        Backups(vault.folder).take(vault.folder / "jobs.db")
        delete(journal, vault, job.id, "local")
    vault.close()
    assert restore.main(["--data-dir", str(vault.folder)]) == 1
    assert "intact and newer" in capsys.readouterr().err
    vault.open()


def test_money_of_every_day_adds_up_without_the_job(vault: Vault, journal: Journal) -> None:
    """P15: its entries stay, and no rest of it is reserved."""
    jobs = [a_result(journal, vault, colour) for colour in (1, 2, 3)]
    sums = journal.ledger.spent("local", 2)
    for job in jobs[:2]:
        delete(journal, vault, job.id, "local")
    assert journal.ledger.spent("local", 2) == sums
    assert journal.ledger.today("fake", None)["$"].spent == 1_500_000
    assert journal.unbalanced() == []


def test_the_press_that_made_a_deleted_job_buys_nothing_again(
    vault: Vault, journal: Journal
) -> None:
    job = a_result(journal, vault, client_request_id="press-1")
    delete(journal, vault, job.id, "local")
    again = job.model_copy(update={"id": "another", "state": "waiting", "artifacts": ()})
    with pytest.raises(InvalidRequest, match="since been deleted"):
        journal.add(again, job.request)
    assert journal.figures.sizes() == (0, 0)


def test_a_task_of_a_deleted_job_is_no_other_jobs(vault: Vault, journal: Journal) -> None:
    job = a_result(journal, vault, ticket=Ticket(task="task-9", short="9"))
    delete(journal, vault, job.id, "local")
    assert journal.deletions.had("fake", "task-9")
    assert journal.jobs.holder("fake", "task-9") is None


def test_a_late_word_about_a_deleted_job_changes_nothing(vault: Vault, journal: Journal) -> None:
    job = a_result(journal, vault)
    delete(journal, vault, job.id, "local")
    with pytest.raises(Unknown):
        journal.write(job.model_copy(update={"detail": "late"}), note=True)
    assert journal.figures.sizes() == (0, 0)
    assert journal.events.of(job.id) == []


@pytest.mark.anyio
async def test_a_mark_of_damage_does_not_hold_the_keeper_up(vault: Vault, journal: Journal) -> None:
    job = a_result(journal, vault)
    maintenance = Maintenance(journal, vault, clock=lambda: 0.0)
    maintenance.scrub.note(lambda _: {"marked": (job.id,)})
    delete(journal, vault, job.id, "local")
    await maintenance.do_what_is_due()
    assert maintenance.scrub.found.marked == ()


@pytest.fixture
def small(tmp_path: Path) -> Generator[Path]:
    """A folder on a disk of 24 MB."""
    folder = tmp_path / "small"
    mount(folder, "size=24m")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.fault("F59")
def test_a_full_disk_gets_room_by_deleting(small: Path) -> None:
    """P8: the reserve is there for it, and the files' own room comes back."""
    vault = Vault(small, disk=Disk(free=lambda _: 1 << 40), reserve=1 << 20)
    vault.open()
    with closing(open_history(vault)) as journal:
        jobs = [a_result(journal, vault, colour) for colour in (1, 2, 3, 4)]
        fill(small)
        with pytest.raises(StoreProblem, match="full"):
            [a_job(journal, "more " * 500) for _ in range(50)]
        assert (small / "BALLAST").exists()
        for job in jobs:
            delete(journal, vault, job.id, "local")
            assert not file_of(vault, job).exists()
            assert is_away(journal, job)
        assert journal.deletions.left_over() == {}
        assert not (small / "BALLAST").exists()
        a_job(journal, "there is room again")
    vault.close()
