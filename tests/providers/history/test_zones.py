"""The day that money counts to, on a machine whose zone changes: a cap holds, and every day adds up."""

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.catalogue.money import MILLION
from providers.errors import InvalidRequest
from providers.history.journal import Journal
from providers.history.ledger import Caps, day_of
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.failures import plain
from providers.jobs.job import Job, State
from tests.support.zones import CAP, CAPS, HOUR, NOON, Clock, by_day, press, set_zone, zone


def turn(journal: Journal, clock: Clock, job: Job, state: State) -> Job:
    error = plain("vendor", "It went wrong.", "Try again.", "no") if state == "failed" else None
    job = job.model_copy(update={"state": state, "error": error, "updated": clock.now})
    journal.write(job, note=True)
    return job


@pytest.mark.fault("F97")
@pytest.mark.parametrize("caps", CAPS)
@pytest.mark.parametrize("hours", [-12, -5, 5.5, 9, 14])
@pytest.mark.parametrize("end", ["queued", "done"])
def test_a_change_of_zone_makes_no_room_under_a_cap_of_a_day(
    tmp_path: Path, caps: Caps, hours: float, end: State
) -> None:
    clock = Clock(NOON + 5 * HOUR)
    with closing(Journal(tmp_path / "jobs.db", clock=clock)) as journal:
        with zone(0):
            job = press(journal, clock, CAP, caps)
        with zone(hours):
            turn(journal, clock, job, end)
            with pytest.raises(InvalidRequest, match="daily cap"):
                press(journal, clock, CAP, caps)
            clock.now += 2 * HOUR
            with pytest.raises(InvalidRequest):
                press(journal, clock, CAP, caps)
            (used,) = journal.ledger.spent("ann", 1)
            assert used.spent + used.reserved == CAP * MILLION
            clock.now += 30 * HOUR
            press(journal, clock, CAP, caps)


@pytest.mark.fault("F97")
@pytest.mark.parametrize("end", ["done", "failed"])
def test_what_is_reserved_in_one_zone_and_ends_in_another_leaves_no_ghost(
    tmp_path: Path, end: State
) -> None:
    clock = Clock(NOON + 11 * HOUR)
    with closing(Journal(tmp_path / "jobs.db", clock=clock)) as journal:
        with zone(0):
            day, job = day_of(clock.now), press(journal, clock, 40, None)
        with zone(9):
            assert day_of(clock.now) != day
            turn(journal, clock, turn(journal, clock, job, "queued"), end)
        assert journal.unbalanced() == []
        assert by_day(tmp_path / "jobs.db") == {day: (40 * MILLION if end == "done" else 0, 0)}
        with zone(0):
            lines = [(one.day, one.spent, one.reserved) for one in journal.ledger.spent("ann", 30)]
            assert lines == ([(day, 40 * MILLION, 0)] if end == "done" else [])


@pytest.mark.fault("F97")
def test_entries_of_one_job_on_two_days_do_not_add_up(tmp_path: Path) -> None:
    clock = Clock()
    with closing(Journal(tmp_path / "jobs.db", clock=clock)) as journal:
        job = turn(journal, clock, press(journal, clock, 40, None), "done")
        assert journal.unbalanced() == []
        with closing(sqlite3.connect(tmp_path / "jobs.db")) as database, database:
            database.execute("update ledger set day = '2027-01-16' where kind <> 'reserve'")
        assert journal.unbalanced() == [job.id]


@pytest.mark.fault("F97")
def test_a_history_with_ghosts_is_mended_when_it_is_opened(tmp_path: Path) -> None:
    clock = Clock()
    with zone(0):
        with closing(Journal(tmp_path / "now.db", clock=clock)) as journal:
            ended = turn(journal, clock, press(journal, clock, 40, None), "done")
            turn(journal, clock, press(journal, clock, 2, None), "queued")
        path = tmp_path / "jobs.db"
        _as_each_entry_was_counted_in_its_own_zone(tmp_path / "now.db", path, ended)
        with closing(Journal(path, clock=clock)) as journal:
            assert journal.unbalanced() == []
            day = {day_of(NOON): (40 * MILLION, 2 * MILLION)}
            assert by_day(path) == day
            held = journal.ledger.today("acme", None)["credits"]
            assert (held.spent, held.reserved) == day[day_of(NOON)]
            with pytest.raises(InvalidRequest):
                press(journal, clock, CAP, CAPS[0])
            with zone(-9), pytest.raises(InvalidRequest):
                press(journal, clock, CAP, CAPS[0])


