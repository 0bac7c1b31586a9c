"""Opening the history of a data folder: never an empty one in the place of one that was lost."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from providers.durability.backup import Backup, Backups
from providers.durability.deletion import clear
from providers.durability.merging import merge
from providers.durability.promises import Promises, never_sent, promises
from providers.errors import InvalidRequest, StoreProblem
from providers.history.journal import Journal
from providers.history.last_use import HISTORY as HISTORY
from providers.history.last_use import FolderState, Notes, set_log_aside
from providers.history.receipts import Receipts, newer, used_by
from providers.history.rows import doubted
from providers.history.schema import DamagedHistory
from providers.jobs.transitions import changed
from providers.library.disk import is_far, is_place
from providers.library.vault import Vault

log = logging.getLogger("studio.history")
TAKEN_BACK = "Receipts knew more than the history about %d jobs, so they were merged in."
VANISHED = (
    "The history jobs.db in {folder} is missing or empty, although the studio has been used "
    "there before. Nothing was changed. Restore a backup, or start with another data folder "
    "(STUDIO_DATA_DIR)."
)
FAR = (
    "The data folder is on a file system that may not protect the history, such as a network "
    "drive. Saving is slower there, and two machines must never open it at once. Choose a "
    "folder on a local disk instead (STUDIO_DATA_DIR)."
)
CUT = (
    "The last moments before a crash are missing from the history, so the studio first "
    "checks whether this job was sent."
)
COPIED = (
    "This data folder is a copy or was restored from an older one. This job may have been sent "
    "elsewhere since, so the studio checks first."
)
AWAY = (
    "This data folder wasn't used for over a day and its disk may have been restored to an "
    "earlier state, so the studio checks whether this job was sent before sending it."
)
STRANGE_LOG = (
    "An older history was restored next to the log of a newer one. The log is set aside in "
    "backup/, and the studio checks whether waiting jobs were sent before sending them."
)
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
    found, notes = FolderState.at(path), Notes(path, vault.disk, clock())
    if found.is_copy:
        # First: opening it takes away what tells so.
        notes.spoil()
    if found.has_strange_log:
        log.warning("%s", STRANGE_LOG)
        set_log_aside(path, backups.name("damaged"))
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
    if not journal.database.uses_log:
        log.warning("%s", FAR)
    vault.begin()
    folder = receipts or vault.folder / "receipts"
    copied = backups.later(journal.revisions.held)
    known = Known(found, copied, doubts, is_cut, _is_as_left(found, vault, folder))
    try:
        # All or nothing: what tells that this history is older goes with the first step that is taken in.
        journal.database.write(lambda: _bring_up(journal, vault, folder, known, notes.now))
    except BaseException:
        journal.close()
        raise
    notes.begin(journal.revisions.held)
    journal.notes = notes
    keeps = OUTSIDE if folder.parent != vault.folder else 0
    kept = Receipts(folder, journal.receipt, disk=vault.disk, keeps=keeps, home=vault.folder)
    journal.leave(kept)
    with suppress(StoreProblem):
        # Else the maintenance does it; what is kept must be shown all the same.
        clear(journal, vault)
    return journal


class Known(NamedTuple):
    """What is known about a history beside what it holds itself."""

    found: FolderState
    copied: tuple[Backup, int] | None
    """A copy that had come further, and how far."""
    doubts: str
    """Why it may be an old one, where that is told."""
    is_cut: bool
    """Whether its log is missing after a crash."""
    is_as_left: bool
    """Whether what lies beside it is what its last use left there."""


def _is_as_left(found: FolderState, vault: Vault, folder: Path) -> bool:
    """Whether nothing is missing beside a history that is always there: its note after an end in order, and
    after a kill the receipts that were used.

    A receipt of a job that was pressed a moment before a kill may be missing; all of them are not.
    """
    if found.is_untouched:
        return True
    if found.came_alone:
        return vault.was_cut and folder.is_dir()
    with suppress(OSError):
        return is_far(folder) or is_place(used_by(vault.folder), folder)
    return False


def _bring_up(journal: Journal, vault: Vault, folder: Path, known: Known, now: float) -> None:
    """Take in what a copy and receipts know, and doubt what an older state of the history calls unsent."""
    found, held = known.found, journal.revisions.held
    copy, copied = known.copied or (None, 0)
    if copy is not None:
        # First: receipts may know still more.
        merge(journal, vault, copy)
    later = max(catch_up(journal, vault, folder), copied, found.revision)
    journal.revisions.reach(later)
    if not known.doubts and found.is_long_ago(held, now):
        # The promises may be as old as the rest.
        return doubt(journal, vault, folder, AWAY, now, is_believed=False)
    # Elsewhere numbers and moments tell nothing; what is missing does.
    is_cut = known.is_cut and journal.database.uses_log
    is_copy = (found.is_copy and journal.database.uses_log) or not known.is_as_left
    why = known.doubts or (COPIED if later > held or is_copy else CUT if is_cut else "")
    # Also without a reason: a folder may be as it was long ago, and a promise in it tell that it was put there.
    return doubt(journal, vault, folder, why, now)


def catch_up(journal: Journal, vault: Vault, folder: Path) -> int:
    """Take in what receipts know more than the history. The latest revision among that; 0: nothing."""
    count = latest = 0
    try:
        for receipt in newer(folder, journal.revisions.of):
            latest = max(latest, receipt.job.revision)
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
        log.warning("The receipts in %s can't be read (%s).", folder, error.strerror)
    if count:
        log.warning(TAKEN_BACK, count)
    return latest


def doubt(
    journal: Journal, vault: Vault, folder: Path, why: str, now: float, *, is_believed: bool = True
) -> None:
    """Look for every job that seems unsent before it is sent, but for those whose receipts promise it.

    Nothing is doubted without a reason, unless a promise proves to be a copy. Receipts of another time are
    not to be believed.
    """
    jobs = [job for job in journal.jobs.open() if job.seems_unsent]
    told = Promises()
    with suppress(OSError):
        told = promises(folder, jobs, vault.folder)
    why = why or (COPIED if told.copied else "")
    for job in jobs if why else ():
        if not (is_believed and job.id in told.sure):
            revision = journal.revisions.next()
            journal.write(changed(doubted(job, why), revision=revision, updated=now), note=True)
