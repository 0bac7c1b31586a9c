"""F1 to F22: what can go wrong while a job is sent; see test_refusals.py for F12 and F13. For every vendor."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.catalogue.rules import Span
from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import shapes, toxics
from tests.chaos.rig import Rig, body_for, chaos, picture_row
from tests.chaos.timeline import BEGIN
from tests.chaos.toxics import HTML, Forward, Toxic, says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
Answers = Callable[[str], Toxic]


def details(rig: Rig, job: Job) -> str:
    """Everything that the history of a job says."""
    return "\n".join(str(one["detail"]) for one in rig.studio.live.events(job.id, "local"))


def resolved(rig: Rig, job: Job) -> None:
    """A create call that arrived, and whose answer was lost: found, or shown to the person; bought once."""
    assert len(rig.book) == 1
    assert len(rig.network.asked("create")) == 1
    assert job.state == "done" if rig.vendor.find_looks else job.state == "unsure"


@pytest.mark.fault("F1")
async def test_f01_nothing_is_bought_while_the_vendor_cannot_be_reached(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.down(), toxics.down("Name or service not known"), times=3)
        job = await rig.over(rig.press())
        assert (job.state, len(rig.book), job.attempts) == ("done", 1, 7)
        assert "can't be reached" in details(rig, job)


@pytest.mark.fault("F2")
async def test_f02_a_bad_certificate_is_tried_three_times_and_named(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.bad_certificate(), times=99)
        job = await rig.over(rig.press())
        assert (job.state, len(rig.book), len(rig.network.asked("create"))) == ("rejected", 0, 3)
        assert job.error is not None
        assert "A secure connection to sandbox" in job.error.message
        assert job.error.charged == "no"
    async with chaos(tmp_path / "passing", vendor) as rig:
        rig.network.next("create", toxics.bad_certificate(), times=2)
        assert (await rig.over(rig.press())).state == "done"


LOST: dict[str, Callable[[bool], Toxic]] = {
    "f03 read timeout": lambda taken: toxics.timeout(taken=taken),
    "f04 reset": lambda taken: toxics.reset_peer(taken=taken),
    "f04 dropped": lambda taken: toxics.drop(taken=taken),
    "f05 502": lambda taken: says(502, HTML, taken=taken, headers={"content-type": "text/html"}),
    "f05 503": lambda taken: says(503, taken=taken, headers={"retry-after": "2"}),
    "f05 504": lambda taken: says(504, {"error": "Gateway timeout"}, taken=taken),
    "f06 500": lambda taken: says(500, {"message": "Internal error"}, taken=taken),
    "408": lambda taken: says(408, taken=taken),
    "425": lambda taken: says(425, b"", taken=taken),
    "499": lambda taken: says(499, b"", taken=taken),
    "f07 a page as JSON": lambda taken: says(200, HTML, taken=taken),
    "f07 nothing": lambda taken: says(200, b"", taken=taken),
    "204": lambda taken: says(204, b"", taken=taken),
    "f08 cut": lambda taken: says(200, b'{"task": {"taskId": "user:1-ru', taken=taken),
    "f08 null": lambda taken: says(200, b"null", taken=taken),
    "f08 list": lambda taken: says(200, b"[]", taken=taken),
    "f08 text": lambda taken: says(200, b'"ok"', taken=taken),
    "f08 deep": lambda taken: says(200, b"[" * 100_000, taken=taken),
    "f08 packed": lambda taken: says(
        200, b"\x1f\x8b nonsense", taken=taken, headers={"content-encoding": "br"}
    ),
    "f14 301": lambda taken: _moved(301, taken),
    "f14 302": lambda taken: _moved(302, taken),
    "f14 307": lambda taken: _moved(307, taken),
    "f14 308": lambda taken: _moved(308, taken),
}


def _moved(status: int, taken: bool) -> Toxic:
    return says(status, b"", taken=taken, headers={"location": "http://sandbox/elsewhere"})


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not taken"])
@pytest.mark.fault("F3", "F4", "F5", "F6", "F7", "F8", "F14")
async def test_f03_to_f08_and_f14_a_lost_answer_is_looked_for_and_never_sent_again(
    tmp_path: Path, vendor: Vendor, lost: str, taken: bool
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", LOST[lost](taken))
        job = await rig.over(rig.press())
        if taken:
            resolved(rig, job)
        else:
            # A vendor that knows our own id may be asked again under it; no other may.
            assert job.state == ("done" if rig.book else "unsure")
            assert rig.book or len(rig.network.asked("create")) == 1
        assert not [one for one in rig.network.seen if "elsewhere" in one.request.url.path]


@pytest.mark.fault("F4")
async def test_f04_a_call_that_is_accepted_a_minute_after_its_line_broke_is_found(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        held: list[tuple[float, httpx.Request]] = []

        async def hold(request: httpx.Request, _: Forward) -> httpx.Response:
            held.append((rig.timeline.now, request))
            raise httpx.RemoteProtocolError("Server disconnected")

        async def accept(request: httpx.Request, forward: Forward) -> httpx.Response:
            if held and rig.timeline.now - held[0][0] > 50:
                await (await forward(held.pop()[1])).aread()
            return await forward(request)

        rig.network.next("create", hold)
        rig.network.next("look", accept, times=99)
        job = await rig.over(rig.press())
        for _, request in held:
            # Nobody looked for so long: it arrives all the same.
            await rig.network.vendors.app.handle_async_request(request)
        resolved(rig, job)


@pytest.mark.fault("F7")
async def test_f07_what_cannot_be_read_is_kept_without_secrets(
    tmp_path: Path, vendor: Vendor
) -> None:
    page = HTML + b"x " * 25_000 + b"the last words "
    page += b"Bearer user:0-sandbox ann@example.com https://x.example/f?sig=secret"
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(200, page, taken=False))
        job = await rig.over(rig.press())
        kept = details(rig, job) + str(job.error)
        assert "502 Bad Gateway" in kept
        assert "the last words" in kept
        assert job.error is not None
        assert len(job.error.vendor_text) <= 300
        for secret in ("0-sandbox", "ann@example.com", "sig=secret"):
            assert secret not in kept


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed", "unnoticed"])
@pytest.mark.fault("F8")
async def test_f08_an_answer_that_ends_inside_its_json_is_lost(
    tmp_path: Path, vendor: Vendor, noticed: bool
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.limit_data(noticed=noticed))
        resolved(rig, await rig.over(rig.press()))


@pytest.mark.parametrize(
    "bad", [None, 5, "", "../x", "x" * 10_000, "a b", ["x"], {"id": "x"}, True]
)
@pytest.mark.fault("F9")
async def test_f09_an_answer_without_a_usable_id_is_lost(
    tmp_path: Path, vendor: Vendor, bad: JsonValue
) -> None:
    async with chaos(tmp_path, vendor) as rig:

        def change(body: JsonValue) -> JsonValue:
            return shapes.renamed(rig.book[-1][0], bad)(body)

        rig.network.next("create", toxics.mutated(change))
        job = await rig.over(rig.press())
        assert len(rig.book) == len(rig.network.asked("create")) == 1
        assert job.state in ("done", "unsure")
        assert not [one for one in rig.network.seen if ".." in str(one.request.url)]


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.fault("F10")
async def test_f10_an_error_inside_a_200_is_no_task(
    tmp_path: Path, vendor: Vendor, taken: bool
) -> None:
    errors: JsonValue = [{"code": "somethingNew", "message": "Something is wrong."}]
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(200, {"error": "Oh no", "errors": errors}, taken=taken))
        job = await rig.over(rig.press())
        assert job.state in ("rejected", "unsure") if not taken else job.state in ("done", "unsure")


WAITS: dict[str, tuple[str, float]] = {
    "seconds": ("37", 37),
    "date": (format_datetime(datetime.fromtimestamp(BEGIN + 50, UTC), usegmt=True), 40),
    "nonsense": ("soon", 0),
    "ten years": ("315360000", 900),
    "negative": ("-5", 0),
    "infinite": ("inf", 0),
}


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.fault("F11")
async def test_f11_a_full_vendor_is_asked_again_when_it_says_so(
    tmp_path: Path, vendor: Vendor, wait: str
) -> None:
    header, least = WAITS[wait]
    async with chaos(tmp_path, vendor) as rig:
        body: JsonValue = {"error": "Too many requests"}
        rig.network.next("create", says(429, body, taken=False, headers={"retry-after": header}))
        job = await rig.over(rig.press())
        first, second = [one.at for one in rig.network.asked("create")]
        assert least <= second - first <= 1000
        assert (job.state, job.attempts, len(rig.book)) == ("done", 1, 1)


@pytest.mark.fault("F11")
async def test_f11_the_wait_may_stand_in_the_body(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        moment = datetime.fromtimestamp(BEGIN + 90, UTC).isoformat()
        rig.network.next("create", says(429, {"error": "Busy", "retryAfter": moment}, taken=False))
        await rig.over(rig.press())
        first, second = [one.at for one in rig.network.asked("create")]
        assert 80 <= second - first <= 120


@pytest.mark.fault("F15")
async def test_f15_a_conflict_is_never_answered_with_another_purchase(
    tmp_path: Path, vendor: Vendor
) -> None:
    conflict: JsonValue = {"errors": [{"code": "conflictTaskUUID", "message": "Exists already."}]}
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(409, conflict, taken=True))
        resolved(rig, await rig.over(rig.press()))


@pytest.mark.fault("F16")
async def test_f16_presses_of_one_button_make_one_purchase(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        jobs = [rig.press("A fox", press="button") for _ in range(5)]
        request = read_request(body_for(vendor, "A fox"))
        jobs += await asyncio.gather(
            *(
                asyncio.to_thread(
                    rig.studio.submission.submit, request, owner="local", idempotency_key="button"
                )
                for _ in range(5)
            )
        )
        await rig.over(jobs[0])
        again = rig.press("A fox", press="button")
        assert {job.id for job in [*jobs, again]} == {jobs[0].id}
        assert len(rig.book) == 1


@pytest.mark.fault("F17")
async def test_f17_a_press_is_for_one_request_alone(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = rig.press("A fox", press="button")
        with pytest.raises(InvalidRequest, match="another request"):
            rig.press("A bear", press="button")
        await rig.over(job)
        assert len(rig.book) == 1


@pytest.mark.fault("F18")
async def test_f18_four_jobs_have_four_fates(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.drop(taken=False), words="nobody")
        prompts = ("one", "two", "three sandbox:moderated", "four nobody")
        jobs = [rig.press(prompt) for prompt in prompts]
        states = [(await rig.over(job)).state for job in jobs]
        assert states[:2] == ["done", "done"]
        # Some vendors look at the words at once, others once the task runs.
        assert states[2] in ("rejected", "failed")
        assert states[3] in ("unsure", "done")
        assert len(rig.book) <= 4 - states.count("rejected")


PROMPTS = {
    "nul": "a fox\0 and a bear",
    "surrogate": "a fox \ud800",
    "right to left": "שלום \u202e reversed",
    "joined": "👩‍👩‍👧‍👦 a family \u200d",
    "5001": "x" * 5_001,
    "100 kB": "fox " * 25_000,
    "1 MB": "é" * 1_000_000,
    "lines": "one\r\ntwo\u2028three\ttab",
    "quotes": "\"quoted\" 'twice' \\ {} <script>alert(1)</script>",
}


@pytest.mark.parametrize("kind", PROMPTS)
@pytest.mark.fault("F20")
async def test_f20_a_prompt_is_refused_before_anything_or_arrives_as_it_is(
    tmp_path: Path, vendor: Vendor, kind: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        request = read_request(body_for(vendor, PROMPTS[kind]))
        fields = [
            one.field
            for one in rig.studio.submission.problems(request, owner="local")
            if not one.soft
        ]
        if fields:
            assert fields == ["prompt"]
            with pytest.raises(InvalidRequest):
                rig.press(PROMPTS[kind])
            assert rig.jobs() == []
            return
        job = await rig.over(rig.press(PROMPTS[kind]))
        assert job.request.prompt == PROMPTS[kind]
        booked: list[JsonValue] = []
        for created in rig.vendors.engine.book:
            shapes.walk(created.body, lambda _, value: booked.append(value) or value)
        assert PROMPTS[kind] in booked


@pytest.mark.parametrize("seed", ["7", 7.0, 7.5, -1, 2**32, True, [7], 10**30])
@pytest.mark.fault("F21")
async def test_f21_a_seed_is_a_whole_number_in_its_range_or_a_problem(
    tmp_path: Path, vendor: Vendor, seed: JsonValue
) -> None:
    rule = picture_row(vendor).rules.get("seed")
    if isinstance(rule, Span) and isinstance(seed, int) and not isinstance(seed, bool):
        low, high = rule.beyond or (rule.low, rule.high)
        if low <= seed <= high:
            pytest.skip("This vendor takes it, or may take it.")
    async with chaos(tmp_path, vendor) as rig:
        options = body_for(vendor, "A fox")["options"]
        assert isinstance(options, dict)
        with pytest.raises(InvalidRequest) as caught:
            rig.press("A fox", options={**options, "seed": seed})
        assert [problem.field for problem in caught.value.problems] == ["seed"]
        assert rig.jobs() == []


@pytest.mark.fault("F22")
async def test_f22_a_job_whose_key_is_gone_waits_for_it(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.down(), times=2)
        job = await rig.when(rig.press(), lambda one: "Trying again" in one.detail)
        await rig.studio.stop()
        without = Studio(
            Settings(data_dir=rig.folder),
            credentials=Credentials({}),
            clock=rig.timeline.clock,
        )
        async with without.running():
            parked = without.live.get(job.id, "local")
            assert (parked.state, vendor.key_variable in parked.detail) == ("waiting", True)
        rig.studio = rig.fresh()
        await rig.studio.start()
        assert (await rig.over(job)).state == "done"
        assert len(rig.book) == 1
