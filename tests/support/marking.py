"""Marks that come to the disk at the worst moment: between the revision of a step and its row."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from providers.history.marks import Marks
from providers.jobs.job import Job
from providers.studio.studio import Studio


def marked_in_between(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, wanted: Callable[[Job], bool]
) -> list[int]:
    """Whenever such a job goes to the disk, its owner stars it first: after its revision, before its row.

    The revisions of the stars.
    """
    journal, stars = studio.opened.journal, list[int]()
    put = journal.put

    def star(job: Job) -> None:
        stars.append(journal.mark(job.id, "local", Marks(starred=True)).revision)

    def late(job: Job, *, note: bool, since: int | None = None) -> Future[bool]:
        if wanted(job):
            with ThreadPoolExecutor(1) as other:
                other.submit(star, job).result()
            while journal.receipts is not None and journal.receipts.unwritten:
                time.sleep(
                    0.001
                )  # The loop stands still: it is the receipts' own thread that goes on.
        return put(job, note=note, since=since)

    monkeypatch.setattr(journal, "put", late)
    return stars
