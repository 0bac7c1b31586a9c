"""The ledger: money is set aside with the job, follows its state, and none is lost or made."""

import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.catalogue.models import Cost, Estimate
from providers.catalogue.money import MILLION, in_words, millionths
from providers.catalogue.requests import ImageRequest
from providers.errors import InvalidRequest
from providers.history.journal import Journal
from providers.history.ledger import Caps, day_of
from providers.history.rows import row_sum
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.failures import Charged, plain
from providers.jobs.job import Job, State, new_id

AT = 1_800_000_000.0
STATES: tuple[State, ...] = (
    "waiting", "submitting", "queued", "running", "saving", "done",
    "rejected", "failed", "cancelled", "expired", "unsure", "discarded",
)  # fmt: skip


@pytest.fixture
def journal(tmp_path: Path) -> Generator[Journal]:
    journal = Journal(tmp_path / "jobs.db", clock=lambda: AT)
    yield journal
    journal.close()


def _job(journal: Journal, estimate: Estimate | None = None, **changes: object) -> Job:
    job = Job(
        id=new_id(),
        owner="ann",
        client_request_id="",
        token=new_id(),
        request=ImageRequest(model="acme:image/one", prompt="a red fox"),
        sandbox=False,
        revision=journal.revisions.next(),
        created=AT,
        updated=AT,
        estimate=estimate,
    )
    return job.model_copy(update=changes)


def _add(
    journal: Journal, estimate: Estimate | None, caps: Caps | None = None, **more: object
) -> Job:
    job = _job(journal, estimate, **more)
    return journal.add(job, job.request, caps)


def _turn(
    journal: Journal, job: Job, state: State, *, cost: Cost | None = None, charged: Charged = "no"
) -> Job:
    error = plain("vendor", "It went wrong.", "Try again.", charged)
    ended = state in ("rejected", "failed", "cancelled", "expired", "unsure")
    job = job.model_copy(
        update={"state": state, "cost": cost or job.cost, "error": error if ended else None}
    )
    journal.write(job, note=True)
    return job


def _held(journal: Journal, owner: str | None = "ann") -> dict[str, tuple[int, int]]:
    found = journal.ledger.today("acme", owner)
    return {unit: (one.spent, one.reserved) for unit, one in found.items()}


def credits(amount: float) -> Estimate:
    return Estimate(amount=amount, unit="credits")


def test_an_open_job_holds_its_estimate_and_a_finished_one_has_spent_it(journal: Journal) -> None:
    job = _add(journal, credits(40))
    for state in STATES[:4]:
        job = _turn(journal, job, state)
        assert _held(journal) == {"credits": (0, 40 * MILLION)}
    for state in STATES[4:6]:
        job = _turn(journal, job, state)
        assert _held(journal) == {"credits": (40 * MILLION, 0)}


@pytest.mark.parametrize(
    ("state", "charged", "spent", "reserved"),
    [
        ("rejected", "no", 0, 0),
        ("failed", "no", 0, 0),
        ("failed", "unknown", 40, 0),
        ("cancelled", "no", 0, 0),
        ("cancelled", "unknown", 40, 0),
        ("expired", "yes", 40, 0),
        ("unsure", "unknown", 0, 40),
        ("unsure", "yes", 40, 0),
        ("discarded", "unknown", 40, 0),
    ],
)
def test_every_end_settles_releases_or_holds(
    journal: Journal, state: State, charged: Charged, spent: int, reserved: int
) -> None:
    _turn(journal, _add(journal, credits(40)), state, charged=charged)
    assert _held(journal) == {"credits": (spent * MILLION, reserved * MILLION)}


def test_the_vendors_own_figure_goes_before_the_estimate(journal: Journal) -> None:
    job = _turn(journal, _add(journal, credits(40)), "done", cost=credits(52.5))
    assert _held(journal) == {"credits": (52_500_000, 0)}
    _turn(journal, job, "done", cost=credits(12))
    assert _held(journal) == {"credits": (12 * MILLION, 0)}


def test_a_cost_in_another_unit_frees_the_estimate(journal: Journal) -> None:
    _turn(journal, _add(journal, credits(40)), "done", cost=Cost(amount=0.0013, unit="$"))
    assert _held(journal) == {"credits": (0, 0), "$": (1300, 0)}


