"""What pages and programs get of jobs and files: one record for two languages, and no row as it is stored."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from providers.catalogue.models import Cost, Estimate
from providers.catalogue.plans import JobPlan
from providers.catalogue.requests import MEDIA_FIELDS, ArtifactId, Kind, Request, Shot
from providers.catalogue.rules import Frozen, MediaKind
from providers.jobs import failures
from providers.jobs.job import (
    FOUND,
    Artifact,
    BatchRow,
    Evidence,
    Failure,
    Job,
    JobId,
    Parked,
    Phase,
    Queue,
    ReasonCode,
    State,
)
from providers.vendors.vendor import Charged, DetailAs


class ArtifactView(Frozen):
    """A file that is kept."""

    id: ArtifactId
    kind: MediaKind
    url: str
    """Relative to the studio's own address."""
    width: int | None
    height: int | None
    seconds: float | None
    """None: a picture."""
    bytes: int
    sound: bool
    rate: float | None
    """Frames in a second of a video; None: not known, or a picture."""
    media_type: str
    name: str
    sandbox: bool
    harm: str
    """What the check of all files found: `missing`, `short` or `rotten`; empty when it is whole."""
    viewable: bool
    flaw: str
    """Why it cannot be shown; empty where it can."""
    credentials: bool
    """Whether it holds Content Credentials: a C2PA manifest of whoever made it."""

    @classmethod
    def of(cls, artifact: Artifact) -> "ArtifactView":
        """Without its owner and where its bytes lie."""
        return cls(
            id=artifact.id,
            kind=artifact.kind,
            url=f"media/{artifact.id}",
            width=artifact.width,
            height=artifact.height,
            seconds=artifact.seconds,
            bytes=artifact.bytes,
            sound=artifact.sound,
            rate=artifact.rate,
            media_type=artifact.media_type,
            name=artifact.name,
            sandbox=artifact.sandbox,
            harm=artifact.harm,
            viewable=not artifact.flaw,
            flaw=artifact.flaw,
            credentials=artifact.credentials,
        )


class FailureView(Frozen):
    """Why a job did not give what was asked."""

    code: ReasonCode
    message: str
    advice: str
    charged: Charged
    vendor_text: str
    lines: tuple[str, ...]
    """What happened and what to do, as it is printed: of a job in the sandbox nothing about money."""
    on_money: bool
    """Whether it tells of charges."""

    @classmethod
    def of(cls, failure: Failure, *, sandbox: bool) -> "FailureView":
        """As it is told."""
        return cls(
            code=failure.code,
            message=failure.message,
            advice=failure.advice,
            charged=failure.charged,
            vendor_text=failure.vendor_text,
            lines=failures.lines(failure, sandbox=sandbox),
            on_money=failures.is_on_money(failure),
        )


class EventView(Frozen):
    """One state that a job went through."""

    at: float
    """Seconds since the epoch."""
    state: str
    detail: str


class AnswerView(Frozen):
    """An answer of a vendor's as it came, without keys, tokens, signed links and e-mail addresses."""

    status: int
    """Of HTTP."""
    at: float
    """Seconds since the epoch."""
    text: str
    """At most 16 kB."""


