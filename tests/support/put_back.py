"""An older data folder in the place of the one that was used, by the programs with which people do it."""

import shutil
import sqlite3
import subprocess
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from providers.catalogue.requests import ImageRequest, Request
from providers.durability.backup import Backups
from providers.history.journal import Journal
from providers.history.last_use import HISTORY
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import MODEL, FakeVendor, Time
from tests.support.histories import as_if_killed
from tests.support.promises import ONE


def copied(folder: Path, name: str = "older") -> Path:
    """A copy of the folder as it is, with times and rights, beside it."""
    copy = folder.parent / name
    # What is in use may go while it is copied: then `cp` says so, and copies all else.
    subprocess.run(["cp", "-a", folder, copy], check=False, capture_output=True)
    assert {path.name for path in copy.glob("jobs.db")} == {
        path.name for path in folder.glob("jobs.db")
    }
    return copy


def over(folder: Path, copy: Path) -> None:
    """Each file is written over: it keeps its number."""
    run("cp", "-a", f"{copy}/.", folder)


def unpacked(folder: Path, copy: Path) -> None:
    """Each file is removed and made anew: it may get the number of one that went."""
    archive = copy.with_suffix(".tar")
    run("tar", "-cf", archive, "-C", copy, ".")
    run("tar", "-xf", archive, "-C", folder)


def log_first(folder: Path, copy: Path) -> None:
    """The same on a slow disk, and of the history its log comes first."""
    archive, names = copy.with_suffix(".tar"), sorted(path.name for path in copy.iterdir())
    run("tar", "-cf", archive, "-C", copy, ".")
    for name in reversed(names):
        run("tar", "-xf", archive, "-C", folder, f"./{name}")


def renamed_into_place(folder: Path, copy: Path) -> None:
    """Each file is written under another name and renamed, as rsync does."""
    for path in (path for path in copy.rglob("*") if path.is_file()):
        _renamed(path, folder / path.relative_to(copy))


def only_what_differs(folder: Path, copy: Path) -> None:
    """Files of another length or moment are written under another name and renamed: rsync with a quick look."""
    for path in (path for path in copy.rglob("*") if path.is_file()):
        target = folder / path.relative_to(copy)
        if not target.exists() or _look(target) != _look(path):
            _renamed(path, target)


def _renamed(path: Path, target: Path) -> None:
    # A folder of the cache may be gone since.
    target.parent.mkdir(parents=True, exist_ok=True)
    run("cp", "-a", path, target.with_name("new"))
    target.with_name("new").replace(target)


def mirrored(folder: Path, copy: Path) -> None:
    """The same, and what is not in the copy goes."""
    only_what_differs(folder, copy)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        if not (copy / path.relative_to(folder)).exists():
            path.unlink()