def test_an_unknown_price_holds_nothing_until_the_vendor_tells_the_cost(journal: Journal) -> None:
    job = _add(journal, None)
    assert _held(journal) == {"": (0, 0)}
    assert [(one.unit, one.jobs) for one in journal.ledger.spent("ann", 1)] == [("", 1)]
    _turn(journal, job, "done", cost=Cost(amount=1.25, unit="$"))
    assert _held(journal) == {"$": (1_250_000, 0)}
    assert [(one.unit, one.jobs) for one in journal.ledger.spent("ann", 1)] == [("$", 1)]


def test_an_unknown_price_that_was_not_charged_is_no_line(journal: Journal) -> None:
    _turn(journal, _add(journal, None), "rejected", charged="no")
    assert journal.ledger.spent("ann", 1) == []


def test_a_job_that_is_taken_up_again_reserves_what_it_had_settled(journal: Journal) -> None:
    job = _turn(journal, _add(journal, credits(40)), "expired", charged="unknown")
    job = _turn(journal, job, "queued")
    assert _held(journal) == {"credits": (0, 40 * MILLION)}
    _turn(journal, job, "failed", charged="no")
    assert _held(journal) == {"credits": (0, 0)}


def test_the_sandbox_stands_apart(journal: Journal) -> None:
    _turn(journal, _add(journal, credits(40), sandbox=True), "done")
    assert _held(journal) == {}
    (line,) = journal.ledger.spent("ann", 1)
    assert (line.sandbox, line.spent) == (True, 40 * MILLION)


def test_money_is_told_by_day_vendor_and_model_and_by_owner(journal: Journal) -> None:
    _turn(journal, _add(journal, credits(40)), "done")
    _turn(journal, _add(journal, credits(2)), "queued")
    _turn(journal, _add(journal, credits(7), owner="bob"), "done")
    _turn(journal, _add(journal, credits(5), created=AT - 86400), "done")
    lines = journal.ledger.spent("ann", 30)
    assert [(one.day, one.jobs, one.spent, one.reserved) for one in lines] == [
        (day_of(AT), 2, 40 * MILLION, 2 * MILLION),
        (day_of(AT - 86400), 1, 5 * MILLION, 0),
    ]
    assert len(journal.ledger.spent("ann", 1)) == 1
    assert _held(journal, None) == {"credits": (47 * MILLION, 2 * MILLION)}


def test_a_refused_job_leaves_nothing_behind(journal: Journal) -> None:
    caps = Caps(day={"acme": 50 * MILLION})
    _add(journal, credits(40), caps)
    with pytest.raises(InvalidRequest, match="40 credits reserved"):
        _add(journal, credits(10.000001), caps)
    assert journal.figures.sizes() == (1, 0)
    _add(journal, credits(10), caps)
    assert _held(journal) == {"credits": (0, 50 * MILLION)}


def test_each_cap_counts_what_it_should(journal: Journal) -> None:
    own = Caps(owner_day={"acme": 50 * MILLION})
    _add(journal, credits(40), own)
    _add(journal, credits(40), own, owner="bob")
    _add(journal, credits(40), own, created=AT + 2 * 86400)
    with pytest.raises(InvalidRequest, match="your daily cap"):
        _add(journal, credits(40), own)
    with pytest.raises(InvalidRequest, match="this studio's daily cap"):
        _add(journal, credits(40), Caps(day={"acme": 100 * MILLION}), owner="eve")
    with pytest.raises(InvalidRequest, match=r"the cap per job on .* is 30 credits"):
        _add(journal, credits(40), Caps(job={"acme": 30 * MILLION}), owner="eve")
    _add(journal, credits(40), Caps(job={"other": 0}), owner="eve")
    _add(journal, credits(40), Caps(job={"acme": 0}), sandbox=True)


def test_a_cap_that_is_used_up_holds_for_an_unknown_price_too(journal: Journal) -> None:
    caps = Caps(day={"acme": 50 * MILLION}, labels={"acme": "Acme"})
    _add(journal, None, caps)
    _add(journal, credits(50), caps)
    with pytest.raises(InvalidRequest) as refused:
        _add(journal, None, caps)
    assert str(refused.value) == (
        "The price is unknown, and this studio's daily cap on Acme is 50 credits: 0 credits "
        "spent and 50 credits reserved today. Wait until tomorrow, or raise the cap "
        "(STUDIO_CAP_DAY)."
    )
    with pytest.raises(InvalidRequest):
        _add(journal, None, Caps(job={"acme": 0}))


