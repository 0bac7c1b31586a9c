"""A disk that is full, takes no new files, or is read-only: a small file system of memory stands for it."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.responses import Response

from providers.durability.opening import open_history
from providers.errors import StoreProblem, Unclear
from providers.history.journal import Journal
from providers.history.query import Query
from providers.library.disk import Disk
from providers.library.vault import Vault
from providers.running.refuge import Refuge
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running, Ticket
from tests.support.fake_vendor import FakeVendor, Time, png, press, until
from tests.support.histories import a_history, a_job
from tests.support.small_disk import fill, mount


@pytest.fixture
def small(tmp_path: Path) -> Generator[Path]:
    """A folder on a disk of 24 MB."""
    folder = tmp_path / "small"
    mount(folder, "size=24m")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def few_files(tmp_path: Path) -> Generator[Path]:
    """A folder on a disk with room for a few dozen files."""
    folder = tmp_path / "small"
    mount(folder, "size=32m,nr_inodes=60")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def a_studio(folder: Path, fake: FakeVendor, *, free: int | None = 1 << 40) -> Studio:
    """A studio that believes in so much free space, whatever the disk does."""
    time = Time()
    disk = Disk() if free is None else Disk(free=lambda _: free)
    return Studio(
        Settings(data_dir=folder), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=time.sleep, clock=time.clock, disk=disk,
    )  # fmt: skip


def with_reserve(folder: Path, size: int = 1 << 20) -> tuple[Vault, Journal]:
    """A vault with a small reserve, and its history."""
    vault = Vault(folder, disk=Disk(free=lambda _: 1 << 40), reserve=size)
    vault.open()
    return vault, open_history(vault)


@pytest.mark.fault("F57")
def test_an_id_in_hand_is_written_from_the_reserve(small: Path) -> None:
    """F57: the disk is full to the last byte, and the ticket is durable all the same."""
    vault, journal = with_reserve(small)
    job = a_job(journal, state="submitting")
    fill(small)
    with pytest.raises(StoreProblem, match="full"):
        [a_job(journal, "more " * 500) for _ in range(50)]
    assert (small / "BALLAST").exists(), "new jobs must not use it up"
    held = job
    for number in range(200):
        ticket = Ticket(task=f"task-{number}", short="x" * 2000)
        held = job.model_copy(update={"ticket": ticket, "state": "queued"})
        journal.write(held, note=True)
        if not (small / "BALLAST").exists():
            break
    assert not (small / "BALLAST").exists()
    with closing(Journal(small / "jobs.db")) as again:
        assert again.jobs.get(job.id) == held
    journal.close()
    vault.close()


@pytest.mark.fault("F59")
def test_a_studio_starts_on_a_full_disk_and_shows_what_it_has(small: Path) -> None:
    """F59: opens, the history is readable, and nothing new is accepted."""
    made = a_history(small, 3)
    (small / "BALLAST").unlink(missing_ok=True)
    filler = fill(small)

    async def look() -> None:
        fake = FakeVendor()
        studio = a_studio(small, fake, free=None)
        async with studio.running():
            assert len(studio.live.page("local", Query()).jobs) == 3
            assert studio.files.path(made[0].artifacts[0]).read_bytes() == png(0)
            with pytest.raises(StoreProblem, match="Free some"):
                press(studio)
        assert fake.asked == []

    # Opening needs a few pages of its own; the reserve is what gives them.
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - (1 << 20))
    vault = Vault(small, disk=Disk(free=lambda _: 1 << 40), reserve=1 << 20)
    vault.open()
    vault.close()
    assert (small / "BALLAST").exists()
    fill(small)
    asyncio.run(look())


@pytest.mark.anyio
@pytest.mark.fault("F58")
async def test_a_full_disk_during_a_download_is_waited_out(small: Path) -> None:
    """F58: what was fetched so far is removed, the job waits, and it goes on by itself."""
    fake = FakeVendor(end=Running(progress=0.5))
    studio = a_studio(small, fake)
    async with studio.running():
        job = await until(studio, press(studio), "running")
        (small / "BALLAST").unlink(missing_ok=True)
        filler = small / "filler"
        filler.write_bytes(
            b"\1" * (os.statvfs(small).f_bavail * os.statvfs(small).f_frsize - 65536)
        )
        fake.answers = [Response(b"\x89PNG" + b"\0" * 500_000)] * 40
        fake.end = None
        with studio.live.watch("local") as queue:
            async with asyncio.timeout(60):
                while "Free some" not in job.detail and "disk is full" not in job.detail:
                    job = await queue.get()
            assert job.is_open
            assert [path for path in (small / "part").iterdir() if path.stat().st_size] == []
        filler.unlink()
        fake.answers = []
        job = await until(studio, job, "done")
        assert studio.files.path(job.artifacts[0]).read_bytes() == png(1)
    assert fake.created() == 1


@pytest.mark.anyio
@pytest.mark.fault("F60")
async def test_a_studio_out_of_inodes_says_so_and_goes_on_when_there_are_some(
    few_files: Path,
) -> None:
    """F60: no new file can be made, though there is room."""
    fake = FakeVendor()
    studio = a_studio(few_files, fake)
    async with studio.running():
        first = await until(studio, press(studio), "done")
        # Its thumbnail comes and goes through a file of its own, which must not be in the way.
        await studio.files.thumb(first.artifacts[0])
        fake.end = Running(progress=0.5)
        job = await until(studio, press(studio), "running")
        made: list[Path] = []
        with contextlib.suppress(OSError):
            while True:
                made.append(few_files / f"file-{len(made)}")
                made[-1].touch()
        fake.end = None
        with studio.live.watch("local") as queue:
            async with asyncio.timeout(60):
                while "Free some" not in job.detail:
                    job = await queue.get()
        assert job.is_open
        for path in made:
            path.unlink(missing_ok=True)
        await until(studio, job, "done")
    assert fake.created() == 2


@pytest.mark.fault("F61")
def test_a_read_only_folder_is_one_sentence(small: Path) -> None:
    """F61: no loop, no traceback."""
    a_history(small, 1)
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    with pytest.raises(StoreProblem, match="STUDIO_DATA_DIR"):
        Vault(small).open()


@pytest.mark.fault("F60")
def test_a_limit_on_the_size_of_files_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """F60: a quota or a limit is told by the system as another error than a full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.support.histories import a_job; from providers.history.journal import Journal\n"
        "from providers.errors import StoreProblem\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "journal = Journal(Path(sys.argv[1]) / 'jobs.db'); first = a_job(journal, 'first')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))\n"
        "try:\n"
        "    for _ in range(500): a_job(journal, 'more ' * 500)\n"
        "except StoreProblem as error: print(error)\n"
        "assert journal.jobs.get(first.id) == first; print(journal.figures.sizes()[0])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "does not take" in told[0] or "full" in told[0]
    with closing(Journal(tmp_path / "jobs.db")) as again:
        assert again.figures.sizes()[0] == int(told[1]) > 1