def _look(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def instead(folder: Path, copy: Path) -> None:
    """The folder is deleted and made anew."""
    shutil.rmtree(folder)
    run("cp", "-a", copy, folder)


def moved_aside(folder: Path, copy: Path) -> None:
    """The folder is kept under another name."""
    folder.rename(folder.with_name("newer"))
    run("cp", "-a", copy, folder)


def history_alone(folder: Path, copy: Path) -> None:
    """Only the history is put back: receipts and copies of it stay as they are."""
    run("cp", "-a", *sorted(copy.glob("jobs.db*")), folder)


def without_times(folder: Path, copy: Path) -> None:
    """Each file is written over, and is of this moment."""
    run("cp", "-r", f"{copy}/.", folder)


def twice(folder: Path, copy: Path) -> None:
    """In two ways, one after the other."""
    over(folder, copy)
    unpacked(folder, copy)


def in_parts(folder: Path, copy: Path) -> None:
    """The history is written over, and the receipts are made anew under the note of the older use."""
    run("cp", "-r", *sorted(copy.glob("jobs.db*")), folder)
    if (copy / "receipts").exists():
        shutil.rmtree(folder / "receipts")
        run("cp", "-a", copy / "receipts", folder)
    run("cp", "-a", copy / "HISTORY", folder)


def alone(folder: Path, copy: Path) -> None:
    """The folder is emptied, and the history alone is put back."""
    emptied(folder)
    run("cp", "-a", *sorted(copy.glob("jobs.db*")), folder)


def alone_today(folder: Path, copy: Path) -> None:
    """The same, and each file is of this moment."""
    emptied(folder)
    run("cp", *sorted(copy.glob("jobs.db*")), folder)


def with_files(folder: Path, copy: Path) -> None:
    """The history and what was made are unpacked into a folder that is made anew."""
    shutil.rmtree(folder)
    folder.mkdir()
    archive = copy.with_suffix(".tar")
    parts = [path.name for path in (*sorted(copy.glob("jobs.db*")), copy / "artifacts")]
    run("tar", "-cf", archive, "-C", copy, *parts)
    run("tar", "-xf", archive, "-C", folder)


def without_receipts(folder: Path, copy: Path) -> None:
    """The folder is emptied, and all but the receipts is put back as of this moment."""
    emptied(folder)
    left = [path for path in sorted(copy.iterdir()) if path.name not in ("receipts", "RECEIPTS")]
    run("cp", "-r", *left, folder)


def with_receipts(folder: Path, copy: Path) -> None:
    """The folder is made anew, and the history comes back with its receipts and nothing else."""
    shutil.rmtree(folder)
    folder.mkdir()
    run("cp", "-a", *sorted(copy.glob("jobs.db*")), folder)
    run("cp", "-a", copy / "receipts", folder)


def emptied(folder: Path, *kept: str) -> None:
    """Everything in the folder is removed, but for what is to be kept, and the folder stays."""
    for path in folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


WAYS: Mapping[str, Callable[[Path, Path], None]] = {
    way.__name__: way
    for way in (
        over, unpacked, renamed_into_place, instead, moved_aside, history_alone, without_times, twice,
        only_what_differs, mirrored, in_parts, alone, alone_today, with_files, without_receipts,
        with_receipts, log_first,
    )
}  # fmt: skip
WITHOUT_FILES = (alone, alone_today, with_receipts)
"""After these the person has removed what was made: no studio has it any more."""


def prune(journal: Journal, backups: Backups) -> None:
    """Let go of the receipts of ended jobs, as the keeper does once two copies hold what they tell."""
    assert journal.receipts is not None
    journal.receipts.prune(backups.held_twice(), journal.figures.held())


def run(*words: str | Path) -> None:
    """Run a program of the system."""
    subprocess.run([str(word) for word in words], check=True)


HOUR = 3600.0


@asynccontextmanager
async def studio_on(
    folder: Path, fake: FakeVendor, clock: Time, *, killed: bool = False
) -> AsyncGenerator[Studio]:
    """A studio that makes one thing at a time; `killed`: what is left is what a kill leaves."""
    studio = Studio(
        Settings(data_dir=folder), credentials=Credentials({}), vendors=[fake.vendor(ONE)],
        sleep=clock.sleep, clock=clock.clock,
    )  # fmt: skip
    await studio.start()
    try:
        yield studio
    finally:
        noted = (folder / HISTORY).read_bytes()
        with closing(sqlite3.connect(f"file:{folder / 'jobs.db'}?mode=ro", uri=True)) as reader:
            # Who reads keeps the log from being written back.
            reader.execute("select count(*) from job").fetchall() if killed else None
            await studio.stop()
        if killed:
            assert (folder / "jobs.db-wal").stat().st_size > 0
            (folder / HISTORY).write_bytes(noted)
            as_if_killed(folder)


def asked(prompt: str) -> Request:
    """A request by its words."""
    return ImageRequest.model_validate({"model": MODEL.id, "prompt": prompt})


def pressed(studio: Studio, name: str) -> Job:
    """A press by its name."""
    return studio.submission.submit(asked(name), owner="local", idempotency_key=f"press-{name}")