def test_a_free_job_passes_a_cap_that_is_used_up(journal: Journal) -> None:
    _add(journal, credits(0), Caps(day={"acme": 0}))


def test_jobs_from_before_the_ledger_get_their_entries_when_they_move(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    old = open_database(path, migrations=MIGRATIONS[:1])
    old.close()
    journal = Journal(path, clock=lambda: AT)
    job = _add(journal, credits(40))
    journal.close()
    with sqlite3.connect(path) as database:
        database.execute("delete from ledger")
    database.close()
    journal = Journal(path, clock=lambda: AT)
    _turn(journal, job, "done")
    assert _held(journal) == {"credits": (40 * MILLION, 0)}
    journal.close()


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -3.0])
def test_what_is_no_amount_counts_as_nothing(journal: Journal, amount: float) -> None:
    job = _turn(journal, _add(journal, None), "queued")
    job = job.model_copy(update={"state": "saving", "cost": Cost(amount=amount, unit="$")})
    journal.write(job, note=True)
    assert all(one == (0, 0) for one in _held(journal).values())


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (3.4, "$", "$3.40"),
        (0.039, "$", "$0.039"),
        (0.5, "$", "$0.50"),
        (12, "$", "$12"),
        (120, "credits", "120 credits"),
        (2.5, "credits", "2.5 credits"),
        (12500, "credits", "12,500 credits"),
        (0, "", "0"),
    ],
)
def test_money_reads_as_the_vendor_counts_it(amount: float, unit: str, words: str) -> None:
    assert in_words(millionths(amount), unit) == words


COSTS = st.none() | st.builds(
    Estimate,
    amount=st.integers(0, 10**9).map(lambda whole: whole / 1000),
    unit=st.sampled_from(["credits", "$"]),
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(STATES), COSTS, st.sampled_from(["no", "yes", "unknown"])
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(COSTS, min_size=4, max_size=4), STEPS)
def test_reserved_spent_and_released_are_always_the_sum_of_the_estimates(
    estimates: list[Estimate | None], steps: list[tuple[int, State, Cost | None, Charged]]
) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "jobs.db"
    journal = Journal(path, clock=lambda: AT)
    jobs = [_add(journal, estimate) for estimate in estimates]
    for place, state, cost, charged in steps:
        jobs[place] = _turn(journal, jobs[place], state, cost=cost, charged=charged)
        assert journal.unbalanced() == []
    expected: dict[str, int] = {}
    for estimate in estimates:
        if estimate is not None:
            unit = estimate.unit
            expected[unit] = expected.get(unit, 0) + millionths(estimate.amount)
    held = _held(journal)
    with sqlite3.connect(path) as database:
        released = dict(
            database.execute(
                "select unit, sum(amount) from ledger where kind = 'release' group by unit"
            ).fetchall()
        )
    database.close()
    journal.close()
    shutil.rmtree(folder)
    for unit, (spent, reserved) in held.items():
        assert spent >= 0
        assert reserved >= 0
        assert spent + reserved + int(released.get(unit, 0)) == expected.get(unit, 0)


@pytest.mark.parametrize(
    "harm",
    [
        "update ledger set amount = amount + 1 where kind = 'reserve'",
        "delete from ledger where kind = 'settle'",
        "insert into ledger select null, job, owner, vendor, model, sandbox, unit, day, 'settle', 5, at"
        " from ledger where kind = 'reserve'",
        "insert into ledger select null, job, owner, vendor, model, sandbox, unit, day, kind, amount, at"
        " from ledger where kind = 'reserve'",
        "update job set doc = replace(doc, '\"done\"', '\"queued\"')",
        "update job set doc = replace(doc, '40.0', '41.0')",
    ],
)
def test_money_that_does_not_add_up_is_seen(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "jobs.db"
    with closing(Journal(path, clock=lambda: AT)) as journal:
        job = _turn(journal, _add(journal, credits(40)), "done")
        _turn(journal, _add(journal, None), "done", cost=credits(3))
        assert journal.unbalanced() == []
    with closing(sqlite3.connect(path)) as database, database:
        database.create_function("sum_of", 1, row_sum)
        database.execute(harm)
        database.execute("update job set row_sum = sum_of(doc)")
    with closing(Journal(path, clock=lambda: AT)) as journal:
        assert job.id in journal.unbalanced()
