"""Answers that no vendor's pages describe: what can be understood of them is, and their words are kept."""

import json
from itertools import count
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.jobs.job import Job
from providers.jobs.views import JobHistoryView
from providers.vendors.all import VENDORS
from providers.vendors.heard import MOST_BYTES
from providers.vendors.sandbox.odd import REFUSAL, STUCK
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import FILES, LINKS, STATUS, keyed, without
from tests.chaos.toxics import mutated, says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
SECRETS = (
    "user:0-sandbox", "ann@example.com", "sig=abc", "eyJhbGciOiJI", "hunter2", "sk-1234567890abcdef",
)  # fmt: skip
QUOTED: dict[str, JsonValue] = {
    "message": "It went wrong with the purple lighthouse",
    "key": "Bearer user:0-sandbox",
    "who": "ann@example.com",
    "at": "https://x.example/file.png?sig=abc",
    "escaped": json.dumps({"at": "https://x.example/f.png?sig=abc"}).replace("/", "\\/"),
    "jwt": "eyJhbGciOiJIUzI1NiJ9.e30.abc",
    "session_token": "hunter2",
    "api_key": "sk-1234567890abcdef",
}


def told(rig: Rig, job: Job) -> JobHistoryView:
    """The job as its details show it."""
    return JobHistoryView.told(job, rig.studio.live.events(job.id, "local"))


@pytest.mark.parametrize("word", ["number-id", "one-link", "linked-objects", "new-status"])
async def test_an_answer_in_another_shape_is_understood(
    tmp_path: Path, vendor: Vendor, word: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press(f"A lighthouse sandbox:{word}"))
        assert (job.state, len(job.artifacts), len(rig.book)) == ("done", 1, 1)


async def test_an_error_under_the_status_of_a_success_is_a_refusal_with_its_words(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A lighthouse sandbox:hidden-error"))
        assert job.error is not None
        assert (job.state, job.error.charged, len(rig.book)) == ("rejected", "no", 0)
        assert REFUSAL in job.error.vendor_text
        answer = told(rig, job).answer
        assert answer is not None
        assert (answer.status, REFUSAL in answer.text) == (200, True)


async def test_a_task_that_the_lists_show_was_taken_whatever_the_answer_said(
    tmp_path: Path, vendor: Vendor
) -> None:
    if not vendor.find_looks:
        pytest.skip(f"{vendor.label} lists no tasks: its own words are all there is.")
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(200, {"error": "Something odd"}, taken=True))
        assert (await rig.over(rig.press())).state == "done"


async def test_an_id_beside_an_error_stays_unclear_or_is_followed(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        body: JsonValue = {"data": {"id": "task-1"}, "error": "Something"}
        rig.network.next("create", says(500, body, taken=True))
        job = await rig.over(rig.press())
        assert job.state == ("done" if vendor.find_looks else "unsure")
        assert len(rig.book) == 1


async def test_an_unknown_state_without_files_gives_its_place_back_and_asks_the_person(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, slots=1) as rig:
        began = rig.timeline.now
        stuck = rig.press("A lighthouse sandbox:stuck-status")
        after = rig.press()
        job = await rig.over(stuck)
        assert job.error is not None
        assert (job.state, job.error.code, job.error.charged) == ("unsure", "unsure", "unknown")
        assert STUCK.lower() in job.error.message.lower()
        assert 300 <= rig.timeline.now - began < 3600
        answer = told(rig, job).answer
        assert answer is not None
        assert STUCK in answer.text
        assert (await rig.over(after)).state == "done"


async def test_what_moves_in_an_unknown_state_is_waited_for(tmp_path: Path, vendor: Vendor) -> None:
    shares = count(1)

    def rising(body: JsonValue) -> JsonValue:
        name = "progressRatio" if vendor.name == "useapi" else "progress"
        share = next(shares) / (1 if vendor.name == "runware" else 100)
        moving = keyed(STATUS, "UPSCALING")(without(FILES + LINKS)(body))
        return _put(
            moving, {name: share, "nodes_completed": int(share * 1000), "nodes_total": 1000}
        )

    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(rising), times=60)
        job = await rig.over(rig.press())
        assert job.state == "done"


def _put(body: JsonValue, fields: dict[str, JsonValue]) -> JsonValue:
    if not isinstance(body, dict):
        return body
    listed = body.get("data")
    if isinstance(listed, list):
        return {**body, "data": [_put(one, fields) for one in listed]}
    return {**body, **fields}


async def test_a_success_without_files_keeps_what_was_said(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A lighthouse sandbox:no-files"))
        assert job.error is not None
        assert (job.state, job.error.code) == ("failed", "no_output")
        answer = told(rig, job).answer
        assert answer is not None
        assert answer.status == 200
        assert answer.at > 0
        assert answer.text.startswith("{")


@pytest.mark.parametrize("status", [200, 400, 422, 500])
async def test_the_answer_that_left_a_job_unsure_or_refused_it_is_kept_without_secrets(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    errors: dict[int, JsonValue] = {200: {"ok": True, **QUOTED}, 500: QUOTED}
    body = errors.get(status, {"error": {**QUOTED, "code": "odd"}})
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(status, body, taken=False))
        job = await rig.over(rig.press())
        view = told(rig, job)
        assert view.answer is not None
        assert job.state in ("unsure", "rejected")
        assert view.answer.status == status
        assert "purple lighthouse" in view.answer.text
        whole = view.model_dump_json() + job.model_dump_json()
        for secret in (*SECRETS, job.token):
            assert secret not in view.answer.text
            assert secret == job.token or secret not in whole


async def test_a_long_answer_is_kept_within_bounds(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        page = ("<html><body>Wartung " + "すこし待ってください " * 9000 + "</body></html>").encode()
        rig.network.next("create", says(200, page, taken=False))
        job = await rig.over(rig.press())
        answer = told(rig, job).answer
        assert answer is not None
        assert answer.text.startswith("Wartung すこし")
        assert 8000 < len(answer.text.encode()) <= MOST_BYTES


async def test_a_failed_task_keeps_its_answer_over_a_restart(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A lighthouse sandbox:fails"))
        before = told(rig, job).answer
        assert before is not None
        await rig.restart()
        assert told(rig, rig.studio.live.get(job.id, "local")).answer == before


async def test_a_lost_answer_leaves_none(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.timeout(taken=False))
        job = await rig.over(rig.press())
        assert job.error is None or job.error.answer is None
