"""Merging: what the newest copy of the history knows, and an older one that was put back beside it does not.

The jobs that were made or changed since come back as their receipts would bring them, with the steps they
went through, the day that they count to and the files of their owners.
"""

import logging
import shutil
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress

from providers.durability.backup import Backup
from providers.errors import InvalidRequest, StoreProblem
from providers.history.journal import Journal
from providers.history.receipts import Receipt
from providers.jobs.job import JobId
from providers.jobs.transitions import changed
from providers.library.vault import Vault

log = logging.getLogger("studio.history")
MERGED = (
    "An older history was restored. Its newest copy, {name}, knew more about %d jobs, so they "
    "were merged in."
)
LEFT = "job %s: what %s knows of it is not taken in. %s"
NOT_OPENED = (
    "The history is older than its copy backup/{name}, which can't be read right now "
    "({reason}). Without it, jobs would be missing and could be charged again. Free some space, "
    "then start again."
)
BROUGHT = "Recovered from a newer copy of the history."


def merge(journal: Journal, vault: Vault, copy: Backup) -> None:
    """Take all that a copy knows more into the history, whatever stands in the way of one job. StoreProblem.

    What seems unsent comes as it stands there: whoever opens the history decides whether to doubt it.
    """
    count = 0
    with _opened(copy) as later:
        for job_id in _newer(later, journal):
            with suppress(InvalidRequest):
                receipt = _take(journal, later, job_id, copy)
                count += not receipt.job.gone
                for artifact in (*receipt.references, *receipt.job.artifacts):
                    vault.bring_back(artifact.sha256)
        journal.join(later.accounts.said_same(), later.artifacts.references(), later.plans.rows())
    log.warning(MERGED.format(name=copy.path.name), count)


def _newer(later: Journal, journal: Journal) -> list[JobId]:
    """Jobs of which the other history holds a later state, those first that changed first: a task that one
    job let go of may be another one's since."""
    held = journal.revisions.all()
    found = [
        (at, job_id) for job_id, at in later.revisions.all().items() if at > held.get(job_id, -1)
    ]
    return [job_id for _, job_id in sorted(found)]


def _take(journal: Journal, later: Journal, job_id: JobId, copy: Backup) -> Receipt:
    try:
        receipt, past = later.receipt(job_id), later.past(job_id)
    except StoreProblem as error:
        # A row that is spoiled there, and of which nothing else tells.
        log.warning(LEFT, job_id, copy.path.name, error)
        raise InvalidRequest([]) from error

    def put(receipt: Receipt) -> Receipt:
        journal.resume(job_id, past)
        journal.take_back(receipt, BROUGHT, is_sure=True)
        return receipt

    try:
        return journal.database.write(lambda: put(receipt))
    except InvalidRequest:
        # Its press has made another job here since: both were bought, and both are shown.
        unnamed = changed(receipt.job, client_request_id="")
        try:
            return journal.database.write(lambda: put(receipt.model_copy(update={"job": unnamed})))
        except InvalidRequest as error:
            log.warning(LEFT, job_id, copy.path.name, error)
            raise


@contextmanager
def _opened(copy: Backup) -> Generator[Journal]:
    """A copy of the copy, which an older version's may be lifted in; StoreProblem."""
    path = copy.path.with_name("later.new")
    try:
        try:
            shutil.copyfile(copy.path, path)
            later = Journal(path, far=lambda _: True)
        except (OSError, StoreProblem) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise StoreProblem(NOT_OPENED.format(name=copy.path.name, reason=reason)) from error
        with closing(later):
            yield later
    finally:
        for end in ("", "-journal"):
            path.with_name(path.name + end).unlink(missing_ok=True)
