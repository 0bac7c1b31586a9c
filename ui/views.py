"""What the routes, the feed and the public names answer, beside the studio's own records."""

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict

from providers.catalogue.models import Estimate, ModelSpec
from providers.catalogue.plans import Plan
from providers.catalogue.requests import Kind, Request
from providers.catalogue.rules import Frozen
from providers.errors import Problem
from providers.history.plans import PlanLine
from providers.jobs.job import JobId
from providers.jobs.views import ArtifactView, HarmView, JobView
from providers.people.person import Role
from providers.studio.views import (
    BillView,
    CapView,
    DayView,
    KeysView,
    LimitView,
    RestoredView,
    SpendView,
    StatusView,
    SumView,
    WordView,
)
from providers.vendors.views import (
    AssetView,
    ConnectionStateView,
    MemberConnectionView,
    TaskView,
    VendorView,
)

Shape = Literal["segments", "list", "slider", "number", "switch"]
"""How a control of a form looks."""


class ProblemsView(Frozen):
    """Why a request was refused: every problem of it."""

    problems: tuple[Problem, ...]


class CheckView(ProblemsView):
    """A request that was looked at without a job; its price, where that is known."""

    estimate: Estimate | None


class JobsView(Frozen):
    """Some jobs, newest first."""

    jobs: tuple[JobView, ...]
    next: str | None
    """For `before`, to go on; None: these were the last."""


class FirstJobsView(JobsView):
    """The first of them, with how many fit, and what there is to ask for."""

    total: int
    counts: Mapping[str, Mapping[str, int]]


class ChangedView(Frozen):
    """What changed since a revision."""

    revision: int
    store: str
    """The data folder's own name: revisions are those of one folder."""
    page: str
    """The mark of the page that the studio has now."""
    jobs: tuple[JobView, ...]
    gone: tuple[JobId, ...]
    """Deleted."""
    links: str
    """The mark of the connections as they are now."""
    connections: tuple[ConnectionStateView, ...]
    """All of them; none where the page knows them by their mark."""


class SnapshotFrame(ChangedView):
    """The feed's first word: all that is open or new."""

    type: Literal["snapshot"] = "snapshot"


class JobFrame(Frozen):
    """A job that changed, whole."""

    type: Literal["job"] = "job"
    job: JobView


class GoneFrame(Frozen):
    """A job that was deleted."""

    type: Literal["gone"] = "gone"
    id: JobId
    revision: int


class PulseFrame(Frozen):
    """That the feed still lives, though nothing happens."""

    type: Literal["pulse"] = "pulse"


class SettingsFrame(Frozen):
    """That something was set anew, or people were changed: what is shown of it is asked for again."""

    type: Literal["settings"] = "settings"


class ConnectionsFrame(Frozen):
    """How the connections are now."""

    type: Literal["connections"] = "connections"
    connections: tuple[ConnectionStateView, ...]


class DeletedView(Frozen):
    """A job that was deleted just now."""

    deleted: JobId


class ControlView(Frozen):
    """One control of a form: the field that it fills, the kind of rule that it takes, its shape."""

    field: str
    takes: str
    shape: Shape
    id: str
    """The element's."""


class CatalogueView(Frozen):
    """What a page begins with: every model, every vendor, and the controls of its forms."""

    specs: tuple[ModelSpec, ...]
    vendors: tuple[VendorView, ...]
    labels: Mapping[str, str]
    """Names of fields, for people."""
    forms: Mapping[Kind, tuple[ControlView, ...]]


class AliveView(Frozen):
    """That all is well, for a stranger."""

    status: Literal["ok"] = "ok"
    live: Literal[True] = True
    """It answers."""
    ready: bool
    """It takes new jobs."""


class HealthView(AliveView):
    """The same for who may know more."""

    version: str
    open_jobs: int


class LimitsView(Frozen):
    """What holds for all, for an admin."""

    limits: tuple[LimitView, ...]


class SettingsView(StatusView):
    """What the Settings tab shows."""

    spend: SpendView
    keys: KeysView
    limits: tuple[LimitView, ...]


