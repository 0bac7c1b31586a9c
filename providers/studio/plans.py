"""Saved plans: named, opened with what is wrong with them by now, changed, duplicated and deleted."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from providers.catalogue.plans import JobPlan, Plan, PlanId
from providers.catalogue.requests import MultishotRequest, Request, Shot
from providers.errors import Problem, Unknown
from providers.history.plans import LONGEST, PlanLine, SavedPlan
from providers.jobs.job import Job, JobId
from providers.studio.opened import Opened

NO_SHOTS = "This job has no shots, so there is no plan of it. Choose a multishot."


class Examined(Protocol):
    """What looks at a request."""

    def __call__(self, request: Request, *, owner: str) -> list[Problem]:
        """Every problem of it."""
        ...


class MadePlan(NamedTuple):
    """What a job was made of."""

    name: str
    plan: Plan


class Planning:
    """What an owner does with plans. Any thread may ask; each raises Unknown, InvalidRequest, StoreProblem."""

    def __init__(self, opened: Opened, problems: Examined, clock: Callable[[], float]) -> None:
        self._opened = opened
        self._problems = problems
        self._clock = clock

    def all(self, owner: str) -> list[PlanLine]:
        """An owner's plans and templates, the one that was changed last first."""
        return self._opened.journal.plans.of(owner)

    def one(self, plan_id: PlanId, owner: str) -> SavedPlan:
        """A plan as it was saved."""
        return self._opened.journal.plans.get(plan_id, owner)

    def problems(self, plan: Plan, owner: str) -> tuple[Problem, ...]:
        """What keeps a plan from being sent as it is: its model is gone, a file is, or its rules changed."""
        return tuple(self._problems(plan.request(), owner=owner))

    def save(
        self, owner: str, name: str, plan: Plan, *, template: bool = False, key: str = ""
    ) -> SavedPlan:
        """Save a new plan, once for each key."""
        plans = self._opened.journal.plans
        return plans.add(owner, name, plan, template=template, now=self._clock(), key=key)

    def change(
        self,
        plan_id: PlanId,
        owner: str,
        revision: int | None,
        *,
        name: str | None = None,
        plan: Plan | None = None,
        template: bool | None = None,
    ) -> SavedPlan:
        """Save over a plan that was opened at this revision; None: whatever stands there by now."""
        return self._opened.journal.plans.change(
            plan_id, owner, revision, now=self._clock(), name=name, plan=plan, template=template
        )

    def duplicate(self, plan_id: PlanId, owner: str, *, key: str = "") -> SavedPlan:
        """The same plan once more, under a name that says so."""
        held = self.one(plan_id, owner)
        name = f"{held.name[: LONGEST - len(' (copy)')].rstrip()} (copy)"
        return self.save(owner, name, held.plan, template=held.template, key=key)

    def delete(self, plan_id: PlanId, owner: str) -> None:
        """Delete a plan for good. Jobs keep what they were made of."""
        self._opened.journal.plans.delete(plan_id, owner)

    def of_job(self, job_id: JobId, owner: str) -> MadePlan:
        """The plan that a job was made of, exactly, whatever the saved one says by now."""
        job = self._opened.journal.jobs.get(job_id, owner)
        return MadePlan("" if job.plan is None else job.plan.name, plan_of(job))


def plan_of(job: Job) -> Plan:
    """The plan of a job of several shots. Unknown for any other."""
    request = job.request
    if not isinstance(request, MultishotRequest):
        raise Unknown(NO_SHOTS)
    own = job.plan or JobPlan(prompts=tuple(one.prompt for one in request.shots))
    shots = tuple(
        Shot(prompt=prompt, seconds=one.seconds)
        for prompt, one in zip(own.prompts, request.shots, strict=False)
    )
    return Plan(
        model=request.model, prompt=request.prompt, style=own.style, cast=own.cast, shots=shots,
        options=request.options, start_frame=request.start_frame, references=request.references,
    )  # fmt: skip
