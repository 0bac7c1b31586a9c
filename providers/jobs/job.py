"""Job, our unit of work, its states, and the artifacts that it keeps."""

import secrets
import time
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, JsonValue

from providers.catalogue.models import Cost, Estimate
from providers.catalogue.plans import JobPlan
from providers.catalogue.requests import ArtifactId, Kind, Request
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.heard import RawAnswer
from providers.vendors.vendor import DetailAs, Output, Ticket

JobId = str
State = Literal[
    "waiting", "submitting", "queued", "running", "saving", "done",
    "rejected", "failed", "cancelled", "expired", "unsure", "discarded",
]  # fmt: skip
OPEN: frozenset[State] = frozenset({"waiting", "submitting", "queued", "running", "saving"})
"""States that the runner works on. `unsure` waits for the person, all others are final."""
Parked = Literal["no_key", "sandbox_only", "other_account", "no_vendor"]
"""Why nobody works on an open job: its account is not the one that is connected."""
Within = Literal["held_disk", "looking", "throttled"]
"""What an open job does, where its state alone does not tell."""
Phase = Literal[
    "slot", "held_disk", "uploading", "sent", "looking", "queued", "throttled", "making", "fetching",
    "cancelling", "parked",
]  # fmt: skip
"""What an open job does, or waits for: `slot` for a place, `held_disk` for the disk before it may be sent."""
PHASES: Mapping[State, Phase] = {
    "waiting": "slot", "submitting": "uploading", "queued": "queued", "running": "making",
    "saving": "fetching",
}  # fmt: skip
FOUND = "found"
"""In place of a vendor: files that lay in the data folder without a record."""
ReasonCode = Literal[
    "invalid", "key", "subscription", "credits", "moderated", "session", "too_large", "vendor",
    "input", "quality", "transient", "unsure", "expired", "no_output", "storage", "cancelled",
]  # fmt: skip


def new_id() -> str:
    """A name that sorts by birth: microseconds, then chance."""
    return f"{time.time_ns() // 1000:015x}{secrets.token_hex(5)}"


class Artifact(Frozen):
    """A file that we keep. Its bytes lie in the vault under `sha256`."""

    id: ArtifactId
    owner: str
    job: JobId | None = None
    """None: a reference that a person handed in."""
    number: int = 0
    kind: MediaKind
    sha256: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    seconds: float | None = None
    sound: bool = False
    rate: float | None = None
    """Frames in a second of a video; None: not known."""
    name: str = ""
    sandbox: bool = False
    harm: str = ""
    """What the weekly check found: `missing`, `short` or `rotten`; empty when it is whole."""
    flaw: str = ""
    """Why it cannot be shown here, in a sentence: kept as it came, since it was paid for."""
    credentials: bool = False
    """Whether it holds Content Credentials: a C2PA manifest of whoever made it."""
    created: float

    @property
    def pixels(self) -> int:
        """Those to decode for a small picture; 0: nobody knows, or its decoder leaves most of them out."""
        is_left_out = self.media_type == "image/jpeg"
        return 0 if is_left_out else (self.width or 0) * (self.height or 0)


class Failure(Frozen):
    """Why a job did not give what was asked, and what to do about it."""

    code: ReasonCode
    message: str
    """What happened, in one sentence."""
    advice: str
    """What to do next, in one sentence."""
    charged: Literal["no", "yes", "unknown"] = "unknown"
    vendor_text: str = ""
    is_enough: bool = False
    """Whether the message says what to do as well, so that the advice would only repeat it."""
    no_such_model: bool = False
    """Whether the vendor says that it does not have the model."""
    free: tuple[str, ...] | None = None
    """The same where nothing can be charged; empty: as it stands. None: written before it was told apart."""
    answer: RawAnswer | None = None
    """What the vendor answered, as it came; None: nothing did, or from before it was kept."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What happened and what to do, as it is told."""
        return (self.message,) if self.is_enough else (self.message, self.advice)


class Evidence(Frozen):
    """What the account held before a create call was sent, and after its answer was lost."""

    before: Cost | None = None
    before_at: float | None = None
    """When it was told, seconds since the epoch: up to ten minutes before the call."""
    now: Cost | None = None
    now_at: float | None = None


class Queue(Frozen):
    """Where an open job stands in line."""

    whose: str = ""
    """As people call who keeps the line; empty: the studio itself, or nobody told."""
    ahead: int | None = None
    """Tasks that hold a place, as when the job last stood in line; None: nobody told."""
    of: int | None = None
    """How many places there are."""
    turns: int | None = None
    """Jobs of anybody whose turn comes before, while several owners wait and this is one of the next."""


