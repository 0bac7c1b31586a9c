"""The ledger: what every job may cost and did cost, in whole millionths of its vendor's own unit.

A job reserves its estimate when it is written down, in the same transaction as the check against the
caps. Its money follows its state: it stays reserved while the job is open or unsure, it is settled once
the vendor has delivered (with the vendor's cost where that is told, else with the estimate) or may have
charged, and it is released where nothing was charged. Entries are only added. For each job and unit
reserved + spent + released is what was reserved at first; a job that cost more than its estimate
releases less than nothing.

All entries of a job count to one day: the one on which it was reserved, as this machine's calendar was
then. Against the caps of a day a job counts until midnight has passed both where it was reserved and
where the studio is now, and the calendar says another day. Without a journey that is the calendar's day;
with one, whatever the zones, no day of any name sees more than its cap, and 24 hours see two at most, as
they may around any midnight.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from providers.catalogue.models import Cost, Estimate
from providers.catalogue.money import in_words, millionths, price_words
from providers.errors import InvalidRequest, Problem
from providers.history.database import Database
from providers.history.day import Day, day_of
from providers.history.schema import Row, Value
from providers.history.sums import (
    JOBS,
    SUMS,
    DayTotal,
    SpendLine,
    Total,
    counts_for_something,
    read_day_total,
    read_line,
    read_total,
)
from providers.jobs.job import FOUND, Job, JobId

UNKNOWN = ""
"""The unit of a price that nobody publishes; its amount is 0."""
Fate = Literal["reserve", "settle", "release"]
Scope = Literal["job", "owner_day", "day"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, in millionths of the vendor's unit; who is not named has no cap."""

    job: Mapping[str, int] = field(default_factory=dict[str, int])
    owner_day: Mapping[str, int] = field(default_factory=dict[str, int])
    day: Mapping[str, int] = field(default_factory=dict[str, int])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the vendors are called in a sentence."""
    own: Collection[str] = ()
    """Vendors whose `owner_day` was set for this person alone."""
    paged: Collection[Scope] = ()
    """Scopes that are set in the page."""

    def raised(self, scope: Scope, vendor: str) -> str:
        """How a person gets a higher cap."""
        if scope == "owner_day" and vendor in self.own:
            return "ask an admin to raise it"
        if scope in self.paged:
            return "raise the cap in Settings"
        return f"raise the cap ({variable(scope)})"

    def of(self, vendor: str) -> Iterator[tuple[Scope, int]]:
        """The caps that hold for a vendor, the narrowest first."""
        scopes: tuple[tuple[Scope, Mapping[str, int]], ...] = (
            ("job", self.job), ("owner_day", self.owner_day), ("day", self.day),
        )  # fmt: skip
        for scope, caps in scopes:
            if vendor in caps:
                yield scope, caps[vendor]


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a new job asks of the ledger; no caps in the sandbox."""

    vendor: str
    price: Estimate | None
    caps: Caps | None


