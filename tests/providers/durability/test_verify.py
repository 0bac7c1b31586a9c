"""The check of every kept file: what is missing, cut, rotten or without a row, and the order of writing."""

import itertools
import json
import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from providers.durability import verify
from providers.durability.maintenance import Maintenance
from providers.durability.opening import open_history
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.history.query import Query
from providers.jobs.job import Job
from providers.library.audit import audit
from providers.library.derived import Derived
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.settings import Credentials, Settings
from providers.studio.opened import Opened
from providers.studio.studio import Studio
from providers.studio.upkeep import Upkeep
from providers.vendors.connection import Sandbox
from providers.vendors.vendor import Output
from tests.support.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.support.histories import a_file, a_history, a_job, an_artifact, spoil
from tests.support.told import told_of
from ui.web.upkeep import UpkeepRoutes


@pytest.fixture
def vault(tmp_path: Path) -> Generator[Vault]:
    vault = Vault(tmp_path, reserve=1 << 20)
    vault.open()
    yield vault
    vault.close()


@pytest.fixture
def journal(vault: Vault) -> Generator[Journal]:
    journal = open_history(vault)
    yield journal
    journal.close()


def test_a_library_that_is_whole_is_one_sentence(vault: Vault, journal: Journal) -> None:
    for number in range(3):
        journal.artifacts.add(an_artifact(vault, number))
    report = verify.verify(journal, vault)
    assert report.is_well
    assert report.sentences == ["3 files with 1 kB checked. All are intact."]
    assert told_of(report.view_for("local"))["ok"] is True


@pytest.mark.fault("F68", "F69")
def test_every_harm_is_found_and_named(vault: Vault, journal: Journal) -> None:
    """F68, F69: missing, short, rotten, orphaned, and leftovers that are of no use."""
    made = [an_artifact(vault, number) for number in range(5)]
    for artifact in made:
        journal.artifacts.add(artifact)
    lost, cut, rotten, _, _ = (vault.path(one.sha256) for one in made)
    lost.unlink()
    spoil(cut, cut.read_bytes()[:50])
    spoil(rotten, bytes(255 - byte for byte in rotten.read_bytes()))
    orphan = a_file(vault, png(7))
    leftover = a_file(vault, b"leftover")
    spoil(vault.path(leftover.sha256), b"left")
    (vault.folder / "artifacts" / "ab").mkdir(exist_ok=True)
    (vault.folder / "artifacts" / "ab" / "notes.txt").write_text("not ours")
    report = verify.verify(journal, vault)
    assert [(wrong, one.name) for wrong, one in report.harmed] == [
        ("missing", "fox-0.png"), ("short", "fox-1.png"), ("rotten", "fox-2.png"),
    ]  # fmt: skip
    assert report.found.orphans == (orphan.sha256,)
    assert report.found.spoiled == (leftover.sha256,)
    text = " ".join(report.sentences)
    for words in (
        "fox-0.png is missing",
        "fox-1.png is incomplete",
        "fox-2.png is damaged",
        "imported",
    ):
        assert words in text
    told = json.dumps(told_of(report.view_for(made[0].owner)))
    assert str(vault.folder) not in told
    assert told.count("fox-0.png") == 2
    stranger = told_of(report.view_for("stranger"))
    assert (stranger["ok"], stranger["harmed"], stranger["harmed_others"]) == (False, [], 3)
    assert "belong to other people: 3." in json.dumps(stranger)
    assert "fox-" not in json.dumps(stranger)


@pytest.mark.fault("F69")
def test_a_file_that_is_stored_during_the_check_is_no_orphan(vault: Vault) -> None:
    late = an_artifact(vault, 1)
    asked: list[int] = []

    def rows() -> dict[str, int]:
        # By now the file lies there; its row was written while others were being hashed.
        asked.append(1)
        return {late.sha256: late.bytes}

    assert audit(vault, rows).orphans == ()
    assert asked == [1]


