"""The ledger against the jobs: nothing that was set aside is ever lost from sight, or counted twice."""

import contextlib
import sqlite3
from pathlib import Path

from providers.catalogue.models import Cost
from providers.catalogue.money import millionths
from providers.history.ledger import fate_of
from providers.jobs.job import Job


def balanced(folder: Path) -> None:
    """For every job, in each unit: reserved + spent + released is what was reserved at first.

    What is still reserved, and what is spent, is what its state on the disk says: a full disk may be
    behind what the studio knows. Raises AssertionError.
    """
    with contextlib.closing(sqlite3.connect(folder / "jobs.db")) as database:
        for (doc,) in database.execute("select doc from job").fetchall():
            job = Job.model_validate_json(doc)
            entries = database.execute(
                "select unit, kind, sum(amount) from ledger where job = ? group by unit, kind",
                [job.id],
            ).fetchall()
            held = {(unit, kind): amount for unit, kind, amount in entries}
            assert held, f"{job.state} without an entry"
            days = "select count(distinct day) from ledger where job = ?"
            assert database.execute(days, [job.id]).fetchone() == (1,)
            _as_its_state_says(job, held)


def _as_its_state_says(job: Job, held: dict[tuple[str, str], int]) -> None:
    fate, price = fate_of(job), _amount(job.estimate)
    # What was taken in has no estimate, and the cost that its vendor told.
    priced = job.cost if job.estimate is None else job.estimate
    unit = "" if priced is None else priced.unit
    spent, released = held.get((unit, "settle"), 0), held.get((unit, "release"), 0)
    assert held.get((unit, "reserve"), 0) == price, held
    told = job.cost if job.cost is not None else job.estimate
    assert spent == (_amount(told) if fate == "settle" else 0), f"{job.state} {held}"
    left = price - spent - released
    assert left == (price if fate == "reserve" else 0), f"{job.state} {held}"


def _amount(cost: Cost | None) -> int:
    return 0 if cost is None else millionths(cost.amount)
