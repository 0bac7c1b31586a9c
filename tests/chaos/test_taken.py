"""F94: a create call was taken, and whatever comes back breaks whoever reads it. For every vendor."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.lists import unmarked
from tests.chaos.rig import Rig, chaos, quoted
from tests.chaos.toxics import Forward, Toxic
from tests.support.fake_vendor import png
from tests.support.unclear import ELSEWHERE, ERRORS

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]


def sent_elsewhere(status: int, place: bytes | None) -> Toxic:
    """Taken, and answered with another address."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        await (await forward(request)).aread()
        headers = [] if place is None else [(b"location", place)]
        return httpx.Response(status, headers=headers, stream=toxics.Body(b"{}"))

    return toxic


def raises(error: BaseException) -> Toxic:
    """Taken, and then this breaks."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        await (await forward(request)).aread()
        raise error

    return toxic


def breaks_while_read(error: Exception) -> Toxic:
    """Taken, and this breaks inside the answer."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        await (await forward(request)).aread()
        return httpx.Response(200, stream=toxics.Body(b"{", error))

    return toxic


def bought_once(rig: Rig, job: Job) -> None:
    """The vendor has one task of it, nothing was sent twice, and the history claims nothing else."""
    mark = quoted(job.request.prompt)
    assert len([body for _, _, body in rig.book if mark in body]) == 1
    sent = [one for one in rig.network.asked("create") if mark.encode() in one.request.content]
    assert len(sent) == 1
    told = [str(event["detail"]) for event in rig.studio.live.events(job.id, "local")]
    assert not [line for line in told if "nothing was sent" in line.lower()], told
    assert job.state == ("done" if rig.vendor.find_looks else "unsure")
    assert job.attempts == 1


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.fault("F94", "F14")
async def test_f94_a_call_that_is_taken_and_sent_elsewhere_is_bought_once(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        for place in ELSEWHERE.values():
            rig.network.next("create", sent_elsewhere(status, place))
            bought_once(rig, await rig.over(rig.press()))


@pytest.mark.fault("F94")
async def test_f94_no_class_of_exception_says_that_nothing_was_sent(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        for error in ERRORS:
            rig.network.next("create", raises(error))
            bought_once(rig, await rig.over(rig.press()))
            if isinstance(error, Exception):
                rig.network.next("create", breaks_while_read(error))
                bought_once(rig, await rig.over(rig.press()))


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 410, 422, 429])
@pytest.mark.fault("F94")
async def test_f94_an_answer_that_names_the_task_is_no_refusal_whatever_its_status(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    async def under_another_status(request: httpx.Request, forward: Forward) -> httpx.Response:
        taken = await forward(request)
        content = await taken.aread()
        return httpx.Response(status, content=content, headers={"content-type": "application/json"})

    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", under_another_status)
        bought_once(rig, await rig.over(rig.press()))


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 410, 422, 429, 500])
@pytest.mark.fault("F94", "F116")
async def test_f94_an_answer_with_a_task_and_an_error_is_neither_believed_nor_sent_again(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    """It says both, and what was made is found where the vendor can tell."""

    async def both(request: httpx.Request, forward: Forward) -> httpx.Response:
        taken = json.loads(await (await forward(request)).aread())
        told = {"error": "Asset not found.", "code": status, "message": "Not enough credits."}
        return httpx.Response(status, json={**taken, **told}, request=request)

    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", both)
        bought_once(rig, await rig.over(rig.press()))


@pytest.mark.parametrize("status", [403, 404, 409, 410])
@pytest.mark.fault("F94")
async def test_f94_a_taken_call_that_is_called_unknown_is_not_sent_again_with_new_references(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    picture = tmp_path / "fox.png"
    picture.write_bytes(png())
    async with chaos(tmp_path, vendor) as rig:
        kept = await rig.studio.files.keep("local", "fox.png", picture)
        told: JsonValue = {"error": "Not found.", "code": status, "message": "Asset not found."}
        rig.network.next("create", toxics.says(status, told, taken=True), words="A fox")
        await rig.over(rig.press("A fox", references=[kept.id]))
        sent = [one for one in rig.network.asked("create") if b"A fox" in one.request.content]
        assert (len(rig.book), len(sent)) == (1, 1)
        # A vendor that says so in its own words is believed, and uploads look like create calls here.
        rig.mortal.kill()


@pytest.mark.parametrize("status", [403, 404, 410])
@pytest.mark.fault("F94")
async def test_f94_two_alike_that_are_taken_and_called_unknown_are_not_sent_again(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    """While the other's answer is awaited, nobody can tell whose a task is: that is no *not taken*."""
    picture = tmp_path / "fox.png"
    picture.write_bytes(png())
    told = {"error": "Not found.", "code": status, "message": "Asset not found."}
    both, looked = asyncio.Event(), asyncio.Event()
    async with chaos(tmp_path, vendor) as rig:
        kept = await rig.studio.files.keep("local", "fox.png", picture)
        list_of = unmarked()

        async def unknown(request: httpx.Request, forward: Forward) -> httpx.Response:
            await (await forward(request)).aread()
            if not both.is_set() and len(rig.book) == 1:
                await both.wait()
            else:
                both.set()
                await asyncio.wait([asyncio.create_task(looked.wait())], timeout=1)
            return httpx.Response(status, json=told, request=request)

        async def listed(request: httpx.Request, forward: Forward) -> httpx.Response:
            answer = await list_of(request, forward)
            if both.is_set():
                asyncio.get_running_loop().call_later(0.05, looked.set)
            return answer

        rig.network.next("create", unknown, words="A fox", times=2)
        rig.network.next("look", listed, times=10**6)
        for job in [rig.press("A fox", references=[kept.id]) for _ in range(2)]:
            await rig.over(job)
        sent = [one for one in rig.network.asked("create") if b"A fox" in one.request.content]
        assert (len(rig.book), len(sent)) == (2, 2)
        # A vendor that says so in its own words is believed, and uploads look like create calls here.
        rig.mortal.kill()