@pytest.mark.fault("F69")
def test_files_without_a_row_become_finished_jobs_and_others_are_told_why_not(
    vault: Vault, journal: Journal
) -> None:
    """They are listed, cost nothing, outlive a lost history; what is no picture stays where it is."""
    first, second = a_file(vault, png(1)), a_file(vault, png(2))
    text = a_file(vault, b"no picture at all")
    taken, said = verify.adopt(journal, vault, "local", [first.sha256], 2e9)
    (job,) = taken
    (artifact,) = job.artifacts
    assert (artifact.sha256, artifact.width, artifact.job) == (first.sha256, 40, job.id)
    assert (job.state, job.kind, job.vendor, job.request.prompt) == ("done", "image", "found", "")
    assert job.created == vault.path(first.sha256).stat().st_mtime
    assert said == []
    vault.put_away(second.sha256)
    more, said = verify.adopt(journal, vault, "local", [], 2e9)
    assert [one.artifacts[0].sha256 for one in more] == [second.sha256]
    assert any("wasn't imported" in sentence for sentence in said)
    assert verify.verify(journal, vault).found.orphans == (text.sha256,)
    shown = journal.jobs.page("local", Query()).jobs
    assert {one.id for one in shown} == {one.id for one in (*taken, *more)}
    assert journal.artifacts.get(artifact.id, "local") == artifact
    assert (journal.ledger.spent("local", 30), journal.unbalanced()) == ([], [])
    (marked,) = (one for one in shown if one.id == job.id)
    journal.write(marked, note=True)
    assert (journal.ledger.spent("local", 30), journal.unbalanced()) == ([], [])
    again, said = verify.adopt(journal, vault, "local", [first.sha256], 2e9)
    assert (again, said) == ([], [f"{first.sha256[:8]}… is already in the library."])


@pytest.mark.fault("F69")
@pytest.mark.parametrize("harm", ["gone", "rotten"])
def test_a_file_that_is_gone_or_rotten_is_not_taken_in(
    vault: Vault, journal: Journal, harm: str
) -> None:
    name = a_file(vault, png(1)).sha256
    if harm == "gone":
        vault.path(name).unlink()
    else:
        spoil(vault.path(name), png(2))
    taken, said = verify.adopt(journal, vault, "local", [name], 2e9)
    assert (taken, "wasn't imported" in said[0]) == ([], True)
    assert journal.figures.sizes() == (0, 0)


@pytest.mark.anyio
@pytest.mark.fault("F69")
async def test_what_was_taken_in_before_the_disk_was_full_is_shown(vault: Vault) -> None:
    """The rest is told; nobody has to reload the page to see what is in."""

    class Filling(Journal):
        def add_found(self, job: Job) -> None:
            if self.figures.sizes()[0] == 2:
                raise StoreProblem("The disk is full.")
            super().add_found(job)

    names = [a_file(vault, png(number)).sha256 for number in range(4)]
    shown: list[Job] = []
    derived = Derived(vault.folder / "cache", vault.part, megabytes=1)
    with closing(Filling(vault.folder / "jobs.db")) as journal:
        maintenance = Maintenance(journal, vault, clock=lambda: 2e9)
        upkeep = Upkeep(
            vault, derived, {}, Sandbox([], vault.folder, speed=0), Opened(journal, None, maintenance),
            lambda: 2e9, shown.append,
        )  # fmt: skip
        taken, refused = await upkeep.adopt("local", names)
        assert [job.artifacts[0].sha256 for job in taken] == names[:2]
        assert shown == taken == [journal.jobs.get(job.id) for job in taken]
        assert refused == [f"{names[2][:8]}… wasn't imported. The disk is full."]


