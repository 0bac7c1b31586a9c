"""Slots: places are served in order, learned from refusals, and grow back slowly."""

import asyncio

import pytest

from providers.catalogue.requests import ImageRequest
from providers.jobs.intake import new_job
from providers.jobs.job import Job
from providers.running.slots import GROW_AFTER, Slots
from tests.support.fake_vendor import Time


def _job(now: float) -> Job:
    request = ImageRequest(model="fake:image/one", prompt="a fox")
    return new_job(
        request, owner="local", idempotency_key="", sandbox=True, now=now, revision=int(now)
    )


def _slots(limit: int, now: float = 0.0) -> Slots:
    return Slots(limit, lambda: now)


def test_the_first_in_line_comes_first() -> None:
    slots, early, late = _slots(1), _job(1), _job(2)
    slots.join(late)
    slots.join(early)
    assert [slots.take(job.id) for job in (late, early, late)] == [False, True, False]
    slots.release(early.id)
    assert slots.take(late.id)


def test_a_refusal_teaches_how_many_places_there_are() -> None:
    slots = _slots(3)
    slots.hold("a")
    slots.hold("b")
    slots.refused("b", running=1, wait=10)
    assert (slots.limit, slots.held, slots.wait()) == (1, 1, 10)
    slots.refused("a", running=None, wait=1e9)
    assert (slots.limit, slots.wait()) == (1, 900)


def test_a_refusal_without_a_number_takes_one_place_away_but_never_the_last() -> None:
    slots = _slots(4)
    for job in ("a", "b", "c", "d"):
        slots.hold(job)
    limits: list[int] = []
    for job in ("d", "c", "b", "a"):
        slots.refused(job, running=None, wait=0)
        limits.append(slots.limit)
    assert limits == [3, 2, 1, 1]


def test_the_end_of_a_task_ends_the_waiting_and_brings_places_back_slowly() -> None:
    slots = _slots(2)
    slots.hold("a")
    slots.refused("b", running=1, wait=60)
    limits: list[int] = []
    for number in range(2 * GROW_AFTER):
        slots.hold(f"{number}")
        slots.release(f"{number}")
        limits.append(slots.limit)
    assert slots.wait() == 0
    assert limits == [1] * (GROW_AFTER - 1) + [2] * (GROW_AFTER + 1)


@pytest.mark.parametrize("wait", [0.0, -5.0, float("nan"), float("-inf"), 1e-300])
def test_refusals_that_follow_each_other_double_the_pause_whatever_is_told(wait: float) -> None:
    now = [1_000_000.0]
    slots = Slots(2, lambda: now[0])
    pauses: list[float] = []
    for _ in range(9):
        slots.refused("a", running=None, wait=wait, least=15)
        pauses.append(slots.wait())
        now[0] += slots.wait()
    assert pauses == [15, 30, 60, 120, 240, 480, 900, 900, 900]
    slots.accepted("a")
    slots.release("a")
    slots.refused("a", running=None, wait=wait, least=15)
    assert slots.wait() == 15


def test_calls_that_are_refused_together_are_one_refusal() -> None:
    slots = _slots(4)
    for job in ("a", "b", "c", "d"):
        slots.refused(job, running=None, wait=0, least=15)
    assert slots.wait() == 15


def test_after_a_refusal_one_asks_for_all() -> None:
    now = [1_000_000.0]
    slots, jobs = Slots(4, lambda: now[0]), [_job(1), _job(2), _job(3)]
    slots.hold("at the vendor")
    slots.refused("x", running=3, wait=0, least=15)
    now[0] += 15
    for job in jobs:
        slots.join(job)
    assert [slots.take(job.id) for job in jobs] == [True, False, False]
    slots.accepted(jobs[0].id)
    assert [slots.take(job.id) for job in jobs[1:]] == [True, False]


def test_a_wait_that_is_asked_for_outlives_the_end_of_a_task_and_of_a_try() -> None:
    slots = _slots(4)
    slots.hold("a")
    slots.refused("b", running=None, wait=300, least=15)
    slots.release("a")
    assert slots.wait() == 300
    early = _job(1)
    other = Slots(4, lambda: 0.0)
    other.join(early)
    other.take(early.id)
    other.refused("b", running=2, wait=0, least=15)
    other.release(early.id)
    assert other.wait() == 15


@pytest.mark.parametrize("told", [0, -4, 10**9, 10**400])
def test_no_number_of_places_is_believed_out_of_bounds(told: int) -> None:
    slots = _slots(2)
    slots.allow(told)
    assert 1 <= slots.limit <= 64
    slots.refused("a", running=told, wait=1e308)
    assert (1 <= slots.limit <= 64, slots.wait()) == (True, 900)


def test_whoever_is_first_in_line_is_told_of_every_change() -> None:
    slots, early, late = _slots(1), _job(1), _job(2)
    slots.hold("a")
    second, first = slots.join(late), slots.join(early)
    slots.release("a")
    assert (first.is_set(), second.is_set()) == (True, False)
    assert slots.take(early.id)
    assert second.is_set()


def test_whoever_joins_again_stands_in_line_once() -> None:
    slots, job = _slots(1), _job(1)
    slots.join(job)
    slots.join(job)
    slots.leave(job.id)
    assert slots.is_first("somebody else")


def test_a_clock_that_is_set_back_makes_nobody_wait_longer() -> None:
    now = [1_000_000.0]
    slots = Slots(1, lambda: now[0])
    slots.refused("a", running=None, wait=60)
    now[0] -= 86_400
    assert slots.wait() == 60
    now[0] += 61
    assert slots.wait() == 0


@pytest.mark.anyio
async def test_two_questions_about_one_job_are_both_asked() -> None:
    """A person may look at a job again at the moment at which the keeper does."""
    now, asked = Time(), list[int]()
    gate = Slots(1, now.clock, every=4.0, sleep=now.sleep).gate

    async def ask(number: int) -> None:
        async with gate.turn("job"):
            asked.append(number)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(ask, range(8)))
    assert asked == list(range(8))
