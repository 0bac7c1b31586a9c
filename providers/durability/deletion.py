"""Deleting: first the row for good, then its receipt, then the files that nobody else needs.

A crash in between leaves files of a deleted job, never a job without its files; the next look removes them.
"""

from collections.abc import Sequence

from providers.history.journal import Journal
from providers.jobs.job import Job, JobId
from providers.library.vault import Vault, is_name


def delete(journal: Journal, vault: Vault, job_id: JobId, owner: str) -> tuple[Job, list[str]]:
    """Delete a job that has ended: what is left of it, and the names of files that are gone.

    Unknown for another owner's job, InvalidRequest for one that has not ended, StoreProblem.
    """
    left = journal.delete(job_id, owner)
    return left, _remove(journal, vault, job_id, journal.deletions.left_over().get(job_id, ()))


def clear(journal: Journal, vault: Vault) -> None:
    """Remove what deleted jobs left: after a crash, or since somebody else may have needed it. StoreProblem."""
    for job_id, names in journal.deletions.left_over().items():
        if journal.receipts is not None:
            journal.receipts.note(job_id)
        _remove(journal, vault, job_id, names)


def _remove(journal: Journal, vault: Vault, job_id: JobId, names: Sequence[str]) -> list[str]:
    if journal.receipts is not None:
        # An older backup must not bring back a job whose files are gone.
        journal.receipts.wait(job_id)
    all_done, gone = True, list[str]()
    for name in filter(is_name, names):
        done = vault.remove(name, lambda one=name: bool(journal.artifacts.with_bytes(one)))
        all_done &= done
        if done and not vault.path(name).exists():
            gone.append(name)
    if all_done:
        journal.deletions.is_removed(job_id)
    return gone