class Ledger:
    """The entries. Every method raises StoreProblem; `clock` is seconds since the epoch."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    # Within a change

    def reserve(self, job: Job, caps: Caps | None) -> None:
        """Set a new job's estimate aside, or raise InvalidRequest with the cap that forbids it."""
        if caps is not None and not job.sandbox:
            asked = Reservation(job.vendor, job.estimate, caps)
            (problem,) = self._fitting([asked], job.owner, job.created)
            if problem is not None:
                raise InvalidRequest([problem])
        unit, amount = _amount(job.estimate)
        self._count(job)
        self._enter(job, "reserve", unit, amount)

    def follow(self, job: Job) -> None:
        """Bring a job's entries in line with its state and the cost that its vendor told."""
        if not self._of(job.id):
            # A job from before there was a ledger.
            self.reserve(job, None)
        fate = fate_of(job)
        unit, amount = _amount(_charged(job, fate))
        if unit != UNKNOWN:
            self._database.execute(
                "update ledger set unit = ? where job = ? and unit = ''", unit, job.id
            )
        for one, held in self._of(job.id).items():
            if one != unit:
                # Estimated in another unit than it was charged in.
                self._turn(job, one, held, "release", 0)
        self._turn(job, unit, self._of(job.id).get(unit, DayTotal()), fate, amount)

    def count_as(self, day_row: Row) -> None:
        """Let a job count to the day that another state of the same history tells, unless it has one."""
        marks = ", ".join("?" * len(day_row))
        self._database.execute(f"insert or ignore into reservation values ({marks})", *day_row)

    # Questions

    def over(self, price: Estimate | None, vendor: str, owner: str, caps: Caps) -> Problem | None:
        """The first cap that a job of this price would pass now. An unknown price counts as nothing,
        but a cap that is used up holds for it too."""
        return self.fitting([Reservation(vendor, price, caps)], owner)[0]

    def fitting(self, wanted: Iterable[Reservation], owner: str) -> list[Problem | None]:
        """The same for jobs that one owner sends together: each counts those before it that fit."""
        return self._fitting(wanted, owner, self._clock())

    def today(self, vendor: str, owner: str | None) -> dict[str, DayTotal]:
        """What counts at a vendor today, by unit, without its sandbox; of one owner or of all."""
        return self._today(vendor, owner, self._clock())

    def spent(self, owner: str, days: int) -> list[SpendLine]:
        """What this owner's jobs came to on each of the last days, today first."""
        which, values = self._last_days(days)
        rows = self._database.all(
            f"select day, vendor, model, unit, sandbox, {JOBS}, {SUMS} from ledger"
            f" where job in (select job from reservation where owner = ? and {which})"
            " group by 1, 2, 3, 4, 5 order by 1 desc, 5, 2, 3, 4",
            owner, *values,
        )  # fmt: skip
        return [line for line in map(read_line, rows) if counts_for_something(line)]

    def spent_by_all(self, days: int) -> list[Total]:
        """What every owner's jobs came to in the last days, today among them, by vendor and unit."""
        which, values = self._last_days(days)
        rows = self._database.all(
            f"select owner, vendor, unit, sandbox, {JOBS}, {SUMS} from ledger"
            f" where job in (select job from reservation where {which})"
            " group by 1, 2, 3, 4 order by 1, 4, 2, 3",
            *values,
        )
        return [total for total in map(read_total, rows) if counts_for_something(total)]

    def unbalanced(self, jobs: Iterable[Job]) -> list[JobId]:
        """Those of these jobs whose entries do not add up: what was reserved at first is no longer
        reserved + spent + released, is not the estimate, or is not where the job's state wants it, on
        the one day that the job counts to."""
        return [job.id for job in jobs if not self._adds_up(job)]

    def day_row(self, job_id: JobId) -> Row | None:
        """The row by which a job counts to a day, for another state of the same history."""
        return self._database.one("select * from reservation where job = ?", job_id)

    # Inside

    def _fitting(
        self, wanted: Iterable[Reservation], owner: str, now: float
    ) -> list[Problem | None]:
        held: dict[tuple[str, Scope], Mapping[str, DayTotal]] = {}
        ahead: dict[str, dict[str, int]] = {}

        def totals(vendor: str, scope: Scope) -> Mapping[str, DayTotal]:
            if scope == "job":
                return {}
            if (vendor, scope) not in held:
                whose = owner if scope == "owner_day" else None
                held[vendor, scope] = self._today(vendor, whose, now)
            return held[vendor, scope]

        found: list[Problem | None] = []
        for one in wanted:
            before = ahead.setdefault(one.vendor, {})
            problem = _passed(one, totals, before)
            found.append(problem)
            if problem is None:
                unit, amount = _amount(one.price)
                before[unit] = before.get(unit, 0) + amount
        return found

    def _today(self, vendor: str, owner: str | None, now: float) -> dict[str, DayTotal]:
        which, values = _since(Day.of(now), now)
        where = f"vendor = ? and made < ? and {which}"
        # What a clock that ran ahead has dated far from here is no part of today.
        values = [vendor, now + 86400, *values]
        if owner is not None:
            where += " and owner = ?"
            values.append(owner)
        rows = self._database.all(
            f"select unit, {SUMS} from ledger where sandbox = 0"
            f" and job in (select job from reservation where {where}) group by unit",
            *values,
        )
        return {str(row[0]): read_day_total(row[1:]) for row in rows}

    def _last_days(self, days: int) -> tuple[str, list[Value]]:
        now = self._clock()
        return _since(Day.of(now, days - 1), now)

    def _adds_up(self, job: Job) -> bool:
        sums = self._database.all(
            f"select unit, day, {SUMS} from ledger where job = ? group by unit, day", job.id
        )
        rows = self._database.all(
            "select unit, day, sum(amount) from ledger where job = ? and kind = 'reserve'"
            " group by unit, day",
            job.id,
        )
        held = {(unit, day): read_day_total((*pair,)) for unit, day, *pair in sums if any(pair)}
        if not rows and not held:
            # A job from before there was a ledger; it gets its entries when it moves.
            return True
        fate, (unit, estimate) = fate_of(job), _amount(job.estimate)
        told, amount = _amount(_charged(job, fate))
        spent, reserved = amount if fate == "settle" else 0, amount if fate == "reserve" else 0
        day = self._day(job)
        due = {(told, day): DayTotal(spent=spent, reserved=reserved)} if spent or reserved else {}
        first = {(one, on): value for one, on, value in rows if value}
        return held == due and first == ({(unit, day): estimate} if estimate else {})

    def _turn(self, job: Job, unit: str, held: DayTotal, fate: Fate, amount: int) -> None:
        if unit == UNKNOWN:
            if fate != self._last(job.id):
                self._enter(job, fate, unit, 0)
            return
        spent = amount if fate == "settle" else 0
        reserved = amount if fate == "reserve" else 0
        settled = spent - held.spent
        if settled:
            self._enter(job, "settle", unit, settled)
        released = held.reserved - settled - reserved
        if released:
            self._enter(job, "release", unit, released)

    def _count(self, job: Job) -> None:
        """Say for good to which day the job counts."""
        day = Day.of(job.created)
        self._database.execute(
            "insert or ignore into reservation (job, vendor, owner, day, made, ends)"
            " values (?, ?, ?, ?, ?, ?)",
            job.id,
            job.vendor,
            job.owner,
            day.name,
            job.created,
            day.ends,
        )

    def _day(self, job: Job) -> str:
        rows = self._database.all("select day from reservation where job = ?", job.id)
        return str(rows[0][0]) if rows else day_of(job.created)

    def _enter(self, job: Job, kind: Fate, unit: str, amount: int) -> None:
        self._database.execute(
            "insert into ledger (job, owner, vendor, model, sandbox, unit, day, kind, amount, at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            job.id, job.owner, job.vendor, job.request.model, int(job.sandbox), unit,
            self._day(job), kind, amount, job.updated,
        )  # fmt: skip

    def _of(self, job: JobId) -> dict[str, DayTotal]:
        rows = self._database.all(
            f"select unit, {SUMS} from ledger where job = ? group by unit", job
        )
        return {str(row[0]): read_day_total(row[1:]) for row in rows}

    def _last(self, job: JobId) -> str:
        rows = self._database.all(
            "select kind from ledger where job = ? order by seq desc limit 1", job
        )
        return str(rows[0][0]) if rows else ""


