"""Pacing: past jobs tell when to look, the vendor's floor is kept, and a median is told."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.catalogue.requests import ImageRequest
from providers.jobs.intake import new_job
from providers.jobs.job import Job
from providers.running.following import SCATTER
from providers.running.pacing import (
    EARLY,
    ENOUGH,
    LONGEST,
    RECALLED,
    SLOWEST,
    Pacing,
    patience,
)
from providers.vendors.all import VENDORS
from providers.vendors.pace import Pace
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.support.told import told_of

PACE = Pace(image_every=5, video_every=15, slots=2)
SENT = 1_000.0


def job_of(model: str = "fake:image/one", took: float | None = None) -> Job:
    """A job that was sent, and is done where it took some time."""
    request = ImageRequest(model=model, prompt="a fox")
    job = new_job(
        request, owner="local", idempotency_key="", sandbox=False, now=SENT - 1, revision=1
    )
    finished = None if took is None else SENT + took
    return job.model_copy(update={"submitted": SENT, "finished": finished})


def usual_job() -> Job:
    """One that is no scout."""
    return job_of().model_copy(update={"id": "01M0000000000000000000000A"})


def knowing(*seconds: float) -> Pacing:
    """Pacing that remembers these times."""

    def recall(_owner: str, _model: str, _sandbox: bool, _switch: object) -> tuple[float, ...]:
        return seconds

    return Pacing(recall)


def test_jobs_of_another_queue_teach_nothing() -> None:
    pacing, explored, paid = knowing(), ("explore", True), ("explore", False)
    pacing.note(job_of(took=900.0), explored)
    pacing.note(job_of(took=20.0), paid)
    assert (pacing.usual(job_of(), explored), pacing.usual(job_of(), paid)) == (900.0, 20.0)


def test_without_a_past_every_look_comes_at_the_floor() -> None:
    for past in ((), (30.0,) * (ENOUGH - 1)):
        assert knowing(*past).beat(job_of(), PACE, SENT + 1) == PACE.image_every
    assert knowing().usual(job_of()) is None


def test_the_first_look_that_counts_comes_when_the_quickest_result_came() -> None:
    pacing, job = knowing(40.0, 50.0, 45.0), usual_job()
    assert pacing.beat(job, PACE, SENT) == 20
    assert pacing.beat(job, PACE, SENT + 20) == 20
    assert pacing.beat(job, PACE, SENT + 24) == 16
    assert pacing.usual(job) == 45.0


def test_after_it_every_look_comes_at_the_floor() -> None:
    pacing = knowing(40.0, 50.0, 45.0)
    for elapsed in (36.0, 40.0, 45.0, 50.0, 99.0):
        assert pacing.beat(usual_job(), PACE, SENT + elapsed) == PACE.image_every


def test_looks_before_it_are_as_far_apart_as_they_may_be_and_even() -> None:
    # 21 s to go: not 20 and then 5, which would come 4 s late.
    assert knowing(21.0, 30.0, 30.0).beat(usual_job(), PACE, SENT) == 10.5


def test_one_job_in_five_looks_a_little_earlier_to_learn_whether_results_do() -> None:
    pacing = knowing(20.0, 20.0, 20.0)
    waits = [pacing.beat(job_of(), PACE, SENT) for _ in range(500)]
    assert set(waits) == {20.0, EARLY * 20.0}
    assert 50 < waits.count(EARLY * 20.0) < 150


def test_a_task_that_is_late_is_looked_at_less_often() -> None:
    pacing = knowing(40.0, 50.0, 45.0)
    assert pacing.beat(job_of(), PACE, SENT + 300) == 15
    assert pacing.beat(job_of(), PACE, SENT + 3000) == SLOWEST * PACE.image_every


def test_the_longer_a_task_takes_the_more_seldom_it_is_looked_at_up_to_a_bound() -> None:
    assert [patience(one) for one in (0, 100, 3600, 86_400)] == [0, 1, 36, LONGEST]


def test_every_model_owner_and_sandbox_has_a_past_of_its_own() -> None:
    asked: list[tuple[str, str, bool]] = []

    def recall(owner: str, model: str, sandbox: bool, _switch: object) -> list[float]:
        asked.append((owner, model, sandbox))
        return []

    pacing = Pacing(recall)
    pacing.note(job_of(took=10.0))
    assert pacing.usual(job_of()) == 10.0
    assert pacing.usual(job_of("fake:image/two")) is None
    assert asked == [("local", "fake:image/one", False), ("local", "fake:image/two", False)]
    for number in range(3 * RECALLED):
        pacing.note(job_of(took=100.0 + number))
    assert pacing.usual(job_of()) == pytest.approx(100 + 2.5 * RECALLED, abs=1)


@given(
    past=st.lists(st.floats(0.001, 1e6), max_size=30),
    now=st.floats(-1e6, 1e6),
    every=st.floats(0.02, 60),
)
def test_no_past_and_no_clock_brings_a_look_below_the_floor(
    past: list[float], now: float, every: float
) -> None:
    pace = Pace(image_every=every, video_every=every, slots=1)
    assert every <= knowing(*past).beat(job_of(), pace, now) <= SLOWEST * every


# Beside the vendor's own client, which looks every 4.5 to 7.5 s and learns nothing


def normal(middle: float, spread: float) -> Callable[[random.Random, int], float]:
    """Tasks that take about as long as each other."""
    return lambda chance, _: max(1.0, chance.gauss(middle, spread))


TIMES: Mapping[str, Callable[[random.Random, int], float]] = {
    "always the same": normal(30, 0),
    "narrow": normal(30, 1),
    "wide": lambda chance, _: chance.uniform(24, 36),
    "very wide": lambda chance, _: 5 + min(300.0, chance.lognormvariate(3.4, 0.5)),
    "two sorts": lambda chance, _: chance.gauss(20, 1.5) if chance.random() < 0.5 else 60.0,
    "ever slower": lambda chance, turn: 20 + turn / 10 + chance.gauss(0, 1.5),
    "quicker all at once": lambda chance, turn: (60 if turn < 200 else 35) + chance.gauss(0, 1.5),
    "long": normal(200, 25),
    "short": normal(8, 1),
}
TURNS = 400


def followed(takes: Callable[[random.Random, int], float]) -> tuple[float, float]:
    """Mean seconds from done to seen, and looks for each task."""
    chance, held, late, looks = random.Random(1), knowing(), 0.0, 0
    for turn in range(TURNS):
        took, now = takes(chance, turn), SENT
        job = job_of().model_copy(update={"id": f"{turn:026}"})
        while now < SENT + took:
            now += held.beat(job, PACE, now) + chance.uniform(0, SCATTER) * PACE.image_every
            looks += 1
        late += now - SENT - took
        held.note(job.model_copy(update={"finished": now}))
    return late / TURNS, looks / TURNS


def clients(takes: Callable[[random.Random, int], float]) -> tuple[float, float]:
    """The same of the vendor's own client."""
    chance, late, looks = random.Random(1), 0.0, 0
    for turn in range(TURNS):
        took, now = takes(chance, turn), 0.0
        while now < took:
            now += chance.uniform(4.5, 7.5)
            looks += 1
        late += now - took
    return late / TURNS, looks / TURNS


