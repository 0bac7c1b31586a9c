"""F41 to F55: what can go wrong while a result is fetched. Each case by its number, for every vendor."""

import contextlib
import gzip
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import LINKS, Change, walk
from tests.chaos.timeline import Timeline
from tests.chaos.toxics import HTML, Body, Forward, Toxic, headed, mutated, says
from tests.support.told import told_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
GB = 1 << 30


async def fetched(rig: Rig, job: Job) -> None:
    """The whole file is here, and it was bought once."""
    assert (job.state, len(job.artifacts)) == ("done", 1), job.error
    assert len(rig.book) == len(rig.network.asked("create")) == 1
    assert rig.studio.files.path(job.artifacts[0]).stat().st_size == job.artifacts[0].bytes
    assert list((rig.folder / "part").iterdir()) == []


def zipped(content: bytes) -> Toxic:
    """A packed body that nobody asked for."""

    async def toxic(_request: httpx.Request, _forward: Forward) -> httpx.Response:
        head = {"content-encoding": "gzip", "content-type": "image/png"}
        return httpx.Response(200, headers=head, stream=Body(gzip.compress(content)))

    return toxic


def drip(timeline: Timeline, pause: float) -> Toxic:
    """A byte now and then."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        body = await answer.aread()

        async def wait() -> None:
            timeline.now += pause

        pieces = [part for byte in body[:400] for part in (bytes([byte]), wait)]
        return httpx.Response(200, headers=answer.headers, stream=Body(*pieces))

    return toxic


BENT: dict[str, tuple[str, Toxic]] = {
    "403": ("F41", says(403, b"expired", taken=False)),
    "404": ("F41", says(404, b"", taken=False)),
    "410": ("F41", says(410, b"", taken=False)),
    "page": ("F42", says(200, HTML, taken=False, headers={"content-type": "video/mp4"})),
    "json": ("F42", says(200, {"error": "Later"}, taken=False)),
    "another type": ("F42", headed({"content-type": "text/html"})),
    "no type": ("F42", headed({}, without="content-type")),
    "no length": ("F43", headed({}, without="content-length")),
    "too long": ("F43", headed({"content-length": "9999999"})),
    "too short": ("F43", headed({"content-length": "7"})),
    "no number": ("F43", headed({"content-length": "many"})),
    "cut": ("F44", toxics.limit_data()),
    "reset": ("F44", toxics.reset_peer(taken=True)),
    "another range": (
        "F45",
        says(206, b"abc", taken=False, headers={"content-range": "bytes 5-7/900"}),
    ),
    "no such range": ("F45", says(416, b"", taken=False)),
    "ends early": ("F46", headed({}, cut=0.6, without="content-length")),
    "empty": ("F51", says(200, b"", taken=False, headers={"content-type": "image/png"})),
    "500": ("F44", says(500, b"", taken=False)),
    "busy": ("F44", says(503, b"", taken=False, headers={"retry-after": "40"})),
}


@pytest.mark.parametrize("bent", BENT)
@pytest.mark.fault("F41", "F42", "F43", "F44", "F45", "F46", "F51")
async def test_f41_to_f46_and_f51_a_file_comes_whole_in_the_end(
    tmp_path: Path, vendor: Vendor, bent: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", BENT[bent][1], times=3)
        job = await rig.over(rig.press())
        await fetched(rig, job)


@pytest.mark.fault("F41", "F54")
async def test_f41_a_dead_link_is_renewed_by_the_task(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", says(403, b"expired", taken=False))
        job = await rig.over(rig.press())
        await fetched(rig, job)
        order = [one.call for one in rig.network.seen if one.call in ("look", "file")]
        # The file, which is refused; the task, for a new link; the file.
        assert order[-3:] == ["file", "look", "file"]
        looks = [one.at for one in rig.network.asked("look")]
        gaps = [after - before for before, after in pairwise(looks)]
        assert min(gaps) >= vendor.pace.image_every - 0.01


@pytest.mark.fault("F47")
async def test_f47_a_file_that_drips_is_given_up_and_asked_for_again(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", drip(rig.timeline, 1.0), times=2)
        job = await rig.over(rig.press())
        await fetched(rig, job)
        first, second, *_ = [one.at for one in rig.network.asked("file")]
        assert 30 <= second - first <= 70


@pytest.mark.fault("F49")
async def test_f49_what_unpacks_to_a_mountain_is_not_kept(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", zipped(b"\0" * (8 << 20)))
        job = await rig.over(rig.press())
        await fetched(rig, job)


@pytest.mark.fault("F50")
async def test_f50_a_file_of_ten_gigabytes_is_not_begun(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", headed({"content-length": str(10 * GB)}), times=10**6)
        job = await rig.over(rig.press())
        assert job.error is not None
        assert (job.state, job.error.charged) == ("unsure", "yes")
        assert "larger than 4.3 GB" in job.error.message
        rig.network.plan.clear()
        await rig.studio.decisions.look_again(job.id, "local")
        await fetched(rig, await rig.until(job, "done"))


PRIVATE = (
    "http://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/x.png", "http://[::1]/x.png",
    "http://10.0.0.1/x.png", "http://192.168.1.1/x.png",
)  # fmt: skip


@pytest.mark.parametrize("place", PRIVATE)
@pytest.mark.fault("F52")
async def test_f52_a_link_into_this_network_is_never_followed(
    tmp_path: Path, vendor: Vendor, place: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(linked(place)), times=10**6)
        job = await rig.over(rig.press())
        assert job.error is not None
        assert (job.state, job.error.charged) == ("unsure", "yes")
        assert "inside this network" in job.error.message
        assert rig.network.asked("file") == []
        assert not [one for one in rig.network.seen if one.request.url.host != "sandbox"]
        rig.network.plan.clear()
        # The links are still the bad ones; fresh ones come with the task.
        await rig.studio.decisions.look_again(job.id, "local")
        await fetched(rig, await rig.until(job, "done"))


def linked(place: str) -> Change:
    """Every link to a file leads there."""

    def change(key: str, value: JsonValue) -> JsonValue:
        if isinstance(value, str) and "/files/" in value:
            return place
        if key in LINKS and isinstance(value, str):
            return place
        return value

    return lambda body: walk(body, change)


@pytest.mark.fault("F52")
async def test_f52_redirects_into_this_network_and_without_end_are_refused(
    tmp_path: Path, vendor: Vendor
) -> None:
    for target, words in (
        ("http://169.254.169.254/", "inside this network"),
        ("file:///etc/passwd", "not a normal web address"),
        ("/files/again", "too many times"),
    ):
        folder = tmp_path / words.replace(" ", "-")
        folder.mkdir()
        async with chaos(folder, vendor) as rig:
            away = says(302, b"", taken=False, headers={"location": target})
            rig.network.next("file", away, times=10**6)
            job = await rig.over(rig.press())
            assert job.error is not None
            assert (job.state, words in job.error.message) == ("unsure", True), job.error
            rig.network.plan.clear()
            await rig.studio.decisions.look_again(job.id, "local")
            await fetched(rig, await rig.until(job, "done"))


@pytest.mark.fault("F54")
async def test_f54_a_result_that_is_deleted_before_it_is_fetched_is_told(
    tmp_path: Path, vendor: Vendor
) -> None:
    gone = says(404, {"error": "Not found.", "code": 404}, taken=False)
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("file", says(404, b"", taken=False), times=10**6)
        rig.network.next("look", toxics.clean())
        rig.network.next("look", gone, times=10**6)
        job = await rig.over(rig.press())
        assert job.error is not None
        assert (job.state, job.error.charged) == ("expired", "yes")
        assert "deleted it before it could be downloaded" in job.error.message
        assert told_of(job)["task"]
        states = [one["state"] for one in rig.studio.live.events(job.id, "local")]
        assert states[-2:] == ["saving", "expired"]


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.fault("F55", "F19")
async def test_f55_a_kill_while_a_file_is_fetched_loses_nothing(
    tmp_path: Path, vendor: Vendor, share: float
) -> None:
    async with chaos(tmp_path, vendor) as rig:

        async def killed(request: httpx.Request, forward: Forward) -> httpx.Response:
            answer = await toxics.limit_data(share)(request, forward)
            rig.mortal.kill()
            return answer

        rig.network.next("file", killed)
        with contextlib.suppress(Exception):
            rig.press()
        await rig.rest()
        await rig.reopen()
        await rig.rest()
        (job,) = rig.jobs()
        await fetched(rig, job)
