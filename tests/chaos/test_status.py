"""F23 to F38: what can go wrong while a job is followed. Each case by its number, for every vendor."""

from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import shapes, toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import FILES, LINKS, MOMENTS, PROGRESS, STATUS, keyed, without
from tests.chaos.toxics import HTML, mutated, says
from tests.support.told import told_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
SLOW = 10.0
"""A scale at which a picture takes half a minute."""
DAY = 86_400.0


async def watched(rig: Rig, job: Job) -> list[Job]:
    """Every step of a job, until nobody works on it."""
    steps = [job]
    with rig.studio.live.watch("local") as queue:
        while steps[-1].is_open:
            changed = await queue.get()
            steps += [changed] if changed.id == job.id else []
    return steps


def at_looks(rig: Rig) -> list[float]:
    """When the vendor was asked about tasks."""
    return [one.at for one in rig.network.asked("look")]


@pytest.mark.parametrize(
    "value", ["0.5", 0.5, 50, "50%", "1", None, "NaN", -1, 1.7, "soon", [], {}, True, 10**400]
)
@pytest.mark.fault("F23")
async def test_f23_progress_is_between_nothing_and_all_and_never_goes_back(
    tmp_path: Path, vendor: Vendor, value: JsonValue
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        rig.network.next("look", mutated(keyed(PROGRESS, value)), toxics.clean(), times=2)
        rig.network.next("look", mutated(keyed(PROGRESS, 0.1)))
        steps = await watched(rig, rig.press())
        told = [step.progress for step in steps if step.progress is not None]
        assert steps[-1].state == "done"
        assert all(0 <= one <= 1 for one in told)
        assert told == sorted(told)


@pytest.mark.parametrize("word", ["HALF_DONE", "running", "Pending", "", None, 7, [], "x" * 9000])
@pytest.mark.fault("F24")
async def test_f24_a_word_that_nobody_knows_ends_nothing(
    tmp_path: Path, vendor: Vendor, word: JsonValue
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(keyed(STATUS, word)), times=6)
        steps = await watched(rig, rig.press())
        assert steps[-1].state == "done"
        assert all(len(step.detail) < 400 for step in steps)


@pytest.mark.fault("F24")
async def test_f24_a_strange_word_stands_in_the_history_and_not_at_every_look(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        rig.network.next("look", mutated(keyed(STATUS, "HALF_DONE")), times=4)
        job = await rig.over(rig.press())
        said = [str(one["detail"]) for one in rig.studio.live.events(job.id, "local")]
        assert job.state == "done"
        # Once, and once more where the task began to run under it.
        assert len([one for one in said if "half_done" in one.lower()]) in (1, 2)


@pytest.mark.fault("F25")
async def test_f25_what_is_finished_does_not_run_again(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        again = "processing" if vendor.name == "runware" else "RUNNING"
        unmade = toxics.mutated(lambda body: keyed(STATUS, again)(without(FILES + LINKS)(body)))
        rig.network.next("look", toxics.clean(), unmade)
        rig.network.next("file", says(403, b"expired", taken=False), times=2)
        steps = await watched(rig, rig.press())
        assert steps[-1].state == "done"
        said = "\n".join(str(one["detail"]) for one in rig.studio.live.events(steps[0].id, "local"))
        assert "now says otherwise" in said


@pytest.mark.fault("F26")
async def test_f26_success_without_files_is_looked_at_for_five_minutes_and_never_made_anew(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(without(FILES + LINKS)), times=4)
        assert (await rig.over(rig.press())).state == "done"
        rig.network.next("look", mutated(without(FILES + LINKS)), times=10**6)
        began, before = rig.timeline.now, len(rig.network.asked("look"))
        job = await rig.over(rig.press())
        assert job.error is not None
        assert (job.state, job.error.code) == ("failed", "no_output")
        assert rig.timeline.now - began >= 300
        assert 5 <= len(rig.network.asked("look")) - before <= 40
        assert job.ticket is not None
        assert str(told_of(job)["task"])


@pytest.mark.fault("F27")
async def test_f27_entries_that_are_no_files_are_left_out(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(shapes.crowded), times=9)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1)


@pytest.mark.fault("F27")
async def test_f27_of_a_thousand_files_the_first_are_kept_and_it_is_said(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(shapes.thousandfold), times=9)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 64)
        assert job.detail == "The service returned 1000 files. The first 64 are kept."


@pytest.mark.fault("F28")
async def test_f28_a_failed_task_is_over_and_not_asked_about_again(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A fox sandbox:fails"))
        assert job.state == "failed"
        asked = [one for one in rig.network.seen if one.call != "account"]
        await rig.timeline.sleep(DAY)
        await rig.restart()
        await rig.timeline.sleep(DAY)
        assert [one for one in rig.network.seen if one.call != "account"] == asked
        assert rig.studio.live.get(job.id, "local").state == "failed"


@pytest.mark.fault("F29")
async def test_f29_a_task_may_wait_for_a_day_and_be_cancelled_then(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=100_000.0) as rig:
        job = await rig.until(rig.press(), "queued")
        began = rig.timeline.now
        await rig.timeline.sleep(DAY)
        assert rig.timeline.now - began >= DAY
        # Some vendors do not tell waiting from work.
        assert rig.studio.live.get(job.id, "local").state in ("queued", "running")
        gaps = [after - before for before, after in pairwise(at_looks(rig))]
        # In the first minutes as often as the vendor allows, then seldom, and never forgotten.
        assert max(gaps[:20]) <= 2 * vendor.pace.image_every
        assert max(gaps) <= 600
        assert len(gaps) < 1000
        rig.network.next("look", toxics.clean(), says(503, b"", taken=False))
        asked = rig.timeline.now
        await rig.studio.decisions.cancel(job.id, "local")
        assert (await rig.over(job)).state == "cancelled"
        # The person does not wait as long as the task did.
        assert rig.timeline.now - asked <= 60
        assert len(rig.network.asked("create")) == len(rig.book) == 1


@pytest.mark.fault("F29")
async def test_f29_what_waited_for_hours_is_fetched_soon_after_it_is_there(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=100_000.0) as rig:
        job = await rig.until(rig.press(), "queued")
        await rig.timeline.sleep(DAY / 4)
        rig.vendors.engine.clock.scale = 0.0
        back = rig.timeline.now
        assert (await rig.over(job)).state == "done"
        assert rig.timeline.now - back <= 600
        assert len(rig.network.asked("create")) == len(rig.book) == 1


@pytest.mark.fault("F30")
async def test_f30_a_new_task_may_be_unknown_for_ten_minutes(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = rig.press()
        began = rig.timeline.now
        gone = says(404, {"error": "Not found.", "code": 404}, taken=False)
        rig.network.next("look", gone, times=10**6)
        await rig.until(job, "queued")
        await rig.timeline.sleep(600)
        assert rig.studio.live.get(job.id, "local").state == "queued"
        rig.network.plan.clear()
        assert (await rig.over(job)).state == "done"
        assert rig.timeline.now - began >= 600


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.fault("F31")
async def test_f31_a_task_that_stays_unknown_for_an_hour_has_expired(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        gone = says(status, {"error": "Not found.", "code": status}, taken=False)
        rig.network.next("look", toxics.clean())
        rig.network.next("look", gone, times=10**6)
        began = rig.timeline.now
        job = await rig.over(rig.press())
        assert job.state == "expired"
        assert rig.timeline.now - began >= 3600
        assert 5 <= len(rig.network.asked("look")) <= 200
        rig.network.plan.clear()
        await rig.studio.decisions.look_again(job.id, "local")
        assert (await rig.until(job, "done")).artifacts
        assert len(rig.book) == 1


BAD_LOOKS = {
    "429": says(429, {"error": "Slow down"}, taken=False),
    "500": says(500, b"", taken=False),
    "503": says(503, b"", taken=False, headers={"retry-after": "7"}),
    "page": says(200, HTML, taken=False),
    "cut": toxics.limit_data(),
    "timeout": toxics.timeout(taken=True),
    "reset": toxics.reset_peer(taken=False),
    "down": toxics.down(),
    "certificate": toxics.bad_certificate(),
    "moved": says(302, b"", taken=False, headers={"location": "http://sandbox/elsewhere"}),
    "null": says(200, b"null", taken=False),
    "empty": says(200, b"{}", taken=False),
    "list": says(200, b"[]", taken=False),
    "401": says(401, {"error": "Unauthorized", "code": 401}, taken=False),
}


@pytest.mark.parametrize("bad", BAD_LOOKS)
@pytest.mark.fault("F32")
async def test_f32_a_look_that_fails_changes_nothing(
    tmp_path: Path, vendor: Vendor, bad: str
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        rig.network.next("look", BAD_LOOKS[bad], times=60)
        steps = await watched(rig, rig.press())
        assert steps[-1].state == "done"
        assert any("ask again" in one.detail or one.detail for one in steps)
        gaps = [after - before for before, after in pairwise(at_looks(rig))]
        # Never below the floor, however a look fails.
        assert min(gaps) >= vendor.pace.image_every - 0.01
        # Backing off to a minute, and not beyond: the vendor is asked whether it is back.
        assert max(gaps) <= 1.5 * vendor.pace.max_backoff + 20


@pytest.mark.fault("F32")
async def test_f32_five_minutes_of_failing_looks_are_told_on_every_page(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        rig.network.next("look", says(500, b"", taken=False), times=10**6)
        health = rig.studio.connections[vendor.name].health
        job = await rig.until(rig.press(), "queued")
        await rig.timeline.sleep(200)
        assert health.problem == ""
        await rig.timeline.sleep(400)
        assert "Jobs continue when it responds" in health.problem
        rig.network.plan.clear()
        assert (await rig.over(job)).state == "done"
        assert health.problem == ""


@pytest.mark.fault("F32")
async def test_f32_a_vendor_that_asks_for_patience_gets_it(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        rig.network.next(
            "look", says(429, {"error": "Slow"}, taken=False, headers={"retry-after": "240"})
        )
        job = await rig.over(rig.press())
        first, second, *_ = rig.network.asked("look")
        assert job.state == "done"
        assert 240 <= second.at - first.at <= 400


@pytest.mark.fault("F33")
async def test_f33_an_answer_about_another_task_is_thrown_away(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:

        def change(body: JsonValue) -> JsonValue:
            other = shapes.other_task(rig.book[0][0])(body)
            return keyed(STATUS, "FAILED")(other)

        rig.network.next("look", mutated(change), times=4)
        steps = await watched(rig, rig.press())
        assert steps[-1].state == "done"
        # Where one question is about one task, the person sees what came instead.
        told = any("about something else" in step.detail for step in steps)
        assert told or vendor.name == "runware"


@pytest.mark.fault("F34")
async def test_f34_an_older_answer_takes_nothing_back(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        held: list[JsonValue] = []

        def keep(body: JsonValue) -> JsonValue:
            held.append(body)
            return body

        def old(_: JsonValue) -> JsonValue:
            return held[0]

        rig.network.next("look", mutated(keep), toxics.clean(), toxics.clean())
        rig.network.next("look", mutated(old), times=2)
        steps = await watched(rig, rig.press())
        told = [step.progress for step in steps if step.progress is not None]
        order = [step.state for step in steps]
        assert told == sorted(told)
        assert order == sorted(
            order, key=["waiting", "submitting", "queued", "running", "saving", "done"].index
        )


@pytest.mark.parametrize(
    "moment",
    ["2026-11-20T10:00:00", 1_790_000_000_000, 0, "1970-01-01T00:00:00Z", "2999-01-01", "", None],
)
@pytest.mark.fault("F35")
async def test_f35_moments_of_any_form_harm_nothing(
    tmp_path: Path, vendor: Vendor, moment: JsonValue
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", mutated(keyed(MOMENTS, moment)))
        rig.network.next("look", mutated(keyed(MOMENTS, moment)), times=99)
        assert (await rig.over(rig.press())).state == "done"
        rig.network.next("create", toxics.drop(taken=True))
        job = await rig.over(rig.press())
        assert job.state in ("done", "unsure")


@pytest.mark.parametrize("jump", [DAY, -DAY, 3600.0, -3600.0])
@pytest.mark.fault("F36")
async def test_f36_a_clock_that_jumps_ends_nothing_early_and_stops_nothing(
    tmp_path: Path, vendor: Vendor, jump: float
) -> None:
    gone = says(404, {"error": "Not found.", "code": 404}, taken=False)
    async with chaos(tmp_path, vendor, slots=1) as rig:
        rig.network.next("create", says(429, {"error": "Busy"}, taken=False))
        rig.network.next("look", gone, times=8)
        job = await rig.when(rig.press(), lambda one: "slot" in one.detail)
        began = rig.timeline.now
        rig.timeline.skew = jump
        await rig.until(job, "queued")
        rig.timeline.skew = 0.0
        job = await rig.over(job)
        assert (job.state, len(rig.book)) == ("done", 1)
        assert rig.timeline.now - began < 1800


@pytest.mark.fault("F37")
async def test_f37_after_a_night_asleep_the_result_is_fetched_by_fresh_links(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=SLOW) as rig:
        job = await rig.until(rig.press(), "running")
        # Clocks of both sides move on, and nothing of ours ran meanwhile.
        rig.timeline.now += 8 * 3600
        woken = rig.timeline.now
        rig.network.next("file", says(403, b"expired", taken=False))
        assert (await rig.over(job)).state == "done"
        assert rig.timeline.now - woken < 60


@pytest.mark.fault("F38")
async def test_f38_fifty_jobs_keep_the_vendors_floor(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=60.0, slots=50) as rig:
        rig.network.plan.clear()
        jobs = [rig.press() for _ in range(50)]
        await rig.until(jobs[0], "queued", "running")
        await rig.timeline.sleep(60)
        asked: dict[str, list[float]] = {}
        for one in rig.network.asked("look"):
            text = str(one.request.url) + one.request.content.decode()
            for task, _, _ in rig.book:
                if task in text:
                    asked.setdefault(task, []).append(one.at)
        assert asked
        gaps = [b - a for at in asked.values() for a, b in pairwise(at)]
        assert min(gaps) >= vendor.pace.image_every - 0.01
        # Fair: nobody is looked at much more often than another.
        counts = [len(at) for at in asked.values()]
        assert max(counts) - min(counts) <= 1 + max(counts) // 3
        for job in jobs:
            await rig.studio.decisions.cancel(job.id, "local")
