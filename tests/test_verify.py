"""The check of every kept file: what is missing, cut, rotten or without a row, and the order of writing."""

import json
import os
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from providers.errors import StoreProblem
from providers.jobs import verify
from providers.jobs.journal import Journal
from providers.jobs.opening import open_history
from providers.library.audit import audit
from providers.library.disk import Disk, is_far
from providers.library.vault import Vault
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.vendor import Output
from tests.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.histories import a_file, a_history, a_job, an_artifact, spoil
from ui.library import LibraryRoutes


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
        journal.add_artifact(an_artifact(vault, number))
    report = verify.verify(journal, vault)
    assert report.is_well
    assert report.sentences == ["3 files with 0.0 MB checked; all are whole."]
    assert report.public()["ok"] is True


def test_every_harm_is_found_and_named(vault: Vault, journal: Journal) -> None:
    """F68, F69: missing, short, rotten, orphaned, and leftovers that are of no use."""
    made = [an_artifact(vault, number) for number in range(5)]
    for artifact in made:
        journal.add_artifact(artifact)
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
    for words in ("fox-0.png is missing", "fox-1.png is cut", "fox-2.png is damaged", "taken in"):
        assert words in text
    assert str(vault.folder) not in json.dumps(report.public())


def test_a_file_that_is_stored_during_the_check_is_no_orphan(vault: Vault) -> None:
    late = an_artifact(vault, 1)
    asked: list[int] = []

    def rows() -> dict[str, int]:
        # By now the file lies there; its row was written while others were being hashed.
        asked.append(1)
        return {late.sha256: late.bytes}

    assert audit(vault, rows).orphans == ()
    assert asked == [1]


def test_orphans_are_taken_in_and_others_are_told_why_not(vault: Vault, journal: Journal) -> None:
    """F69: an orphan becomes a file of the owner; what is no picture stays where it is."""
    first, second = a_file(vault, png(1)), a_file(vault, png(2))
    text = a_file(vault, b"no picture at all")
    taken, said = verify.adopt(journal, vault, "local", [first.sha256], 5.0)
    assert [one.sha256 for one in taken] == [first.sha256]
    assert (taken[0].job, taken[0].owner, taken[0].width) == (None, "local", 40)
    assert said == [f"{taken[0].name} was taken in."]
    taken, said = verify.adopt(journal, vault, "local", [], 6.0)
    assert [one.sha256 for one in taken] == [second.sha256]
    assert any("was not taken in" in sentence for sentence in said)
    assert verify.verify(journal, vault).found.orphans == (text.sha256,)
    assert journal.artifact(taken[0].id, "local") == taken[0]


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_history(tmp_path, 2)
    command = ["--data-dir", str(tmp_path)]
    assert verify.main(command) == 0
    assert "all are whole" in capsys.readouterr().out
    vault = Vault(tmp_path, reserve=0)
    vault.open()
    a_file(vault, png(7))
    assert verify.main(command) == 1
    assert "already uses the data folder" in capsys.readouterr().err
    vault.close()
    assert verify.main(command) == 1
    assert verify.main([*command, "--adopt"]) == 0
    assert "was taken in" in capsys.readouterr().out


@pytest.mark.anyio
async def test_the_page_checks_and_takes_in_over_http(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        await until(studio, press(studio), "done")
        name = a_file(Vault(tmp_path), png(7)).sha256
        app = Starlette(routes=LibraryRoutes(studio, lambda _: "local").all())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
            told = (await client.post("/library/verify", json={})).json()
            assert (told["checked"], told["orphans"], told["ok"]) == (2, [name], False)
            bad = await client.post("/library/adopt", json={"files": ["../../etc/passwd"]})
            assert bad.status_code == 422
            taken = (await client.post("/library/adopt", json={"files": [name]})).json()
            assert taken["adopted"][0]["media_type"] == "image/png"
            again = (await client.post("/library/verify", json={})).json()
            assert (again["ok"], again["harmed"], again["orphans"]) == (True, [], [])
        found = studio.artifact(taken["adopted"][0]["id"], "local")
        assert studio.file(found).read_bytes() == png(7)


@pytest.mark.anyio
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
async def test_a_result_is_synced_and_named_before_its_row_is_written(tmp_path: Path) -> None:
    """P6: write, hash, sync the file, rename, sync the folder, and only then the row."""
    calls: list[str] = []
    rows: list[int] = []

    def note(call: str) -> None:
        calls.append(call)
        rows.append(studio.upkeep.status()["data"]["artifacts"])  # pyright: ignore[reportArgumentType, reportIndexIssue, reportOptionalSubscript, reportCallIssue]

    def fsync(handle: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if name.relative_to(tmp_path).parts[0] == "receipts":
            return os.fsync(handle)
        note(f"sync {name.relative_to(tmp_path).parts[0]}{' folder' if name.is_dir() else ''}")
        return os.fsync(handle)

    def replace(old: Path, new: Path) -> None:
        note(f"rename {old.relative_to(tmp_path).parts[0]} {new.relative_to(tmp_path).parts[0]}")
        os.replace(old, new)

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


# Room


@pytest.mark.anyio
async def test_nothing_is_sent_while_room_is_short_and_it_goes_on_by_itself(tmp_path: Path) -> None:
    """F56: refused before anything is kept, with what to do."""
    free = [255 << 20]
    fake, time = FakeVendor(), Time()
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=Disk(free=lambda _: free[0]),
    )  # fmt: skip
    async with studio.running():
        with pytest.raises(StoreProblem, match="Less than 256 MB are free"):
            press(studio)
        assert (studio.recent("local"), fake.asked) == ([], [])
        free[0] = 300 << 20
        await until(studio, press(studio), "done")


def test_the_reserve_is_set_aside_where_there_is_plenty_and_given_back_once(
    tmp_path: Path,
) -> None:
    free = [1 << 30]
    vault = Vault(tmp_path, disk=Disk(free=lambda _: free[0]), reserve=4 << 20)
    vault.open()
    ballast = tmp_path / "BALLAST"
    assert ballast.stat().st_size == 4 << 20
    assert ballast.stat().st_blocks * 512 >= 4 << 20
    assert (vault.ballast.release(), vault.ballast.release()) == (True, False)
    free[0] = 1 << 20
    vault.ballast.fill()
    assert not ballast.exists()
    free[0] = 1 << 30
    vault.ballast.fill()
    assert ballast.exists()
    vault.close()


def test_a_file_system_of_another_machine_is_told_from_this_ones(tmp_path: Path) -> None:
    """F62: shared memory, which the log of the history needs, does not reach there."""
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/far nfs4 rw 0 0\nsshfs /mnt/f\\040x fuse.sshfs 0 0\n"
        "tmpfs /mnt/far/near tmpfs rw 0 0\n"
    )
    told = {
        place: is_far(Path(place), mounts)
        for place in ("/srv/data", "/mnt/far/data", "/mnt/f x/data", "/mnt/far/near/data")
    }
    assert told == {
        "/srv/data": False, "/mnt/far/data": True, "/mnt/f x/data": True, "/mnt/far/near/data": False,
    }  # fmt: skip
    assert not is_far(tmp_path, tmp_path / "nothing")
