"""Opening the history of a data folder: never an empty one in the place of one that was lost."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from providers.errors import InvalidRequest, StoreProblem
from providers.jobs.backup import Backups
from providers.jobs.deletion import clear
from providers.jobs.job import JobId
from providers.jobs.journal import Journal
from providers.jobs.rows import doubted, seems_unsent
from providers.jobs.schema import DamagedHistory
from providers.jobs.trail import Trail, never_sent, newer
from providers.library.disk import is_far
from providers.library.vault import Vault

log = logging.getLogger("studio.history")
TAKEN_BACK = "Receipts knew more than the history about %d jobs, so they were taken into it."
VANISHED = (
    "The history jobs.db in {folder} is missing or empty, though the studio has worked there before. "
    "Nothing was changed. Put a backup in its place, or start with another data folder "
    "(STUDIO_DATA_DIR)."
)
FAR = (
    "The data folder lies on a file system that does not promise all that a history needs, e.g. one of "
    "another machine. Writing is slower there, and never open it from two machines. "
    "Choose a folder on a disk of this machine instead (STUDIO_DATA_DIR)."
)
CUT = "The last moments before a crash are missing in the history, so this job is looked for first."
COPIED = (
    "This data folder is a copy, or an older one that was put back. Elsewhere this job may have been sent "
    "since, so it is looked for first."
)
HISTORY = "HISTORY"
"""A file in the data folder: the number that the file system gave the history which was used last."""
OUTSIDE = 10_000
"""Receipts of ended jobs that stay in a folder elsewhere: copies of the history go when its disk is emptied."""


def open_history(
    vault: Vault,
    *,
    clock: Callable[[], float] = time.time,
    receipts: Path | None = None,
    far: Callable[[Path], bool] = is_far,
    doubts: str = "",
) -> Journal:
    """The journal of an open vault. StoreProblem names the newest backup when the history is lost.

    Receipts that know more than the history are taken into it. They lie in `receipts`, else in the vault.
    `far` tells whether a path lies where no log can be shared: there the history does without one. `doubts`
    says why this history may be an old one, if it may.
    """
    path = vault.folder / "jobs.db"
    backups = Backups(vault.folder, disk=vault.disk, clock=clock, receipts=receipts)
    is_here = path.is_file() and path.stat().st_size > 0
    if not is_here and (vault.is_known or backups.all()):
        raise StoreProblem(VANISHED.format(folder=vault.folder) + backups.advice())
    is_cut = is_here and vault.was_cut and not path.with_name("jobs.db-wal").exists()
    try:
        journal = Journal(
            path,
            clock=clock,
            make_room=vault.ballast.release,
            before_lifting=lambda: backups.take(path, "lifted"),
            far=far,
        )
    except DamagedHistory as error:
        raise DamagedHistory(str(error) + backups.advice()) from error
    if not journal.uses_log:
        log.warning("%s", FAR)
    vault.begin()
    folder = receipts or vault.folder / "receipts"
    catch_up(journal, vault, folder)
    if journal.uses_log and not doubts:
        # What stands there as not sent may have been sent in the moments that are missing, or elsewhere.
        doubts = CUT if is_cut else COPIED if _is_copy(path) else ""
    if doubts:
        doubt(journal, vault, folder, doubts, clock())
    _remember(path, vault)
    keeps = OUTSIDE if folder.parent != vault.folder else 0
    trail = Trail(folder, journal.receipt, disk=vault.disk, keeps=keeps, home=vault.folder)
    journal.leave(trail)
    with suppress(StoreProblem):
        # Else the keeper does it; what is kept must be shown all the same.
        clear(journal, vault)
    return journal


def catch_up(journal: Journal, vault: Vault, folder: Path) -> None:
    """Take in what receipts know more than the history."""
    count = 0
    try:
        for receipt in newer(folder, journal.revision_of):
            try:
                sure = never_sent(folder, [receipt.job], vault.folder)
                journal.take_back(receipt, CUT, is_sure=bool(sure))
            except InvalidRequest as error:
                log.warning("job %s: its receipt is not taken in. %s", receipt.job.id, error)
                continue
            count += not receipt.job.gone
            for artifact in (*receipt.references, *receipt.job.artifacts):
                vault.bring_back(artifact.sha256)
    except OSError as error:
        log.warning("The receipts in %s cannot be read (%s).", folder, error.strerror)
    if count:
        log.warning(TAKEN_BACK, count)


def doubt(journal: Journal, vault: Vault, folder: Path, why: str, now: float) -> None:
    """Look for every job that seems unsent before it is sent, but for those whose receipts promise it."""
    sure, jobs = set[JobId](), [job for job in journal.open_jobs() if seems_unsent(job)]
    with suppress(OSError):
        sure = never_sent(folder, jobs, vault.folder)
    for job in jobs:
        if job.id not in sure:
            changes = {"revision": journal.next_revision(), "updated": now}
            journal.write(doubted(job, why).model_copy(update=changes), note=True)


def _is_copy(history: Path) -> bool:
    with suppress(FileNotFoundError):
        return (history.parent / HISTORY).read_bytes() not in (b"", _number(history))
    return False


def _remember(history: Path, vault: Vault) -> None:
    path, told = history.parent / HISTORY, _number(history)
    with suppress(OSError):
        # What is not kept here costs at most some looks at the vendors.
        if path.exists() and path.read_bytes() == told:
            return
        path.touch(mode=0o600)
        path.write_bytes(told)
        vault.disk.sync_file(path)
        vault.disk.sync_folder(path.parent)


def _number(history: Path) -> bytes:
    return str(history.stat().st_ino).encode("ascii")
