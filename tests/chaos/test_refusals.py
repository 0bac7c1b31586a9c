"""F12 and F13: the vendor understands and says no, to the account or to the request. For every vendor."""

import json
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import Rig, body_for, chaos
from tests.chaos.shapes import keyed
from tests.chaos.toxics import Forward, says
from tests.support.told import told_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 412, 413, 415, 422, 596])
@pytest.mark.fault("F12")
async def test_f12_a_refusal_is_never_sent_again_and_harms_no_other_job(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    refusal: JsonValue = {"error": "Something is wrong.", "code": status, "message": "Wrong."}
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(status, refusal, taken=False))
        job = await rig.over(rig.press())
        assert job.state in ("rejected", "unsure")
        assert job.error is not None
        assert job.error.advice
        assert (len(rig.book), len(rig.network.asked("create"))) == (0, 1)
        assert (await rig.over(rig.press())).state == "done"


SIZES = ("ratio", "aspect_ratio", "width", "height", "num_images", "numberResults", "resolution")
ABOUT_THE_ACCOUNT = {401: VENDORS, 402: VENDORS, 403: VENDORS, 412: ("useapi",), 596: ("useapi",)}
"""Refusals of the whole account; 412 and 596 are useapi.net's own, and leave others in doubt."""


@pytest.mark.parametrize("status", ABOUT_THE_ACCOUNT)
@pytest.mark.fault("F12")
async def test_f12_an_account_that_is_refused_says_so_until_it_works_again(
    tmp_path: Path, vendor: Vendor, status: int
) -> None:
    refusal: JsonValue = {"error": "No.", "code": status, "message": "No."}
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", says(status, refusal, taken=False), times=2)
        job = await rig.over(rig.press())
        if vendor.name not in [str(getattr(one, "name", one)) for one in ABOUT_THE_ACCOUNT[status]]:
            assert marked(rig) == {}
            return
        assert job.error is not None
        assert (job.state, job.error.charged) == ("rejected", "no")
        assert marked(rig) == {vendor.name: job.error.message}
        (told,) = in_trouble(rig)
        is_named = job.error.message.startswith(vendor.label)
        among_others = job.error.message if is_named else f"{vendor.label}: {job.error.message}"
        assert (told["vendor"], told["notice"]) == (vendor.name, among_others)
        other = next(one for one in VENDORS if one is not vendor)
        request = read_request(body_for(other, "elsewhere"))
        elsewhere = rig.studio.submission.submit(request, owner="local")
        assert (await rig.over(elsewhere)).state in ("rejected", "unsure", "done")
        rig.network.plan.clear()
        await rig.studio.upkeep.check_key(vendor.name)
        assert vendor.name not in marked(rig)
        rig.network.next("create", says(status, refusal, taken=False))
        await rig.over(rig.press())
        assert vendor.name in marked(rig)
        assert (await rig.over(rig.press())).state == "done"
        assert vendor.name not in marked(rig)


def marked(rig: Rig) -> dict[str, str]:
    """The trouble of every connection that is in any."""
    connections = rig.studio.connections.values()
    return {one.vendor.name: one.health.problem for one in connections if one.health.problem}


def in_trouble(rig: Rig) -> list[dict[str, JsonValue]]:
    """The same as the page is told."""
    return [told_of(connection) for connection in rig.studio.upkeep.notices().connections]


@pytest.mark.fault("F12")
async def test_f12_too_few_credits_end_the_job_with_what_to_do(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A fox sandbox:no-credits"))
        assert job.error is not None
        assert (job.state, job.error.code, job.error.charged) == ("rejected", "credits", "no")
        assert rig.book == []


@pytest.mark.fault("F13")
async def test_f13_what_the_vendor_does_not_allow_is_told(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.over(rig.press("A fox sandbox:moderated"))
        assert job.error is not None
        assert job.error.code == "moderated"
        assert job.error.vendor_text
        assert len(rig.network.asked("create")) == 1


@pytest.mark.fault("F13")
async def test_f13_the_vendors_own_words_about_a_field_are_shown(
    tmp_path: Path, vendor: Vendor
) -> None:
    """The request is bent on its way, and the emulator refuses it as the vendor would."""

    async def bent(request: httpx.Request, forward: Forward) -> httpx.Response:
        sent = keyed(SIZES, "sideways")(json.loads(request.content))
        content = json.dumps(sent).encode()
        head = {**request.headers, "content-length": str(len(content))}
        return await forward(
            httpx.Request(request.method, request.url, headers=head, content=content)
        )

    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", bent)
        job = await rig.over(rig.press())
        assert job.error is not None
        assert (job.state, job.error.code, job.error.charged) == ("rejected", "invalid", "no")
        # Some name the field, others the value that they do not take.
        told = (*SIZES, "sideways")
        assert any(name in job.error.vendor_text for name in told), job.error.vendor_text
        assert (rig.book, len(rig.network.asked("create"))) == ([], 1)
