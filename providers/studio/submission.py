"""Asking for something new: a request is looked at, becomes a job, and is written down."""

from collections.abc import Callable, Collection, Mapping, Sequence

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.money import price_words
from providers.catalogue.plans import JobPlan, slot_problems
from providers.catalogue.requests import Kind, Request
from providers.catalogue.rules import is_given
from providers.errors import InvalidRequest, Problem, Unknown
from providers.history.batch import BatchLine, add_all
from providers.history.new_job import NewJob
from providers.history.reservations import reservation_for
from providers.history.rows import words
from providers.jobs.failures import COUNTED
from providers.jobs.intake import new_job
from providers.jobs.job import BatchRow, Job
from providers.library.vault import Vault
from providers.studio.inputs import Inputs
from providers.studio.opened import Opened
from providers.studio.spending import Spending
from providers.vendors.connection import Connection
from providers.vendors.vendor import clock_offset

BLOCKED = "Moderation blocked these {what} before. Change them, or send them again on purpose."
PLACES: Mapping[Kind, str] = {"image": "prompt", "video": "prompt", "multishot": "shots"}
"""The field at which the words of a request are spoken of."""
NO_SUCH_MODEL = "{vendor} said last that it doesn't offer {model}, so it may refuse it again."


NO_ACCOUNT = "{vendor} has no such account for this key. Choose another one, or none."
NOT_FREE = (
    "{vendor} has a key now, so this is no longer made in the sandbox: it spends credits{price}."
)
WITHHELD = "{vendor} doesn't list {model} for this account, so it may reject the request."


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

    def problems(
        self, request: Request, *, owner: str, plan: JobPlan | None = None
    ) -> list[Problem]:
        """Every problem of a request, hard and soft, its owner's files and how it was written included."""
        found = self._catalogue.problems(request)
        found += slot_problems(request, () if plan is None else plan.slots)
        found += [] if plan is None else plan.problems(request)
        try:
            spec = self._catalogue.spec_for(request)
        except Unknown:
            return found
        found += self._inputs(spec, request, owner).problems()
        found += [*self._withheld(spec, owner), *self._unoffered(spec), *self._not_linked(request)]
        return found + self._blocked(request, owner)

    def submit(
        self,
        request: Request,
        *,
        owner: str,
        idempotency_key: str = "",
        batch: BatchRow | None = None,
        agreed: Collection[str] = (),
        plan: JobPlan | None = None,
        free: bool = False,
    ) -> Job:
        """Write a job down and return at once; the runner does the rest.

        The same press of the button again gives the same job. `agreed` names the questions that somebody
        said yes to. `plan`: how its shots were written down. `free`: who asks was shown the sandbox.
        InvalidRequest, StoreProblem.
        """
        journal, runner = self._opened.journal, self._opened.runner
        before = journal.made_by(owner, idempotency_key, request)
        if before is not None:
            return runner.current(before)
        new = self.new_job(request, owner, idempotency_key, batch, agreed, plan, free=free)
        kept = journal.add(new.job, request, new.caps, new.disk)
        if kept.id == new.job.id:
            runner.announce(kept)
        return kept

    def submit_all(
        self,
        lines: Sequence[BatchLine],
        new: Sequence[NewJob],
        owner: str,
        allowed: Callable[[], None],
    ) -> list[Job]:
        """Write the job of every line down, or none, and begin with them. InvalidRequest, StoreProblem.

        `allowed` may still forbid it by raising, from within the transaction.
        """
        journal, runner = self._opened.journal, self._opened.runner
        kept = add_all(journal, owner, lines, new, allowed)
        for job, one in zip(kept, new, strict=True):
            if job.id == one.job.id:
                runner.announce(job)
        return [runner.current(job) for job in kept]

    def new_job(
        self,
        request: Request,
        owner: str,
        idempotency_key: str,
        batch: BatchRow | None = None,
        agreed: Collection[str] = (),
        plan: JobPlan | None = None,
        *,
        free: bool = False,
    ) -> NewJob:
        """A valid request as the job that it becomes.

        InvalidRequest with every hard problem, and every question that nobody agreed to.
        """
        journal = self._opened.journal
        # Once: a key may be pasted or removed meanwhile, and caps and price are those of one connection.
        connection = self._connections.get(request.vendor)
        found = self.problems(request, owner=owner, plan=plan)
        found += self._not_free(request, owner, connection) if free else []
        if hard := [one for one in found if stops(one, agreed)]:
            raise InvalidRequest(hard)
        valid = self._catalogue.validate(self._in_shape(request, owner))
        assert connection is not None
        job = new_job(
            valid,
            owner=owner,
            idempotency_key=idempotency_key,
            sandbox=connection.is_sandbox,
            now=self._clock(),
            estimate=self.spending.estimate(valid, owner),
            batch=batch,
            plan=plan and self._named(plan, owner),
            clock_offset=clock_offset(connection.provider),
            called_at=connection.called_at,
            inputs={one: journal.artifacts.get(one, owner).name for _, one in valid.media()},
        )
        past = journal.figures.weights(owner, valid, job.sandbox)
        disk = reservation_for(valid, self._vault.free, past)
        return NewJob(job, request, self.spending.caps_through(connection, owner), disk)

    def _not_free(
        self, request: Request, owner: str, connection: Connection | None
    ) -> list[Problem]:
        if connection is None or connection.is_sandbox:
            return []
        price = self.spending.estimate(request, owner)
        told = "" if price is None else f", {price_words(price)}"
        sentence = NOT_FREE.format(vendor=connection.vendor.label, price=told)
        return [Problem("model", sentence, soft=True, asks="not_free")]

    def _named(self, plan: JobPlan, owner: str) -> JobPlan:
        name = self._opened.journal.plans.name(plan.id, owner) if plan.id else None
        # What is deleted by now, or was never this owner's, is a plan's name at most.
        found = {"id": "", "revision": 0} if name is None else {"name": name}
        return plan.model_copy(update=found)

    def _inputs(self, spec: ModelSpec, request: Request, owner: str) -> Inputs:
        artifacts = self._opened.journal.artifacts
        return Inputs(spec, request, lambda one: artifacts.get(one, owner), self._vault.path)

    def _in_shape(self, request: Request, owner: str) -> Request:
        """The same with the ratio of its start frame, where nobody chose one and another would cut it."""
        ratio = self._inputs(self._catalogue.spec_for(request), request, owner).ratio()
        if ratio is None:
            return request
        return request.model_copy(update={"options": {**request.options, "ratio": ratio}})

    def _withheld(self, spec: ModelSpec, owner: str) -> list[Problem]:
        # Whoever agreed once has a job with this model by then, and is only told.
        connection = self._connections[spec.vendor]
        if spec.id not in connection.withheld:
            return []
        sentence = WITHHELD.format(vendor=connection.vendor.label, model=spec.label)
        known = self._opened.journal.jobs.has_tried(owner, spec.id)
        return [Problem("model", sentence, soft=True, asks="" if known else "withheld")]

    def _unoffered(self, spec: ModelSpec) -> list[Problem]:
        connection = self._connections[spec.vendor]
        if spec.id not in connection.unoffered:
            return []
        sentence = NO_SUCH_MODEL.format(vendor=connection.vendor.label, model=spec.label)
        return [Problem("model", sentence, soft=True)]

    def _not_linked(self, request: Request) -> list[Problem]:
        mark, connection = request.account, self._connections[request.vendor]
        if mark is None:
            return []
        known = [account.mark for account in connection.health.linked]
        if mark in known or (not known and connection.has_offer and isinstance(mark, str)):
            return []
        return [Problem("account", NO_ACCOUNT.format(vendor=connection.vendor.label))]

    def _blocked(self, request: Request, owner: str) -> list[Problem]:
        # Whoever agreed once has another job by then, and is asked again only when that was blocked, too.
        connection = self._connections.get(request.vendor)
        files = [field for field, _ in request.media()]
        has_words = is_given(words(request))
        if connection is None or not (has_words or files):
            return []
        last = self._opened.journal.jobs.newest_of_words(
            owner, request, sandbox=connection.is_sandbox
        )
        if last is None or last.error is None or last.error.code != "moderated":
            return []
        blocked = BLOCKED.format(what="words" if has_words else "files")
        sentence = blocked if connection.is_sandbox else f"{blocked} {COUNTED}"
        field = PLACES[request.kind] if has_words else files[0]
        return [Problem(field, sentence, soft=True, asks="moderated")]


def stops(problem: Problem, agreed: Collection[str] = ()) -> bool:
    """Whether nothing may be sent with this problem, for somebody who agreed to these questions."""
    return problem.asks not in agreed if problem.asks else not problem.soft
