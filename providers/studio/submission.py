"""Asking for something new: a request is looked at, becomes a job, and is written down."""

from collections.abc import Callable, Mapping, Sequence

from providers.catalogue.models import Catalogue
from providers.catalogue.requests import Request
from providers.errors import InvalidRequest, Problem, Unknown
from providers.history.batch import BatchLine, add_all
from providers.history.new_job import NewJob
from providers.jobs.intake import file_problems, new_job
from providers.jobs.job import BatchRow, Job
from providers.jobs.reservations import reservation_for
from providers.library.vault import Vault
from providers.studio.opened import Opened
from providers.studio.spending import Spending
from providers.vendors.connection import Connection
from providers.vendors.vendor import clock_offset


class Submission:
    """How requests become jobs, one or many at once. Any thread may ask."""

    def __init__(
        self,
        catalogue: Catalogue,
        connections: Mapping[str, Connection],
        spending: Spending,
        vault: Vault,
        opened: Opened,
        clock: Callable[[], float],
    ) -> None:
        self.spending = spending
        self._catalogue = catalogue
        self._connections = connections
        self._vault = vault
        self._opened = opened
        self._clock = clock

    def problems(self, request: Request, *, owner: str) -> list[Problem]:
        """Every problem of a request, hard and soft, its owner's files included."""
        found = self._catalogue.problems(request)
        try:
            rules = self._catalogue.spec_for(request).rules_for(request.fields())
        except Unknown:
            return found
        journal = self._opened.journal
        return found + file_problems(request, rules, lambda one: journal.artifacts.get(one, owner))

    def submit(
        self,
        request: Request,
        *,
        owner: str,
        client_request_id: str = "",
        batch: BatchRow | None = None,
    ) -> Job:
        """Write a job down and return at once; the runner does the rest.

        The same press of the button again gives the same job. InvalidRequest, StoreProblem.
        """
        journal, runner = self._opened.journal, self._opened.runner
        before = journal.made_by(owner, client_request_id, request)
        if before is not None:
            return runner.current(before)
        entry = self.entry(request, owner, client_request_id, batch)
        kept = journal.add(entry.job, request, entry.caps, entry.disk)
        if kept.id == entry.job.id:
            runner.announce(kept)
        return kept

    def submit_all(
        self,
        lines: Sequence[BatchLine],
        entries: Sequence[NewJob],
        owner: str,
        allowed: Callable[[], None],
    ) -> list[Job]:
        """Write the job of every line down, or none, and begin with them. InvalidRequest, StoreProblem.

        `allowed` may still forbid it by raising, from within the transaction.
        """
        journal, runner = self._opened.journal, self._opened.runner
        kept = add_all(journal, owner, lines, entries, allowed)
        for job, entry in zip(kept, entries, strict=True):
            if job.id == entry.job.id:
                runner.announce(job)
        return [runner.current(job) for job in kept]

    def entry(
        self, request: Request, owner: str, idempotency_key: str, batch: BatchRow | None = None
    ) -> NewJob:
        """A valid request as the job that it becomes. InvalidRequest with every hard problem."""
        journal = self._opened.journal
        hard = [one for one in self.problems(request, owner=owner) if not one.soft]
        if hard:
            raise InvalidRequest(hard)
        valid = self._catalogue.validate(request)
        vendor = valid.model.partition(":")[0]
        job = new_job(
            valid,
            owner=owner,
            client_request_id=idempotency_key,
            sandbox=self._connections[vendor].is_sandbox,
            now=self._clock(),
            estimate=self.spending.estimate(valid, owner),
            batch=batch,
            clock_offset=clock_offset(self._connections[vendor].provider),
        )
        past = journal.figures.weights(owner, valid, job.sandbox)
        disk = reservation_for(valid, self._vault.free, past)
        return NewJob(job, request, self.spending.caps_for(vendor, owner), disk)