class JobView(Frozen):
    """A job. Moments are seconds since the epoch."""

    id: JobId
    state: State
    revision: int
    """The newest of two records of one job has the higher one."""
    kind: Kind
    vendor: str
    model: str
    prompt: str
    options: Mapping[str, JsonValue]
    shots: tuple[Shot, ...]
    media: Mapping[str, ArtifactId | tuple[ArtifactId, ...]]
    """Ids of what was handed in, by field."""
    inputs: Mapping[ArtifactId, str]
    """Names of these files by their ids, as far as they are known."""
    progress: float | None
    """0 to 1; None: the vendor does not tell."""
    detail: str
    """The state in more words. It is printed, and nothing is read out of it."""
    detail_as: DetailAs
    phase: Phase | None
    """What happens to it; None: nobody works on it."""
    cancelling: bool
    unsent: bool
    """Whether nothing of it was ever sent."""
    queue: Queue | None
    parked: Parked | None
    starts_in: float | None
    """Seconds until the vendor expects to begin."""
    link_deadline: float | None
    """When the first link to a file that is not here yet dies."""
    error: FailureView | None
    late: bool
    starred: bool
    tags: tuple[str, ...]
    sandbox: bool
    found: bool
    """Made of files that lay in the data folder without a record."""
    created: float
    submitted: float | None
    finished: float | None
    usual: float | None
    """Median seconds that done jobs of this model took."""
    task: str
    """The end of the task's id at the vendor."""
    batch: BatchRow | None
    plan: JobPlan | None
    """How its shots were written down, as it was when they were sent; None: nobody said."""
    used: Mapping[str, JsonValue]
    """Values that the vendor chose, such as the seed."""
    estimate: Estimate | None
    quote: Cost | None
    """The most that it may cost, as its vendor said when it took the task."""
    cost: Cost | None
    evidence: Evidence | None
    artifacts: tuple[ArtifactView, ...]

    @classmethod
    def of(cls, job: Job) -> "JobView":
        """No token, no vendor id, no dying link."""
        request = job.request
        return cls(
            id=job.id,
            state=job.state,
            revision=job.revision,
            kind=job.kind,
            vendor=job.vendor,
            model=request.model,
            prompt=request.prompt,
            options=request.options,
            shots=request.shots if request.kind == "multishot" else (),
            media=_media(request),
            inputs=job.inputs,
            progress=job.progress,
            detail=job.detail,
            detail_as="sentence" if job.state == "done" else job.detail_as,
            phase=job.phase,
            cancelling=job.is_open and job.cancel_wanted,
            unsent=job.seems_unsent,
            queue=job.queue,
            parked=job.parked,
            starts_in=job.starts_in,
            link_deadline=job.link_deadline,
            error=None if job.error is None else FailureView.of(job.error, sandbox=job.sandbox),
            late=job.late,
            starred=job.starred,
            tags=job.tags,
            sandbox=job.sandbox,
            found=job.vendor == FOUND,
            created=job.created,
            submitted=job.submitted,
            finished=job.finished,
            usual=job.usual,
            task="" if job.ticket is None else job.ticket.short,
            batch=job.batch,
            plan=job.plan,
            used=job.used,
            estimate=job.estimate,
            quote=None if job.ticket is None else job.ticket.quote,
            cost=job.cost,
            evidence=job.evidence,
            artifacts=tuple(ArtifactView.of(artifact) for artifact in job.artifacts),
        )


class JobHistoryView(JobView):
    """A job with the states that it went through."""

    events: tuple[EventView, ...]
    answer: AnswerView | None
    """What the vendor answered where it came to a bad end; None: nothing, or it did not."""

    @classmethod
    def told(cls, job: Job, events: Iterable[Mapping[str, JsonValue]]) -> "JobHistoryView":
        """The job and its events, oldest first."""
        states = tuple(map(EventView.model_validate, events))
        raw = None if job.error is None else job.error.answer
        answer = None if raw is None else AnswerView(**dict(raw))
        return cls(**dict(JobView.of(job)), events=states, answer=answer)


class HarmView(Frozen):
    """A file of one's own whose bytes are not those that were kept."""

    wrong: str
    """`missing`, `short` or `rotten`."""
    artifact: ArtifactId
    job: JobId | None
    name: str


class HarmsView(Frozen):
    """What is wrong with whose files: one's own are named, other people's are counted."""

    harmed: tuple[HarmView, ...]
    harmed_others: int

    @classmethod
    def of(cls, harmed: Iterable[tuple[str, Artifact]], owner: str) -> "HarmsView":
        """As this owner may know it."""
        rows = tuple(harmed)
        own = tuple(
            HarmView(wrong=wrong, artifact=one.id, job=one.job, name=one.name)
            for wrong, one in rows
            if one.owner == owner
        )
        return cls(harmed=own, harmed_others=len(rows) - len(own))


class ReportView(HarmsView):
    """What a check of all files found."""

    ok: bool
    checked: int
    bytes: int
    orphans: tuple[str, ...]
    """Whole files without a row, which can be taken in."""
    spoiled: tuple[str, ...]
    """Damaged ones, which are of no use."""
    sentences: tuple[str, ...]


def _media(request: Request) -> dict[str, ArtifactId | tuple[ArtifactId, ...]]:
    given: dict[str, ArtifactId | tuple[ArtifactId, ...] | None] = dict(request)
    return {field: value for field in MEDIA_FIELDS if (value := given.get(field))}