class BatchRow(Frozen):
    """A job's place in its batch. A row that was tried again has several jobs."""

    id: str
    row: int
    """Counted from 1."""
    of: int
    """How many rows the batch was made with."""


class Job(Frozen):
    """One request on its way. Only the runner writes it."""

    id: JobId
    owner: str
    client_request_id: str
    token: str
    """Ours, made before anything is sent; the vendor gets it where it takes one."""
    callback: str = Field(default="", repr=False)
    """Where the vendor is to call once the task has ended: with a secret of this job's own, which no page shows
    and no log has. Made before anything is sent, so that every try sends the same; empty: nowhere."""
    request: Request = Field(discriminator="kind")
    sandbox: bool
    """Whether the vendor is its sandbox: fixed when the job is made."""
    state: State = "waiting"
    revision: int = 0
    created: float
    updated: float
    submitted: float | None = None
    """When the create call was sent, seconds since the epoch."""
    clock_offset: float | None = None
    """Seconds by which the vendor's clock was ahead of ours when this was sent; None: nobody knows."""
    account: str = ""
    """The mark of the account and the address that it was sent to; empty: not sent, or from before."""
    parked: Parked | None = None
    finished: float | None = None
    attempts: int = 0
    progress: float | None = None
    detail: str = ""
    """The state in more words, from the vendor or from us."""
    detail_as: DetailAs = Field(default="phase", exclude=True)
    """How the detail reads. This and the next two are of the moment: no row and no receipt has them."""
    within: Within | None = Field(default=None, exclude=True)
    queue: Queue | None = Field(default=None, exclude=True)
    starts_in: float | None = None
    inputs: Mapping[ArtifactId, str] = {}
    """Names of the files that were handed in, as they were then; from before there were any: empty."""
    ticket: Ticket | None = None
    outputs: tuple[Output, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    kept_before: int = 0
    """The highest number of a file of a task that this job has let go of: those of its own come after it."""
    used: Mapping[str, JsonValue] = {}
    error: Failure | None = None
    estimate: Estimate | None = None
    """By the vendor's published prices, when the job was made; None: unknown."""
    cost: Cost | None = None
    """What the vendor told that it charged."""
    evidence: Evidence | None = None
    usual: float | None = None
    """Median seconds that done jobs of this model took, as known when this one was sent."""
    remark: str = ""
    """What the finished job says beside its files, e.g. that the vendor made fewer than asked."""
    late: bool = False
    """Failed, and its vendor reports a result after all, which a person may have fetched."""
    cancel_wanted: bool = False
    starred: bool = False
    """Marked by its owner, for keeping."""
    tags: tuple[str, ...] = ()
    """Short words of its owner's."""
    batch: BatchRow | None = None
    plan: JobPlan | None = None
    """How its shots were written down; None: nobody said."""
    gone: bool = False
    """Deleted: this is what its money needs, without words, settings and files."""

    @property
    def vendor(self) -> str:
        """The vendor's name."""
        return self.request.vendor

    @property
    def kind(self) -> Kind:
        """What is being made."""
        return self.request.kind

    @property
    def is_open(self) -> bool:
        """Whether the runner still works on it."""
        return self.state in OPEN

    @property
    def seems_unsent(self) -> bool:
        """Whether nothing says that the create call was made."""
        return self.state == "waiting" or (self.state == "submitting" and self.submitted is None)

    @property
    def phase(self) -> Phase | None:
        """What is happening to it; None for a job that nobody works on any more."""
        if not self.is_open:
            return None
        if self.parked is not None:
            return "parked"
        if self.cancel_wanted:
            return "cancelling"
        if self.state == "submitting" and self.within is None and self.submitted is not None:
            return "sent"
        return self.within or PHASES[self.state]

    @property
    def numbered(self) -> Mapping[int, Output]:
        """The files of its task at the vendor, by the numbers that they have here."""
        return dict(enumerate(self.outputs, start=self.kept_before + 1))

    @property
    def missing(self) -> Mapping[int, Output]:
        """Those of them that are not here yet."""
        here = {artifact.number for artifact in self.artifacts}
        return {number: one for number, one in self.numbered.items() if number not in here}

    @property
    def own_files(self) -> tuple[Artifact, ...]:
        """The files here that came from the task that it has, and not from one that it has let go of."""
        return tuple(one for one in self.artifacts if one.number > self.kept_before)

    @property
    def link_deadline(self) -> float | None:
        """When the first link to a file that is not here yet dies, seconds since the epoch."""
        if self.state not in ("saving", "unsure"):
            return None
        deadlines = [one.expires for one in self.missing.values() if one.expires is not None]
        return min(deadlines, default=None)