def doomed(folder: Path, deed: str, point: int) -> int:
    """Put all files away, or take them in, in a process that dies at some point; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    points = 0

    def die() -> None:
        nonlocal points
        points += 1
        if points == point:
            os._exit(9)

    def fsync(handle: int) -> None:
        die()
        os.fsync(handle)

    def replace(old: Path, new: Path) -> None:
        die()
        os.replace(old, new)
        die()

    code = 1
    try:
        vault = Vault(folder, disk=Disk(fsync=fsync, replace=replace), reserve=0)
        vault.open()
        journal = open_history(vault)
        journal.database._connection.set_trace_callback(lambda _: die())  # pyright: ignore[reportPrivateUsage]
        if deed == "away":
            for path in list(vault.files()):
                vault.put_away(path.name)
        else:
            verify.adopt(journal, vault, "local", (), 2e9)
        journal.close()
        vault.close()
        code = 0
    finally:
        os._exit(code)


@pytest.mark.slow
@pytest.mark.fault("F69", "F19")
def test_a_kill_at_any_point_of_putting_away_and_taking_in_loses_no_file(tmp_path: Path) -> None:
    """Between trash, folder and row a file is always in one place, and in the end it has one row."""
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    open_history(vault).close()
    names = {a_file(vault, png(number)).sha256 for number in (1, 2)}
    vault.close()
    for deed in ("away", "in"):
        for point in itertools.count(1, 2):
            code = doomed(tmp_path, deed, point)
            here = (*vault.files(), *(tmp_path / "trash").glob("*"))
            assert sorted(path.name for path in here) == sorted(names)
            assert code in (0, 9)
            if code == 0:
                assert point > 3
                break
    vault.open()
    with closing(open_history(vault)) as journal:
        assert journal.figures.sizes() == (2, 2)
        assert verify.verify(journal, vault).is_well
    vault.close()


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_history(tmp_path, 2)
    command = ["--data-dir", str(tmp_path)]
    assert verify.main(command) == 0
    assert "All are intact" in capsys.readouterr().out
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    a_file(vault, png(7))
    assert verify.main(command) == 1
    assert "already uses the data folder" in capsys.readouterr().err
    vault.close()
    assert verify.main(command) == 1
    assert verify.main([*command, "--adopt"]) == 0
    assert "was imported" in capsys.readouterr().out


def local(_: HTTPConnection) -> str:
    return "local"


@pytest.mark.anyio
@pytest.mark.fault("F69")
async def test_the_page_checks_and_takes_in_over_http(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        await until(studio, press(studio), "done")
        name = a_file(Vault(tmp_path), png(7)).sha256
        app = Starlette(routes=UpkeepRoutes(studio, local, local).all())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
            told = (await client.post("/library/verify", json={})).json()
            assert (told["checked"], told["orphans"], told["ok"]) == (2, [name], False)
            # A slip must not be read as "none named": that takes in everything.
            for slip in (["../../etc/passwd"], [1], [None, name], name, {"0": name}, None):
                bad = await client.post("/library/adopt", json={"files": slip})
                assert bad.status_code == 422, slip
            taken = (await client.post("/library/adopt", json={"files": [name]})).json()
            assert taken["adopted"][0]["media_type"] == "image/png"
            again = (await client.post("/library/verify", json={})).json()
            assert [one["found"] for one in taken["jobs"]] == [True]
            assert taken["jobs"][0]["artifacts"] == taken["adopted"]
            assert (again["ok"], again["harmed"], again["orphans"]) == (True, [], [])
        found = studio.files.get(taken["adopted"][0]["id"], "local")
        assert studio.files.path(found).read_bytes() == png(7)


@pytest.mark.anyio
@pytest.mark.fault("F55")
async def test_a_kill_between_a_file_and_its_row_leaves_no_orphan(tmp_path: Path) -> None:
    """F55: the file is fetched again, found to be here, and gets the row that was missing."""
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        kept = a_file(vault, png(1))
        link = Output(url="http://sandbox/fake/1.png", kind="image")
        job = a_job(journal, state="saving", outputs=(link,))
    vault.close()
    async with running(tmp_path, FakeVendor()) as studio:
        job = await until(studio, job, "done")
        assert [one.sha256 for one in job.artifacts] == [kept.sha256]
        report = await studio.upkeep.verify()
        assert (report.is_well, report.found.checked) == (True, 1)


# The order of writing


@pytest.mark.anyio
@pytest.mark.fault("F55")
async def test_a_result_is_synced_and_named_before_its_row_is_written(tmp_path: Path) -> None:
    """P6: write, hash, sync the file, rename, sync the folder, and only then the row."""
    calls: list[str] = []
    rows: list[int] = []

    def note(call: str) -> None:
        calls.append(call)
        rows.append(studio.upkeep.status("local").data.artifacts)

    def fsync(handle: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if place(name) in ("part", "artifacts"):
            note(f"sync {place(name)}{' folder' if name.is_dir() else ''}")
        return os.fsync(handle)

    def replace(old: Path, new: Path) -> None:
        if place(new) == "artifacts":
            note(f"rename {place(old)} artifacts")
        os.replace(old, new)

    def place(path: Path) -> str:
        return next(iter(path.relative_to(tmp_path).parts), "")

    fake, time = FakeVendor(), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=Disk(fsync=fsync, replace=replace),
    )  # fmt: skip
    async with studio.running():
        job = await until(studio, press(studio), "done")
        assert len(job.artifacts) == 1
    # The first folder sync is that of artifacts/, in which artifacts/ab is new.
    assert calls == [
        "sync part", "sync artifacts folder", "rename part artifacts", "sync artifacts folder",
    ]  # fmt: skip
    assert rows == [0, 0, 0, 0]
