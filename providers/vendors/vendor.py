"""The words between the studio and a vendor: Vendor, Provider, Ticket, TaskUpdate."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, runtime_checkable

from pydantic import Field, JsonValue

from providers.catalogue.models import Cost, ModelSpec
from providers.catalogue.requests import ArtifactId, Kind, Request
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.accounts import LinkedAccount
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
from providers.vendors.pace import Lane, Pace, Switch
from providers.vendors.transport.answer import shown

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
    quote: Paid = None
    """The most that the task may cost, where its vendor says so as it takes the task."""


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


def undescribed(word: str, progress: float | None, *, running: bool = False) -> Queued | Running:
    """A state under a word that nobody has described, or under none; nothing ends by that. `running`: whether
    it has begun where it tells no progress."""
    raw = shown(word, longest=60)
    if progress or running:
        return Running(progress=progress, word=raw)
    return Queued(word=raw)


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
    enabled: tuple[str, ...] = Field(default=(), exclude=True)
    """Ids of the rows that only some accounts have, and that this one has."""
    linked: tuple[LinkedAccount, ...] = Field(default=(), exclude=True)
    """The accounts of which a request may choose one."""


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
class AccountChooser(Protocol):
    """What a provider can do beside that whose key may have several accounts, each with files of its own."""

    async def choose_account(self, wanted: str = "", preferred: str = "") -> str:
        """Where the files of the next request go: the account with the mark `wanted`, else the one that is
        `preferred` if it works, else the one with room. Raises VendorError; Refused: there is none with that
        mark.
        """
        ...

    async def upload_to(self, media: Media, account: str) -> str:
        """The same as a provider's `upload`, into this account."""
        ...


@runtime_checkable
class TaskTeller(Protocol):
    """What a provider can do whose vendor tells of one task what it was made from."""

    async def known(self, task: str) -> KnownTask | None:
        """The task with this id; None where the vendor tells nothing. Raises VendorError."""
        ...


@runtime_checkable
class CallbackTaker(Protocol):
    """What a provider can do beside that where `Vendor.callbacks` is set."""

    async def submit_with_callback(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str, callback: str
    ) -> Ticket:
        """The same as `submit`, with an address that the vendor calls once the task has ended."""
        ...


IsSigned = Callable[[Mapping[str, str], bytes, str], bool]
"""Whether a call with these headers, their names in lower case, and this body is signed with a secret."""


def _anybody(_headers: Mapping[str, str], _body: bytes, _secret: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Callbacks:
    """How a vendor calls back. Whatever a call says, it is a hint to look and no more."""

    secret_variable: str = ""
    """Where a person puts the secret that its calls are signed with; empty: it signs none."""
    is_signed: IsSigned = _anybody


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
    trial: str = ""
    """What it costs to try, in a sentence that says of when that is; empty: its pages told nothing."""
    find_looks: int = 5
    """How often a lost task is looked for before the person is asked; 0 where nobody can tell."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    lists_tasks: bool = False
    """Whether its provider is a TaskLister."""
    lists_assets: bool = False
    """Whether its provider is an AssetLister."""
    lane: Lane | None = None
    """Its second queue, where it has one."""
    callbacks: Callbacks | None = None
    """Set where its provider is a CallbackTaker."""

    def lane_of(self, request: Request) -> Lane | None:
        """The queue that this request enters beside the usual one; None: the usual one."""
        lane = self.lane
        return lane if lane and request.options.get(lane.option) is True else None

    def switch_of(self, request: Request) -> Switch | None:
        """The switch of its second queue as this request has it; None where there is no such queue."""
        return (self.lane.option, self.lane_of(request) is not None) if self.lane else None

    @property
    def cancel_warning(self) -> str:
        """What a person should know before a job is cancelled there."""
        return self.before_cancel or self.cancel_note
