"""Every vendor's door, from the press to the file on disk: each row once, and each fate of the sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import MultishotRequest, read_request
from providers.catalogue.rules import Choice, Shots, Slot, Span
from providers.jobs.job import Job, State
from providers.library.media import probe
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors import runflow, runware
from providers.vendors.vendor import Vendor
from tests.support.cases import PROMPT
from tests.support.fake_vendor import png, until
from tests.support.plans import how_many, plan
from tests.support.requested import body_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

DOORS = [runware.VENDOR, runflow.VENDOR]
ROWS = [spec for vendor in DOORS for spec in vendor.models]
FATES: list[tuple[str, State, int]] = [
    ("lost-answer", "done", 1),
    ("lost-request", "unsure", 0),
    ("throttled", "done", 1),
    ("expired-link", "done", 1),
    ("cut-download", "done", 1),
    ("moderated", "rejected", 0),
    ("no-credits", "rejected", 0),
    ("moderated-output", "failed", 1),
    ("fails", "failed", 1),
]


@asynccontextmanager
async def open_studio(folder: Path) -> AsyncGenerator[Studio]:
    settings = Settings(data_dir=folder, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}), vendors=DOORS)
    async with studio.running():
        yield studio


async def press(studio: Studio, spec: ModelSpec, folder: Path, **fields: JsonValue) -> Job:
    """Generate with these fields, and a picture in every slot that is named with True."""
    for name, rule in spec.rules.items():
        if isinstance(rule, Slot) and fields.get(name) is True:
            (folder / "in.png").write_bytes(png(3))
            kept = (await studio.files.keep("local", "in.png", folder / "in.png")).id
            fields[name] = kept if rule.most == 1 else [kept]
    words: dict[str, JsonValue] = {"prompt": PROMPT} if "prompt" in spec.rules else {}
    body = body_of(spec, {**words, **fields})
    return studio.submission.submit(read_request(body), owner="local")


def shortest(spec: ModelSpec) -> dict[str, JsonValue]:
    """What makes a clip quick to paint."""
    rule, shots = spec.rules.get("duration"), spec.rules.get("shots")
    if isinstance(shots, Shots):
        return {"shots": plan(shots, how_many(shots)[0])}
    if isinstance(rule, Span):
        return {"duration": rule.low}
    return {"duration": rule.options[0]} if isinstance(rule, Choice) else {}


def handed_in(spec: ModelSpec) -> list[dict[str, JsonValue]]:
    """As few pictures as the row takes, and one in its first slot."""
    slots = {name: rule for name, rule in spec.rules.items() if isinstance(rule, Slot)}
    needed: dict[str, JsonValue] = {name: True for name, rule in slots.items() if rule.least}
    first = next(iter(slots), None)
    return [needed] if first is None else [needed, {first: True}]


def seconds_of(job: Job) -> JsonValue:
    """How long the result was asked to be; None for a picture."""
    request = job.request
    if isinstance(request, MultishotRequest):
        return sum(shot.seconds or 0 for shot in request.shots)
    return request.options.get("duration")


@pytest.mark.parametrize("spec", ROWS, ids=lambda spec: spec.id)
async def test_every_row_gives_a_file_that_is_what_was_asked_for(
    spec: ModelSpec, tmp_path: Path
) -> None:
    ways = handed_in(spec)
    async with open_studio(tmp_path / "data") as studio:
        for given in ways:
            job = await press(studio, spec, tmp_path, **shortest(spec), **given)
            job = await until(studio, job, "done")
            (artifact,) = job.artifacts
            found = probe(studio.files.path(artifact))
            assert found.kind == ("image" if spec.kind == "image" else "video")
            assert found.seconds == seconds_of(job)
            ratio = job.request.options.get("ratio")
            if isinstance(ratio, str):
                width, height = (int(part) for part in ratio.split(":"))
                assert found.width / found.height == pytest.approx(width / height, rel=0.06)
            foreseen = spec.estimate(job.request.fields())
            told = None if job.cost is None else (job.cost.amount, job.cost.unit)
            assert told == (None if foreseen is None else (foreseen.amount, foreseen.unit))
        created = studio.sandbox.engine.book
    assert [one.vendor for one in created] == [spec.vendor] * len(ways)


@pytest.mark.parametrize("vendor", DOORS, ids=lambda vendor: vendor.name)
@pytest.mark.parametrize(("fate", "state", "creates"), FATES)
async def test_every_fate_ends_as_it_should(
    vendor: Vendor, fate: str, state: State, creates: int, tmp_path: Path
) -> None:
    async with open_studio(tmp_path / "data") as studio:
        job = await press(studio, vendor.models[0], tmp_path, prompt=f"a fox sandbox:{fate}")
        job = await until(studio, job, "done", "unsure", "rejected", "failed")
        assert (job.state, len(studio.sandbox.engine.book)) == (state, creates)
        assert (job.error is None) == (state == "done")


async def test_a_batch_of_8_with_one_failing_keeps_7_and_says_so(tmp_path: Path) -> None:
    async with open_studio(tmp_path / "data") as studio:
        spec = runware.VENDOR.models[0]
        job = await press(studio, spec, tmp_path, prompt="a fox sandbox:one-fails", count=8)
        job = await until(studio, job, "done")
        assert len(job.artifacts) == 7
        assert job.detail == (
            "7 of 8 done. 1 failed. It says: The inference could not be completed."
        )
        assert job.cost is not None
        assert job.cost.amount == pytest.approx(7 * 0.039)


async def test_a_batch_that_is_whole_says_nothing(tmp_path: Path) -> None:
    async with open_studio(tmp_path / "data") as studio:
        job = await press(studio, runware.VENDOR.models[0], tmp_path, count=2)
        assert (await until(studio, job, "done")).detail == ""
