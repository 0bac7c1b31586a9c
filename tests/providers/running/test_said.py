"""What is said of a job on its way: in the sandbox, where nothing is charged, never a word of charges."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import ArtifactId, Request, read_request
from providers.jobs.job import Job
from providers.jobs.views import JobView
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.transport.endings import unclear
from providers.vendors.vendor import Failed, Running, Ticket, Vendor
from tests.support.cases import doomed
from tests.support.fake_vendor import FakeVendor, Time, fake_studio, png, press

pytestmark = pytest.mark.anyio
CHARGES = re.compile(r"\bcharge", re.IGNORECASE)
LOST = unclear("Fake", "its response was lost")
GOING = Running(progress=0.5)


class Broken(FakeVendor):
    """Its answer to a create call cannot be read."""

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        await super().submit(request, uploads, token)
        raise KeyError("task")


WAYS: Mapping[str, Callable[[], FakeVendor]] = {
    "create": lambda: FakeVendor(creates=[LOST]),
    "create, which breaks": Broken,
    "find": lambda: FakeVendor(creates=[LOST], finds=[LOST, LOST]),
    "poll": lambda: FakeVendor(updates=[LOST, GOING, LOST]),
    "upload": lambda: FakeVendor(uploads_fail=[LOST]),
    "upload, again and again": lambda: FakeVendor(uploads_fail=[LOST] * 9),
    "cancel": lambda: FakeVendor(updates=[GOING] * 30, cancels=[LOST] * 9),
}
"""Vendors that leave it open, at one of their calls, whether they have taken a job."""


async def said(studio: Studio, job: Job, *, cancels: bool = False) -> list[str]:
    """All that is told of a job until nobody works on it any more, its history with it."""
    told: list[JsonValue] = []
    with studio.live.watch("local") as changes:
        async with asyncio.timeout(60):
            while (view := JobView.of(job)).phase is not None:
                told.append(view.detail)
                if cancels and job.state == "running":
                    cancels = False
                    await studio.decisions.cancel(job.id, "local")
                job = await changes.get()
    told += [*(view.error.lines if view.error else ()), view.detail]
    told += [event["detail"] for event in studio.live.events(job.id, "local")]
    return [str(line) for line in told]


@asynccontextmanager
async def opened(folder: Path, fake: FakeVendor, key: str) -> AsyncGenerator[Studio]:
    """A studio whose one vendor this is: with a key a bought one, else its sandbox."""
    fake.end = Failed(code="vendor")
    studio = fake_studio(folder, fake, key=key)
    async with studio.running():
        yield studio


async def asked(studio: Studio, folder: Path) -> Job:
    """Press Generate with a reference."""
    (folder / "fox.png").write_bytes(png())
    reference = await studio.files.keep("local", "fox.png", folder / "fox.png")
    return press(studio, references=[reference.id])


@pytest.mark.parametrize("way", WAYS)
async def test_a_sandbox_job_never_speaks_of_charges_whatever_its_vendor_leaves_open(
    tmp_path: Path, way: str
) -> None:
    async with opened(tmp_path / "data", WAYS[way](), "") as studio:
        lines = await said(studio, await asked(studio, tmp_path), cancels=way == "cancel")
    free = [line for line in lines if line != "Sandbox: nothing is charged."]
    assert [line for line in free if CHARGES.search(line)] == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_bought_job_says_what_may_be_charged_twice(tmp_path: Path, way: str) -> None:
    async with opened(tmp_path / "data", WAYS[way](), "a key") as studio:
        lines = await said(studio, await asked(studio, tmp_path), cancels=way == "cancel")
    assert [line for line in lines if "charged twice" in line]


@pytest.mark.parametrize("fate", ["sandbox:lost-answer", "sandbox:lost-request"])
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
async def test_a_task_that_is_looked_for_in_a_sandbox_is_never_said_to_be_charged(
    tmp_path: Path, vendor: Vendor, fate: str
) -> None:
    model, fields = doomed(vendor, fate)
    options: dict[str, JsonValue] = {
        name: value for name, value in fields.items() if name != "prompt"
    }
    body: dict[str, JsonValue] = {"kind": "image", "model": model, "options": options}
    settings = Settings(data_dir=tmp_path, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}), sleep=Time().sleep)
    async with studio.running():
        job = studio.submission.submit(
            read_request({**body, "prompt": fields["prompt"]}), owner="local"
        )
        lines = await said(studio, job)
    assert [line for line in lines if "response was lost" in line]
    free = [line for line in lines if line != "Sandbox: nothing is charged."]
    assert [line for line in free if CHARGES.search(line)] == []
