"""The words between the studio and a vendor: Vendor, Provider, Ticket, TaskUpdate."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, runtime_checkable

from pydantic import Field, JsonValue

from providers.catalogue.models import Cost, ModelSpec
from providers.catalogue.requests import ArtifactId, Kind, Request
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.bounded import (
    Count,
    Left,
    Moment,
    Paid,
    Places,
    SecondsAhead,
    Seed,
    Share,
    Used,
    paid,
)

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Emulator, Engine
    from providers.vendors.transport.wire import Wire


class Ticket(Frozen):
    """The vendor's receipt. Vendor ids may hold e-mail addresses: show `short`, never `task`."""

    task: str
    note: Mapping[str, JsonValue] = {}
    """What polling needs beside the id."""
    short: str = ""
    """A form of the id that may be shown."""
    seen: bool = False
    """Whether the vendor has shown that it knows this task; the runner notes it."""


class Output(Frozen):
    """One finished file at the vendor; the link dies."""

    url: str = Field(repr=False)
    kind: MediaKind
    expires: Moment = None
    """Seconds since the epoch, where the link tells it."""


Charged = Literal["no", "yes", "unknown"]
"""Whether a task that gave nothing was paid for all the same, as far as its vendor tells."""


def charged_by(cost: Cost | None, otherwise: Charged = "unknown") -> Charged:
    """The same, where the task tells what it cost; `otherwise` is what is known where it does not."""
    if cost is None or paid(cost) is None:
        return otherwise
    return "yes" if cost.amount > 0 else "no"


DetailAs = Literal["phase", "words", "sentence"]
"""How a detail reads beside what its job does: it says the same, adds words, or is a sentence of its own."""


class Queued(Frozen):
    """Accepted and waiting at the vendor."""

    state: Literal["queued"] = "queued"
    detail: str = ""
    detail_as: DetailAs = Field(default="words", exclude=True)
    throttled: bool = Field(default=False, exclude=True)
    """Held back until others of the same account have ended."""
    word: str = ""
    """The vendor's own word for the state, where nobody has described it."""
    starts_in: SecondsAhead = None
    """Seconds until the vendor expects to begin."""


class Running(Frozen):
    """Being made. Progress is 0 to 1, or None when the vendor does not tell."""

    state: Literal["running"] = "running"
    progress: Share = None
    detail: str = ""
    word: str = ""
    """As in Queued."""


class Succeeded(Frozen):
    """Finished; `outputs` may be empty for a moment, and then a later poll has them."""

    state: Literal["succeeded"] = "succeeded"
    outputs: tuple[Output, ...]
    cost: Paid = None
    used: Used = Field(default={})
    """Values that the vendor chose, such as the seed."""
    missing: Count = 0
    """How many of the results that were asked for failed while these succeeded."""
    why: str = ""
    """What the vendor says about those that are missing, cut."""


FailureCode = Literal["moderated", "input", "quality", "transient", "credits", "vendor"]


class Failed(Frozen):
    """The vendor gave up on the task. `message` is the vendor's own text, cut."""

    state: Literal["failed"] = "failed"
    code: FailureCode
    message: str = ""
    charged: Charged = "unknown"
    cost: Paid = None


class Cancelled(Frozen):
    """The vendor stopped the task."""

    state: Literal["cancelled"] = "cancelled"
    charged: Charged = "unknown"
    cost: Paid = None


TaskUpdate = Annotated[
    Queued | Running | Succeeded | Failed | Cancelled, Field(discriminator="state")
]


@dataclass(frozen=True, slots=True)
class Media:
    """A stored file that is about to be handed to a vendor."""

    artifact: ArtifactId
    path: Path
    sha256: str
    media_type: str
    kind: MediaKind
    bytes: int


class KeyCheck(Frozen):
    """What a vendor says about a key, free of generation cost."""

    ok: bool
    sentence: str
    names_vendor: bool = Field(default=True, exclude=True)
    """Whether the sentence begins with the vendor's name."""
    balance: Left = None
    plan: str = ""
    accounts: tuple[str, ...] = ()
    """Masked names of linked accounts."""
    concurrency: Places = None


class KnownTask(Frozen):
    """A task as the vendor lists it, whoever made it."""

    task: str = Field(repr=False)
    """The whole id; vendor ids may hold e-mail addresses, so only `short` is shown."""
    short: str
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    prompt: str = ""
    kind: Kind | None = None
    """None: the task does not tell what it makes."""
    model: str = ""
    """The id of our row, where the task names it."""
    created: Moment = None
    """Seconds since the epoch."""
    seed: Seed = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A create call of ours whose task is not known. Moments are seconds since the epoch by our own clock."""

    request: Request
    token: str
    since: float
    """Before this it cannot have been sent."""
    until: float
    """After this its task cannot have been made: now, since a call may be taken in late."""
    clock_offset: float | None = None
    """Seconds by which the vendor's clock was ahead of ours at `since`; None: nobody knows."""


