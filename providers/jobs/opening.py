"""Opening the history of a data folder: never an empty one in the place of one that was lost."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from providers.errors import InvalidRequest, StoreProblem
from providers.jobs.backup import Backups
from providers.jobs.deletion import clear
from providers.jobs.journal import Journal
from providers.jobs.schema import DamagedHistory
from providers.jobs.trail import Trail, newer
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


def open_history(
    vault: Vault,
    *,
    clock: Callable[[], float] = time.time,
    receipts: Path | None = None,
    far: Callable[[Path], bool] = is_far,
) -> Journal:
    """The journal of an open vault. StoreProblem names the newest backup when the history is lost.

    Receipts that know more than the history are taken into it. They lie in `receipts`, else in the vault.
    `far` tells whether a path lies where no log can be shared: there the history does without one.
    """
    path = vault.folder / "jobs.db"
    backups = Backups(vault.folder, disk=vault.disk, clock=clock, receipts=receipts)
    is_here = path.is_file() and path.stat().st_size > 0
    if not is_here and (vault.is_known or backups.all()):
        raise StoreProblem(VANISHED.format(folder=vault.folder) + backups.advice())
    log_is_lost = is_here and vault.was_cut and not path.with_name("jobs.db-wal").exists()
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
    if log_is_lost and journal.uses_log:
        # What stands there as not sent may have been sent in the moments that are missing.
        journal.doubt(CUT)
    catch_up(journal, vault, receipts or vault.folder / "receipts")
    with suppress(StoreProblem):
        # Else the keeper does it; what is kept must be shown all the same.
        clear(journal, vault)
    return journal


def catch_up(journal: Journal, vault: Vault, folder: Path) -> None:
    """Take in what receipts know more than the history, and leave receipts from now on."""
    count = 0
    try:
        for receipt in newer(folder, journal.revision_of):
            try:
                journal.take_back(receipt, CUT)
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
    journal.leave(Trail(folder, journal.receipt, disk=vault.disk))
