"""What receipts promise about jobs that seem unsent, as far as they are to be believed."""

from collections.abc import Iterable
from pathlib import Path

from providers.catalogue.rules import Frozen
from providers.history.receipts import AT_ONCE, Receipt, receipts, used_by
from providers.jobs.job import Job, JobId
from providers.library.disk import is_place, is_written_here


class Promises(Frozen):
    """What receipts promise about jobs that seem unsent."""

    sure: frozenset[JobId] = frozenset()
    """Those that were not sent."""
    copied: frozenset[JobId] = frozenset()
    """Those whose promise was put back by another program: it is as old as that copy."""


def promises(folder: Path, jobs: Iterable[Job], home: Path) -> Promises:
    """What the receipts of these jobs promise. OSError.

    Nothing, in a folder that is not the one that was used, or in a copy: what was sent since is not told there.
    """
    is_used = is_place(used_by(home), folder)
    found, sure, copied = receipts(folder), set[JobId](), set[JobId]()
    for job in (job for job in jobs if job.seems_unsent):
        # Only by the newest file, whole or not: an older one may have come back with a power cut.
        path = folder / f"{job.id}.{max(found.get(job.id, [0]))}.json"
        receipt = Receipt.read(path)
        if receipt is None or not (receipt.promised and is_place(receipt.home, home)):
            continue
        if not _is_first_hand(path, receipt):
            copied.add(job.id)
        elif is_used:
            sure.add(job.id)
    return Promises(sure=frozenset(sure), copied=frozenset(copied))


def never_sent(folder: Path, jobs: Iterable[Job], home: Path) -> frozenset[JobId]:
    """Which of these jobs their receipts promise were not sent. OSError."""
    return promises(folder, jobs, home).sure


def _is_first_hand(path: Path, receipt: Receipt) -> bool:
    # A copy may have the name, the content and the moment of the last change, but was itself made later.
    told = path.stat()
    return is_written_here(told) and abs(told.st_ctime - receipt.promised) <= AT_ONCE