class Candidate(Frozen):
    """A task at the vendor that a create call of ours may have made."""

    ticket: Ticket
    is_marked: bool = False
    """It bears the call's own mark: nothing else can have made it."""
    created: float = 0.0
    rivals: frozenset[str] = frozenset()
    """Tokens of other calls whose task is not known, and that may have made it as well."""


class Provider(Protocol):
    """Our adapter to one vendor. No call waits for a result, and none retries.

    Raises VendorError: NotSent, Unclear (a create only), Busy, Gone, Refused.
    """

    async def upload(self, media: Media) -> str:
        """Hand a file to the vendor and return its reference id there. Safe to repeat."""
        ...

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        """The create call: sent at most once."""
        ...

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        """Look for the task of a create call whose answer was lost. None: not seen (yet).

        It was sent at `since` or later. A vendor whose tasks can look alike has a TaskFinder, which is
        asked instead.
        """
        ...

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """The task as it is now."""
        ...

    async def cancel(self, ticket: Ticket) -> None:
        """Ask the vendor to stop, as far as it can."""
        ...

    async def check(self) -> KeyCheck:
        """Whether the key works, and what it may spend."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


@runtime_checkable
class TaskLister(Protocol):
    """What a provider can do beside that where `Vendor.lists_tasks` is set."""

    async def tasks(self) -> tuple[KnownTask, ...]:
        """The newest tasks of the account, also those that were made elsewhere. Raises VendorError."""
        ...


@runtime_checkable
class TaskPager(Protocol):
    """A TaskLister that also tells of older tasks."""

    def pages(self) -> AsyncGenerator[tuple[KnownTask, ...]]:
        """The tasks of the account, newest page first, as far down as the vendor tells. Raises VendorError."""
        ...


@runtime_checkable
class TaskFinder(Protocol):
    """What a provider can do beside that whose vendor's lists show tasks that may be anybody's."""

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the vendor's clock is ahead of ours; None until an answer has told it."""
        ...

    async def candidates(self, sent: Sent, rivals: Sequence[Sent]) -> tuple[Candidate, ...]:
        """Every task that this call may have made. Where one bears its mark, those alone that do.

        Raises VendorError.
        """
        ...


def clock_offset(provider: Provider) -> float | None:
    """Seconds by which a vendor's clock is ahead of ours, where that matters; None: nobody knows."""
    return provider.clock_offset if isinstance(provider, TaskFinder) else None


@runtime_checkable
class TaskTeller(Protocol):
    """What a provider can do whose vendor tells of one task what it was made from."""

    async def known(self, task: str) -> KnownTask | None:
        """The task with this id; None where the vendor tells nothing. Raises VendorError."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look and how much to ask for at once. Seconds."""

    image_every: float
    video_every: float
    slots: int
    """Tasks at once until the vendor teaches otherwise."""
    busy_wait: float = 15.0
    look_again: float = 5.0
    """Between looks for a lost task, and for outputs that are not there yet."""
    missing_grace: float = 60.0
    """How long a new task may be unknown to the vendor's own poll."""
    max_backoff: float = 60.0
    upload_holds: float = 20 * 86400.0
    """How long the vendor's id of an uploaded file may be used again."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One company: its rows, its adapter, its emulator. A vendor folder exports exactly one."""

    name: str
    label: str
    key_variable: str
    base_url: str
    models: tuple[ModelSpec, ...]
    pace: Pace
    provider: Callable[["Wire"], Provider]
    emulator: Callable[["Engine"], "Emulator"]
    cancel_note: str
    """What cancelling means there, in one honest sentence."""
    before_cancel: str = ""
    """The same before it is done, where that is another sentence."""
    queue: str = ""
    """Who keeps the line that its tasks wait in, as people call it; empty: the vendor itself."""
    key_page: str = ""
    """Where a person gets a key."""
    find_looks: int = 5
    """How often a lost task is looked for before the person is asked; 0 where nobody can tell."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    lists_tasks: bool = False
    """Whether its provider is a TaskLister."""

    @property
    def cancel_warning(self) -> str:
        """What a person should know before a job is cancelled there."""
        return self.before_cancel or self.cancel_note
