"""What pages and programs get of the studio as a whole: its state, its money, its batches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from providers.catalogue.models import Estimate
from providers.catalogue.money import MILLION
from providers.catalogue.requests import Kind, Shot
from providers.catalogue.rules import Frozen
from providers.history.ledger import Scope
from providers.history.sums import SpendLine, Total
from providers.jobs.job import JobId, State
from providers.jobs.views import ArtifactView, HarmsView
from providers.vendors.connection import KeySource
from providers.vendors.vendor import KeyCheck
from providers.vendors.views import ConnectionView


class DataView(HarmsView):
    """What lies in the data folder. Sizes are in bytes."""

    folder: str
    bytes: int
    artifacts: int
    jobs: int
    free: int
    damaged: int
    """Rows and files."""
    unknown: tuple[str, ...]
    """Files without a row."""
    checked: float | None
    """When the last check of all files ended, seconds since the epoch; None: never."""
    notice: str
    checking: bool
    """Whether a check is at work."""


class WordView(Frozen):
    """A word in a prompt by which the sandbox knows a fate."""

    word: str
    effect: str


class SandboxView(Frozen):
    """How the sandbox is set."""

    speed: float
    words: tuple[WordView, ...]


class KeyView(Frozen):
    """What may be known of a vendor's key, and never the key."""

    vendor: str
    source: KeySource
    """Where the one that is used comes from."""
    end: str
    """Its last characters; empty where there is none, or a short one."""
    kept: bool
    """Whether one was pasted and is kept, used or not."""
    kept_end: str
    opens: Mapping[Kind, int]
    """How many models a key opens."""
    trial: str
    """What it costs to try; empty: that is not known."""


class KeysView(Frozen):
    """The keys of all vendors."""

    keys: tuple[KeyView, ...]
    locked: str
    """Why no key can be pasted, and no pasted one is used; empty: they are."""
    notice: str
    """Why the keys that were kept are not used; empty: they are, or there are none."""


class PastedView(Frozen):
    """A key was pasted or removed."""

    check: KeyCheck | None
    """What its vendor says about it."""
    jobs: int
    """Paid jobs there that are open."""
    keys: KeysView


class StatusView(Frozen):
    """How the studio is."""

    version: str
    versions: Mapping[str, str]
    """Of the parts that are installed."""
    data: DataView
    connections: tuple[ConnectionView, ...]
    sandbox: SandboxView


class NoticesView(Frozen):
    """What people should know on every tab."""

    damaged: int
    """Rows of the history."""
    harmed: int
    """Files."""
    notice: str
    free: int
    least: int
    """How many bytes must be free for a new job."""
    connections: tuple[ConnectionView, ...]
    """Those in trouble."""


class SumView(Frozen):
    """What jobs came to at one vendor, in one unit of its own; the sandbox's make-believe stands apart."""

    vendor: str
    unit: str
    """Empty: the price is unknown, and no cost was told."""
    sandbox: bool
    jobs: int
    spent: float
    reserved: float

    @classmethod
    def told(cls, line: SpendLine | Total) -> "SumView":
        """In the vendor's unit what the ledger counts in millionths."""
        return SumView(
            vendor=line.vendor,
            unit=line.unit,
            sandbox=line.sandbox,
            jobs=line.jobs,
            spent=line.spent / MILLION,
            reserved=line.reserved / MILLION,
        )


class DayView(SumView):
    """The same of one model on one day."""

    day: str
    model: str

    @classmethod
    def of(cls, line: SpendLine) -> "DayView":
        """A line of the ledger's sums."""
        return cls(**dict(SumView.told(line)), day=line.day, model=line.model)


Origin = Literal["environment", "page", "usual"]
"""Who says what a setting is: whoever starts the studio, an admin in the page, or nobody."""


class LimitView(Frozen):
    """A limit that holds for all, and who set it."""

    name: str
    value: str
    origin: Origin
    variable: str
    """The setting; where the environment has it, it wins."""


class CapView(Frozen):
    """A limit on spending, and what counts against it now."""

    vendor: str
    scope: Scope
    origin: Literal["environment", "page", "person"]
    """`person`: it was set for this person."""
    variable: str
    """The setting; empty where the environment does not say it."""
    cap: str
    """In words."""
    most: float
    """As a number."""
    unit: str
    spent: float
    reserved: float
    unpriced: int
    """How many of the vendor's models have no published price."""
    models: int
    sandbox: bool


class SpendView(Frozen):
    """What an owner spent, and what may be spent."""

    today: tuple[SumView, ...]
    days: tuple[DayView, ...]
    caps: tuple[CapView, ...]


class LeftView(Frozen):
    """What the cap of a day leaves now."""

    scope: Scope
    unit: str
    amount: float


class BillView(Frozen):
    """What several jobs come to at one vendor."""

    vendor: str
    sandbox: bool
    jobs: int
    sums: tuple[Estimate, ...]
    unknown: int
    """Jobs whose price nobody publishes."""
    at_once: int
    """How many run there at once."""
    left: tuple[LeftView, ...]


class BatchView(Frozen):
    """How a batch stands."""

    id: str
    rows: int
    states: Mapping[State, int]
    first: str
    """The first row's prompt."""
    created: float
    failed: tuple[JobId, ...]
    bill: tuple[BillView, ...]
    """What trying those again costs."""


class WarningView(Frozen):
    """What the validator says about settings that were read from a file."""

    message: str
    soft: bool


class RestoredView(Frozen):
    """What a file tells about how it was made, and what of that fits here today."""

    studio: str
    made: datetime | None
    kind: Kind
    model: str
    prompt: str
    options: Mapping[str, JsonValue]
    shots: tuple[Shot, ...]
    job: JobId | None
    """The job that made it, where the file itself is known here."""
    media: Mapping[str, tuple[ArtifactView, ...]]
    """Its references that are kept here, by field."""
    away: tuple[str, ...]
    """About its references that are not."""
    problems: tuple[WarningView, ...]