class TodayView(Frozen):
    """What an owner's jobs cost today."""

    today: tuple[SumView, ...]


class TasksView(Frozen):
    """What the vendor lists and no job here holds."""

    tasks: tuple[TaskView, ...]


class AssetsView(Frozen):
    """What lies in the accounts of a key."""

    assets: tuple[AssetView, ...]
    more: bool
    """Whether another page may follow."""


class ParcelView(Frozen):
    """A zip that waits to be fetched."""

    url: str
    files: int
    bytes: int
    missing: int
    """Files that are not here."""


class SettingsFoundView(Frozen):
    """The settings that a file holds."""

    settings: RestoredView


class AdoptedView(Frozen):
    """Files without a row that were taken in."""

    adopted: tuple[ArtifactView, ...]
    jobs: tuple[JobView, ...]
    refused: tuple[str, ...]


class RowView(Frozen):
    """What one line of a list asks for."""

    line: int
    request: Request
    note: str
    """What its model left out of the form."""
    problem: str
    """Why it cannot be read."""


class ListView(Frozen):
    """A list that was read."""

    rows: tuple[RowView, ...]
    count: int
    problem: str


class ListCheckView(Frozen):
    """Each row's problems and price, and what all good ones cost."""

    rows: tuple[CheckView, ...]
    bill: tuple[BillView, ...]


class PlansView(Frozen):
    """All saved plans and templates of whoever asks, the one that was changed last first."""

    plans: tuple[PlanLine, ...]


class PlanView(PlanLine):
    """A saved plan as it is opened."""

    plan: Plan
    slots: tuple[str, ...]
    """Names that stand in braces."""
    problems: tuple[Problem, ...]
    """What keeps it from being sent as it is."""


class MadePlanView(Frozen):
    """The plan that a job was made of."""

    name: str
    """As the saved plan was called then; empty: it was none."""
    plan: Plan


class BatchSentView(Frozen):
    """A batch that was pressed, and its jobs."""

    batch: str
    jobs: tuple[JobView, ...]


class PersonView(Frozen):
    """Who has signed in."""

    name: str
    admin: bool


class TotalsView(Frozen):
    """What somebody's jobs came to; without a name: of who is no person here."""

    name: str
    today: tuple[SumView, ...]
    days: tuple[SumView, ...]


class PersonTotalsView(TotalsView):
    """The same of a person."""

    role: Role
    enabled: bool
    caps: str
    listed: bool
    """Whether `STUDIO_PEOPLE` names them, and so sets password and role."""


class PeopleView(Frozen):
    """Everybody, for an admin, and how the command is called that adds and removes them."""

    people: tuple[PersonTotalsView | TotalsView, ...]
    command: str
    can_add: bool
    """Whether somebody can be added in the page."""


class PassView(Frozen):
    """A new pass: the only answer that ever holds it."""

    name: str
    secret: str


class _Member(Frozen):
    # Only what is named is read out of what an admin may know.
    model_config = ConfigDict(extra="ignore")


class MemberDataView(_Member):
    """Of the data folder: one's own files, and the room."""

    harmed: tuple[HarmView, ...]
    free: int


class MemberSandboxView(_Member):
    """Of the sandbox: its words."""

    words: tuple[WordView, ...]


class MemberSpendView(_Member):
    """One's own money, and the caps that are one's own."""

    today: tuple[SumView, ...]
    days: tuple[DayView, ...]
    caps: tuple[CapView, ...]


class MemberSettingsView(_Member):
    """`/settings` without folders, keys, other people's files and their totals."""

    version: str
    versions: Mapping[str, str]
    data: MemberDataView
    connections: tuple[MemberConnectionView, ...]
    sandbox: MemberSandboxView
    spend: MemberSpendView


class MemberNoticesView(_Member):
    """`/notices` without the state of the history, which only an admin can mend."""

    damaged: Literal[0] = 0
    harmed: Literal[0] = 0
    notice: Literal[""] = ""
    free: int
    least: int
    connections: tuple[MemberConnectionView, ...]