def _as_each_entry_was_counted_in_its_own_zone(now: Path, before: Path, ended: Job) -> None:
    """The same history as the studio left it before days were kept."""
    version = next(place for place, one in enumerate(MIGRATIONS) if "reservation" in "".join(one))
    open_database(before, migrations=MIGRATIONS[:version]).close()
    with closing(sqlite3.connect(before)) as database, database:
        database.execute("attach ? as now", [str(now)])
        for table in ("job", "ledger"):
            found = database.execute("select name from pragma_table_info(?)", [table]).fetchall()
            columns = ", ".join(name for (name,) in found)
            database.execute(f"insert into {table} ({columns}) select {columns} from now.{table}")
        database.execute(
            "update ledger set day = '2027-01-16' where job = ? and kind <> 'reserve'", [ended.id]
        )


STEPS = st.lists(
    st.tuples(
        st.integers(-12 * 4, 14 * 4).map(lambda quarters: quarters / 4),
        st.floats(0, 20 * HOUR) | st.floats(0, HOUR / 2),
        st.integers(1, 100),
        st.sampled_from(["queued", "done", "failed"]),
    ),
    min_size=2,
    max_size=14,
)


@pytest.mark.slow
@pytest.mark.fault("F97")
@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_no_journey_passes_a_cap_and_every_day_adds_up(
    steps: list[tuple[float, float, int, State]],
) -> None:
    """Whatever the zones: no day of any name sees more than its cap, and 24 hours see two at most, as
    they may in a zone that stays."""
    clock, made = Clock(), list[tuple[float, Job]]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        with closing(Journal(path, clock=clock)) as journal:
            for hours, later, amount, state in steps:
                clock.now += later
                with zone(hours):
                    for place, (_, job) in enumerate(made[-3:], start=max(0, len(made) - 3)):
                        if job.state != "failed":
                            made[place] = (made[place][0], turn(journal, clock, job, state))
                    try:
                        made.append((clock.now, press(journal, clock, amount, CAPS[0])))
                    except InvalidRequest:
                        continue
                    held = journal.ledger.today("acme", None)["credits"]
                    assert held.spent + held.reserved <= CAP * MILLION
                assert journal.unbalanced() == []
            for spent, reserved in by_day(path).values():
                assert spent >= 0
                assert reserved >= 0
                assert spent + reserved <= CAP * MILLION
    kept = [(at, job) for at, job in made if job.state != "failed"]
    for first, _ in kept:
        within = (job for at, job in kept if first <= at < first + 24 * HOUR)
        amounts = [job.estimate.amount for job in within if job.estimate is not None]
        assert sum(amounts) <= 2 * CAP


@pytest.mark.parametrize("turn", ["2027-03-28", "2027-10-31"])
def test_a_day_of_23_or_25_hours_is_a_day(tmp_path: Path, turn: str) -> None:
    with zone(0):
        midnight = time.mktime(time.strptime(turn, "%Y-%m-%d"))
    clock = Clock(midnight - 30 * 60)
    with closing(Journal(tmp_path / "jobs.db", clock=clock)) as journal:
        before = os.environ.get("TZ")
        set_zone("CET-1CEST,M3.5.0,M10.5.0/3")
        try:
            # Half past midnight there.
            assert day_of(clock.now) == turn or day_of(clock.now + HOUR) == turn
            press(journal, clock, CAP, CAPS[0])
            while day_of(clock.now + HOUR) == turn:
                clock.now += HOUR
                with pytest.raises(InvalidRequest):
                    press(journal, clock, 1, CAPS[0])
            clock.now += HOUR
            press(journal, clock, CAP, CAPS[0])
            # The last two days are two days, also where they took 47 or 49 hours.
            assert len({one.day for one in journal.ledger.spent("ann", 2)}) == 2
        finally:
            set_zone(before)
