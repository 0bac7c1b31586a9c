"""Many jobs by one press: all of them or none, within the caps, for what was shown, and once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import ImageRequest
from providers.errors import InvalidRequest, Unknown
from providers.history.batch import BatchLine, add_all
from providers.history.journal import Journal
from providers.history.new_job import NewJob
from providers.history.query import Query
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.intake import new_job
from providers.jobs.job import BatchRow, Job
from providers.studio.studio import Studio
from providers.vendors.vendor import Failed, Running
from tests.support.fake_vendor import MODEL, press, until
from tests.support.histories import a_job
from tests.support.priced import UNPRICED, PricedVendor, files, live_studio
from tests.support.told import told_of

pytestmark = pytest.mark.anyio


def _asked(*prompts: str, **options: JsonValue) -> list[ImageRequest]:
    return [ImageRequest(model=MODEL.id, prompt=one, options=options) for one in prompts]


def _held(studio: Studio) -> int:
    return sum(studio.live.counts("local")["state"].values())


def _bill(studio: Studio, asked: list[ImageRequest]) -> JsonValue:
    checked = studio.batches.check(asked, "local")
    return [*map(told_of, studio.batches.bill([one for one in checked if one.is_good], "local"))]


async def test_a_batch_is_as_many_jobs_as_rows_in_their_order(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(end=Running()))
    async with studio.running():
        asked = _asked("one", "two", "three")
        jobs = studio.batches.submit(asked, "local", "batch-one", _bill(studio, asked))
        assert [job.request.prompt for job in jobs] == ["one", "two", "three"]
        assert [told_of(job)["batch"] for job in jobs] == [
            {"id": "batch-one", "row": row, "of": 3} for row in (1, 2, 3)
        ]
        for job in jobs[:2]:
            await until(studio, job, "running")
        assert studio.live.get(jobs[2].id, "local").state == "waiting"
        page = studio.live.page("local", Query(batch="batch-one"))
        assert [job.id for job in page.jobs] == [job.id for job in reversed(jobs)]
        told = studio.batches.told("batch-one", "local")
        assert (told.rows, told.states) == (3, {"running": 2, "waiting": 1})
        await studio.batches.cancel("batch-one", "local")
        assert studio.batches.told("batch-one", "local").states == {
            "running": 2,
            "cancelled": 1,
        }


async def test_a_batch_that_the_caps_have_no_room_for_takes_nothing(tmp_path: Path) -> None:
    fake = PricedVendor(end=Running())
    studio = live_studio(tmp_path, fake, cap_owner_day="fake=75")
    async with studio.running():
        press(studio, "lost before")
        asked = _asked(*(f"row {number}" for number in range(1, 9)))
        checked = studio.batches.check(asked, "local")
        assert [one.is_good for one in checked] == [True] * 6 + [False] * 2
        assert checked[6].problems[0].message == (
            "This costs about 10 credits, and your daily cap on Fake is 75 credits: 0 credits "
            "spent and 10 credits reserved today, and the rows before it take 60 credits. Wait "
            "until tomorrow, or raise the cap (STUDIO_CAP_OWNER_DAY)."
        )
        with pytest.raises(InvalidRequest) as refused:
            studio.batches.submit(asked, "local", "batch-one")
        problems = refused.value.problems
        assert [one.field for one in problems] == ["", "rows.7", "rows.8"]
        assert "room for 6 of these 8 jobs" in problems[0].message
        assert _held(studio) == 1
        bill = studio.batches.bill(checked[:6], "local")
        assert [*map(told_of, bill[0].left)] == [
            {"scope": "owner_day", "unit": "credits", "amount": 65.0}
        ]
        assert len(studio.batches.submit(asked[:6], "local", "batch-one")) == 6


async def test_batches_pressed_at_once_never_pass_a_cap_and_are_whole(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(end=Running()), cap_day="fake=250")
    async with studio.running():

        def one(number: int) -> int:
            asked = _asked(*(f"{number} {row}" for row in range(7)))
            try:
                return len(studio.batches.submit(asked, "local", f"batch-{number:03}"))
            except InvalidRequest:
                return 0

        with ThreadPoolExecutor(12) as pool:
            made = [*pool.map(one, range(12))]
        assert sorted(made) == [0] * 9 + [7] * 3
        assert _held(studio) == 21


async def test_the_same_press_again_is_the_same_batch_also_from_many_hands(tmp_path: Path) -> None:
    fake = PricedVendor(end=Running())
    studio = live_studio(tmp_path, fake, cap_day="fake=30")
    async with studio.running():
        asked = _asked("one", "one", "two")

        def send(_: int) -> list[str]:
            return [job.id for job in studio.batches.submit(asked, "local", "batch-one")]

        with ThreadPoolExecutor(8) as pool:
            told = [*pool.map(send, range(8))]
        assert all(one == told[0] for one in told)
        assert len(set(told[0])) == _held(studio) == 3
        assert send(0) == told[0]


@pytest.mark.parametrize("rows", [("one",), ("one", "two", "three"), ("one", "other")])
async def test_a_press_that_was_used_for_other_rows_makes_nothing(
    tmp_path: Path, rows: tuple[str, ...]
) -> None:
    studio = live_studio(tmp_path, PricedVendor(end=Running()))
    async with studio.running():
        studio.batches.submit(_asked("one", "two"), "local", "batch-one")
        with pytest.raises(InvalidRequest, match="already used"):
            studio.batches.submit(_asked(*rows), "local", "batch-one")
        assert _held(studio) == 2


async def test_one_bad_row_keeps_all_of_them_back_and_is_named(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor())
    async with studio.running():
        asked = [*_asked("one", ""), *_asked("three", ratio="7:5")]
        with pytest.raises(InvalidRequest) as refused:
            studio.batches.submit(asked, "local", "batch-one")
        assert [one.field for one in refused.value.problems] == ["rows.2.prompt", "rows.3.ratio"]
        assert _held(studio) == 0
        for name in ("short", "with spaces in it", "x" * 65):
            with pytest.raises(InvalidRequest, match="client_request_id must be"):
                studio.batches.submit(_asked("one"), "local", name)
        with pytest.raises(InvalidRequest, match="1 to 200"):
            studio.batches.check(_asked(*["x"] * 201), "local")


async def test_nothing_is_sent_for_another_price_than_was_shown(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(end=Running()))
    async with studio.running():
        cheap, dear = _asked("one", "two"), _asked("one", "two", count=2)
        shown = _bill(studio, cheap)
        nothing: dict[str, JsonValue] = {}
        others: tuple[JsonValue, ...] = (shown, [], "nothing", [nothing])
        for other in others:
            with pytest.raises(InvalidRequest, match="has changed since it was shown"):
                studio.batches.submit(dear, "local", "batch-one", other)
        assert _held(studio) == 0
        unpriced = [ImageRequest(model=UNPRICED, prompt="three")]
        bill = [
            *map(
                told_of,
                studio.batches.bill(studio.batches.check([*dear, *unpriced], "local"), "local"),
            )
        ]
        assert bill == [
            {
                "vendor": "fake", "sandbox": False, "jobs": 3, "unknown": 1, "at_once": 2, "left": [],
                "sums": [{"amount": 40.0, "unit": "credits", "at_least": False}],
            }
        ]  # fmt: skip
        assert len(studio.batches.submit([*dear, *unpriced], "local", "batch-one", [*bill])) == 3


async def test_the_failed_rows_are_tried_again_together_once(tmp_path: Path) -> None:
    with files() as home:
        refused = Failed(code="vendor", message="Not today.", charged="no")
        fake = PricedVendor(home=home, end=refused)
        studio = live_studio(tmp_path, fake)
        async with studio.running():
            jobs = studio.batches.submit(_asked("one", "two"), "local", "batch-one")
            for job in jobs:
                await until(studio, job, "failed")
            told = studio.batches.told("batch-one", "local")
            assert [*told.failed] == [job.id for job in jobs]
            fake.end = None
            names = [job.id for job in jobs]

            def send(name: str) -> list[Job]:
                return studio.batches.retry(
                    "batch-one", "local", names, name, [*map(told_of, told.bill)]
                )

            again = send("press-two")
            assert [job.id for job in send("press-two")] == [job.id for job in again]
            with pytest.raises(InvalidRequest, match="already retried"):
                send("press-three")
            for job in again:
                await until(studio, job, "done")
            now = studio.batches.told("batch-one", "local")
            assert (now.rows, now.states, now.failed) == (2, {"done": 2}, ())
            with pytest.raises(Unknown):
                studio.batches.told("batch-one", "bob")


async def test_a_single_job_that_is_tried_again_stays_in_its_row(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(end=Running()))
    async with studio.running():
        jobs = studio.batches.submit(_asked("one", "two", "three"), "local", "batch-one")
        await studio.decisions.cancel(jobs[2].id, "local")
        assert studio.decisions.retry(jobs[2].id, "local", "again").batch == jobs[2].batch
        assert studio.batches.told("batch-one", "local").rows == 3


def test_who_asks_what_changed_misses_no_row_of_a_batch_that_took_a_moment(tmp_path: Path) -> None:
    """Its rows are looked at one by one, and meanwhile other jobs go on and are told."""
    with closing(Journal(tmp_path / "jobs.db")) as journal:
        asked = _asked("one", "two")
        lines = [
            BatchLine(f"batch-one-{row}", request, BatchRow(id="batch-one", row=row, of=2))
            for row, request in enumerate(asked, start=1)
        ]
        entries = [
            NewJob(
                new_job(
                    line.request, owner="local", idempotency_key=line.idempotency_key, sandbox=True,
                    now=1.0, revision=journal.revisions.next(), batch=line.row,
                ),
                line.request,
            )
            for line in lines
        ]  # fmt: skip
        told = a_job(journal, "meanwhile").revision
        made = add_all(journal, "local", lines, entries, lambda: None)
        assert journal.jobs.changed_since("local", told) == made


def test_a_history_from_before_there_were_batches_is_lifted(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    place = next(n for n, step in enumerate(MIGRATIONS) if "batch text" in str(step))
    open_database(path, migrations=MIGRATIONS[:place]).close()
    before: list[str] = []
    with closing(Journal(path, before_lifting=lambda: before.append("copied"))) as journal:
        assert journal.jobs.page("local", Query(batch="any")).jobs == ()
    assert before == ["copied"]
    with closing(sqlite3.connect(path)) as database:
        plan = database.execute(
            "explain query plan select doc from job where owner = 'a' and batch = 'b'"
            " order by created desc, id desc"
        ).fetchall()
    assert "job_by_batch" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