@pytest.mark.parametrize("times", TIMES)
def test_results_are_seen_sooner_with_fewer_looks_than_the_vendors_own_client_takes(
    times: str,
) -> None:
    ours, theirs = followed(TIMES[times]), clients(TIMES[times])
    assert ours[0] < theirs[0]
    assert ours[1] < theirs[1]


@pytest.mark.anyio
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name)
async def test_the_library_learns_how_long_its_models_take(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=20.0) as rig:
        told: list[JsonValue] = []
        asked: list[int] = []
        for turn in range(5):
            before = len(rig.network.asked("look"))
            job = await rig.over(rig.press())
            told.append(told_of(job)["usual"])
            asked.append(len(rig.network.asked("look")) - before)
            if turn == 3:
                await rig.restart()
        assert told[0] is None
        assert all(isinstance(usual, float) and 30 < usual < 120 for usual in told[1:])
        assert asked[4] < asked[0]


@pytest.mark.anyio
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name)
async def test_the_schedule_shows_what_is_asked_next(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=20.0, slots=1) as rig:
        first, second = rig.press(), rig.press()
        await rig.until(first, "queued")
        await rig.when(second, lambda one: "slot" in one.detail)
        plan = rig.studio.live.schedule()
        assert [one.job for one in plan] == [first.id, second.id]
        assert plan[0].look is not None
        assert 0 < plan[0].look - rig.timeline.now <= 1.2 * vendor.pace.image_every
        assert plan[1].look is None
        await rig.over(first)
        await rig.over(second)
        assert rig.studio.live.schedule() == []
