"""Of a library that is lost, every vendor's tasks come back: by their ids, or from the vendor's list."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import read_request
from providers.catalogue.rules import Choice, Span
from providers.errors import InvalidRequest
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.engine import Created
from providers.vendors.vendor import TaskTeller, Vendor
from tests.support.fake_vendor import until

pytestmark = pytest.mark.anyio

PROMPT = "A kite over the dunes"
every_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
LISTERS = [vendor for vendor in VENDORS if vendor.lists_tasks]


@asynccontextmanager
async def studio_in(folder: Path) -> AsyncGenerator[Studio]:
    settings = Settings(data_dir=folder, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}))
    async with studio.running():
        yield studio


def several(spec: ModelSpec) -> dict[str, JsonValue]:
    """The option for more than one picture, where the model has it."""
    rule = spec.rules.get("count")
    if isinstance(rule, Choice | Span):
        return {"count": rule.options[-1] if isinstance(rule, Choice) else min(rule.high, 4)}
    return {}


async def lost(folder: Path, spec: ModelSpec, **options: JsonValue) -> tuple[Created, int]:
    """Make something in one library, of which only what the vendor knows is left; and its files."""
    async with studio_in(folder / "lost") as studio:
        body: dict[str, JsonValue] = {
            "kind": spec.kind,
            "model": spec.id,
            "prompt": PROMPT,
            "options": {**options, **several(spec)},
        }
        job = await until(
            studio, studio.submission.submit(read_request(body), owner="local"), "done"
        )
        (created,) = studio.sandbox.engine.book
    shutil.copytree(folder / "lost" / "sandbox", folder / "new" / "sandbox")
    return created, len(job.artifacts)


@every_vendor
async def test_a_pasted_id_brings_every_file_of_its_task(vendor: Vendor, tmp_path: Path) -> None:
    spec = next(spec for spec in vendor.models if spec.kind == "image")
    created, files = await lost(tmp_path, spec)
    async with studio_in(tmp_path / "new") as studio:
        job = await studio.adoption.take_in(vendor.name, f" {created.task}\n", "local", "image")
        job = await until(studio, job, "done")
        assert len(job.artifacts) == files
        assert (job.kind, job.request.model.partition(":")[0]) == ("image", vendor.name)
        provider = studio.connections[vendor.name].provider
        if vendor.lists_tasks or isinstance(provider, TaskTeller):
            assert (job.request.model, job.request.prompt) == (spec.id, PROMPT)
        # Nothing was ordered, and nothing is taken in twice.
        assert len(studio.sandbox.engine.book) == 1
        with pytest.raises(InvalidRequest, match="Another job already has this task"):
            await studio.adoption.take_in(vendor.name, created.task, "local", "image")


@pytest.mark.parametrize("vendor", LISTERS, ids=lambda vendor: vendor.name)
async def test_a_list_shows_what_no_job_holds_with_its_prompt(
    vendor: Vendor, tmp_path: Path
) -> None:
    spec = next(spec for spec in vendor.models if spec.kind == "image")
    _, files = await lost(tmp_path, spec)
    async with studio_in(tmp_path / "new") as studio:
        (one,) = await studio.adoption.unknown(vendor.name)
        assert (one.state, one.kind, one.model) == ("succeeded", "image", spec.id)
        assert (one.prompt, isinstance(one.created, float)) == (PROMPT, True)
        job = await studio.adoption.take_in(vendor.name, one.name, "local")
        assert len((await until(studio, job, "done")).artifacts) == files
        assert await studio.adoption.unknown(vendor.name) == []


async def test_a_clip_is_known_as_one_by_its_id_alone(tmp_path: Path) -> None:
    for vendor in VENDORS:
        spec = next((spec for spec in vendor.models if spec.kind == "video"), None)
        if spec is None or set(spec.rules) >= {"driving_video"} or "duration" not in spec.rules:
            continue
        rule = spec.rules["duration"]
        seconds = rule.low if isinstance(rule, Span) else min(_lengths(rule))
        created, _ = await lost(tmp_path / vendor.name, spec, duration=seconds)
        async with studio_in(tmp_path / vendor.name / "new") as studio:
            job = await studio.adoption.take_in(vendor.name, created.task, "local")
            job = await until(studio, job, "done")
            (clip,) = job.artifacts
            assert (job.kind, clip.kind, clip.seconds) == ("video", "video", seconds)


def _lengths(rule: object) -> list[int]:
    assert isinstance(rule, Choice)
    return [option for option in rule.options if isinstance(option, int)]


@every_vendor
async def test_an_id_that_the_vendor_does_not_know_or_cannot_be_one_makes_no_job(
    vendor: Vendor, tmp_path: Path
) -> None:
    async with studio_in(tmp_path) as studio:
        for task in ("0a1b2c3d-0000-4000-8000-000000000001", "nonsense", "../runs"):
            with pytest.raises(InvalidRequest, match="doesn't know this task"):
                await studio.adoption.take_in(vendor.name, task, "local", "image")
        assert studio.live.recent("local") == []
