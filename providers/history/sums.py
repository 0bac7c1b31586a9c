"""What the ledger comes to: sums in whole millionths of a vendor's own unit."""

from providers.catalogue.rules import Frozen
from providers.history.schema import Row


class DayTotal(Frozen):
    """Money of one unit: what was spent, and what is still reserved. Millionths."""

    spent: int = 0
    reserved: int = 0


class SpendLine(Frozen):
    """What one owner's jobs with one model came to on one day, in one unit."""

    day: str
    vendor: str
    model: str
    unit: str
    """Empty: the price is unknown, and no cost was told."""
    sandbox: bool
    jobs: int
    spent: int
    reserved: int


class Total(Frozen):
    """What one owner's jobs came to at one vendor, in one unit."""

    owner: str
    vendor: str
    unit: str
    sandbox: bool
    jobs: int
    spent: int
    reserved: int


SUMS = (
    "sum(case kind when 'settle' then amount else 0 end),"
    " sum(case kind when 'reserve' then amount else -amount end)"
)
"""Spent, and reserved: what was set aside and neither settled nor released."""
JOBS = "count(distinct job) - count(distinct case kind when 'release' then case unit when '' then job end end)"
"""How many jobs; of those without a price the ones that were not let go."""


def read_day_total(row: Row) -> DayTotal:
    """The sums of a row."""
    spent, reserved = (int(value or 0) for value in row)
    return DayTotal(spent=spent, reserved=reserved)


def read_line(row: Row) -> SpendLine:
    """Day, vendor, model, unit, sandbox, jobs, sums."""
    day, vendor, model, unit, sandbox, jobs, *sums = row
    return SpendLine(
        day=str(day),
        vendor=str(vendor),
        model=str(model),
        unit=str(unit),
        sandbox=bool(sandbox),
        jobs=int(jobs or 0),
        **read_day_total(tuple(sums)).model_dump(),
    )


def read_total(row: Row) -> Total:
    """Owner, vendor, unit, sandbox, jobs, sums."""
    owner, vendor, unit, sandbox, jobs, *sums = row
    return Total(
        owner=str(owner),
        vendor=str(vendor),
        unit=str(unit),
        sandbox=bool(sandbox),
        jobs=int(jobs or 0),
        **read_day_total(tuple(sums)).model_dump(),
    )


def counts_for_something(told: SpendLine | Total) -> bool:
    """Whether anything was or may be spent, or nobody knows what."""
    return bool(told.spent or told.reserved or (not told.unit and told.jobs))