@pytest.mark.anyio
@pytest.mark.fault("F82")
async def test_an_upload_on_a_full_disk_or_one_that_breaks_off_leaves_nothing(small: Path) -> None:
    """Each is a sentence, and its room is given back."""
    studio = a_studio(small, FakeVendor())

    async def endless() -> AsyncGenerator[bytes]:
        for _ in range(200):
            yield png(1) + b"\0" * (1 << 20)

    async def broken() -> AsyncGenerator[bytes]:
        yield png(1)[:40]
        raise ConnectionResetError

    async with studio.running():
        (small / "BALLAST").unlink(missing_ok=True)
        with pytest.raises(StoreProblem, match="full"):
            await studio.files.keep("local", "large.png", endless())
        assert list((small / "part").iterdir()) == []
        with pytest.raises((ConnectionResetError, StoreProblem)):
            await studio.files.keep("local", "half.png", broken())
        assert list((small / "part").iterdir()) == []
        kept = await studio.files.keep("local", "whole.png", once(png(2)))
        assert studio.files.path(kept).read_bytes() == png(2)


async def once(content: bytes) -> AsyncGenerator[bytes]:
    """A body of one piece."""
    yield content


# The last resort


@pytest.mark.anyio
@pytest.mark.fault("F57")
async def test_an_id_that_the_disk_does_not_take_goes_to_another_disk(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """F57: still full without the reserve; a kill then, and the next start has the id."""
    place = tmp_path / "receipts"
    fake = FakeVendor(creates=[Unclear("Lost.")], accepts_unclear=False)
    folder = tmp_path / "data"
    vault = Vault(folder, reserve=0)
    vault.open()
    with closing(open_history(vault)) as journal:
        job = a_job(journal, state="submitting", ticket=None)
        got = job.model_copy(update={"ticket": Ticket(task="user:1-a@b.example-task", short="ask")})
        Refuge(place).keep(got)
        assert "a@b.example" not in caplog.text
        (file,) = place.iterdir()
        assert str(file) in caplog.text
        assert "(ask)" in caplog.text
        assert (place.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
        Refuge(place).give_back(journal)
        held = journal.jobs.get(job.id)
        assert (held.state, held.ticket) == ("queued", got.ticket)
        assert list(place.iterdir()) == []
        # What belongs to another folder, or to somebody else, is let be.
        other = job.model_copy(update={"id": "other"})
        Refuge(place).keep(other)
        place.chmod(0o755)
        Refuge(place).give_back(journal)
        place.chmod(0o700)
        Refuge(place).give_back(journal)
        assert len(list(place.iterdir())) == 1
        # Where nothing takes it, that is said, with the part of the id that may be shown.
        place.chmod(0o755)
        Refuge(place).keep(got)
        assert "no disk takes its paid task (ask)" in caplog.text
        assert "a@b.example" not in caplog.text
    vault.close()
    assert fake.asked == []