def _since(first: Day, now: float) -> tuple[str, list[Value]]:
    """The reservations that count to a day or a later one: the end of an SQL sentence, and its values.

    To today counts what was reserved since midnight, and also what was reserved where its day is not
    over yet, or on a day of the same name.
    """
    # No zone is a day behind another by more than two hours: the first part is for the index.
    which = "ends > ? and (day >= ? or made >= ? or ends > ?)"
    return which, [first.begins - 86400, first.name, first.begins, now]


def variable(scope: Scope) -> str:
    """The setting that holds for everybody."""
    return f"STUDIO_CAP_{scope.upper()}"


def fate_of(job: Job) -> Fate:
    """What becomes of a job's money in its state."""
    charged = job.error.charged if job.error is not None else "unknown"
    match job.state:
        case "done" if job.vendor == FOUND:
            # Nothing was ever sent for it.
            return "release"
        case "saving" | "done" | "discarded":
            return "settle"
        case "rejected" | "failed" | "cancelled" | "expired":
            # Where nobody tells, it is counted: a cap that is passed unseen is no cap.
            return "release" if charged == "no" else "settle"
        case "unsure":
            return "settle" if charged == "yes" else "reserve"
        case _:
            return "reserve"


def _charged(job: Job, fate: Fate) -> Cost | None:
    return job.cost if fate == "settle" and job.cost is not None else job.estimate


def _amount(cost: Cost | None) -> tuple[str, int]:
    if cost is None or not cost.unit or not math.isfinite(cost.amount):
        return UNKNOWN, 0
    return cost.unit, millionths(cost.amount)


def _passed(
    wanted: Reservation,
    totals: Callable[[str, Scope], Mapping[str, DayTotal]],
    ahead: Mapping[str, int],
) -> Problem | None:
    """The first cap that it would pass; `ahead`: what the jobs before it come to, by unit."""
    if wanted.caps is None:
        return None
    vendor, (unit, amount) = wanted.vendor, _amount(wanted.price)
    for scope, cap in wanted.caps.of(vendor):
        held = totals(vendor, scope)
        before: Mapping[str, int] = {} if scope == "job" else ahead
        for one in {unit} if unit else {UNKNOWN, *held, *before}:
            now, more = held.get(one, DayTotal()), before.get(one, 0)
            used = now.spent + now.reserved + more
            if used + amount > cap or (not unit and used >= cap):
                label = wanted.caps.labels.get(vendor, vendor)
                how = wanted.caps.raised(scope, vendor)
                return Problem("", _refusal(scope, cap, now, more, one, wanted.price, label, how))
    return None


_WHOSE = {"owner_day": "your daily cap", "day": "this studio's daily cap"}


def _refusal(
    scope: Scope,
    cap: int,
    now: DayTotal,
    ahead: int,
    unit: str,
    price: Estimate | None,
    label: str,
    how: str,
) -> str:
    most = in_words(cap, unit)
    costs = f"This costs {price_words(price)}" if price else "The price is unknown"
    if scope == "job":
        return f"{costs}, and the cap per job on {label} is {most}. Ask for less, or {how}."
    spent, reserved = in_words(now.spent, unit), in_words(now.reserved, unit)
    beside = f", and the rows before it take {in_words(ahead, unit)}" if ahead else ""
    return (
        f"{costs}, and {_WHOSE[scope]} on {label} is {most}: {spent} spent and {reserved} "
        f"reserved today{beside}. Wait until tomorrow, or {how}."
    )
