"""Tasks that no job here holds: listed without their ids, taken in once, followed to their files."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue
from starlette.responses import Response

from providers.errors import InvalidRequest, StudioError, Unknown, VendorError
from providers.settings import Settings
from providers.studio.studio import Studio
from providers.vendors.useapi.listing import read_known
from providers.vendors.vendor import Running
from tests.support.fake_vendor import MODEL, fake_studio, png, press, until
from tests.support.priced import PricedVendor
from tests.support.serving import ASK, Web, serve
from tests.support.useapi_adapter import ACCOUNTS, OTHER, TASK, adapter, said

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
NOON = 1_795_000_000.0


def _fake(tmp_path: Path) -> tuple[PricedVendor, Studio]:
    fake = PricedVendor(updates=[])
    return fake, fake_studio(tmp_path, fake)


async def test_only_what_no_job_holds_is_listed_and_no_id_is_shown(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    async with studio.running():
        held = await until(studio, press(studio), "done")
        assert held.ticket is not None
        fake.knows(held.ticket.task)
        fake.knows("old@example.com-0001", created=NOON)
        fake.knows("new@example.com-0002", created=NOON + 1, prompt="A kite", kind="image")
        listed = await studio.adoption.unknown("fake")
        assert "example.com" not in str(listed)
        assert [task.task for task in listed] == ["…0002", "…0001"]


async def test_a_listed_task_becomes_a_job_with_its_prompt_and_its_file(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    async with studio.running():
        fake.knows(
            "task-elsewhere", prompt="A kite", kind="image", model=MODEL.id, created=NOON + 7
        )
        (one,) = await studio.adoption.unknown("fake")
        job = await studio.adoption.take_in("fake", one.name, "local")
        assert (job.state, job.submitted, job.estimate) == ("queued", NOON + 7, None)
        done = await until(studio, job, "done")
        assert (done.request.prompt, done.request.model) == ("A kite", MODEL.id)
        assert len(done.artifacts) == 1
        assert fake.created() == 0
        assert await studio.adoption.unknown("fake") == []
        with pytest.raises(InvalidRequest, match="Another job already has this task"):
            await studio.adoption.take_in("fake", "task-elsewhere", "local")


async def test_a_pasted_id_makes_a_job_of_the_kind_that_it_turns_out_to_be(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    fake.tokens["elsewhere"] = "task-77"
    async with studio.running():
        job = await studio.adoption.take_in("fake", " task-77\n", "local", "video")
        # Its file is a picture, whatever the person believes.
        assert (job.kind, job.request.model) == ("image", "fake:image/not-known")
        await until(studio, job, "done")
        with pytest.raises(InvalidRequest, match="There is no model"):
            studio.decisions.retry(job.id, "local")


@pytest.mark.parametrize("around", ["{}", "user:123-somebody@example.com-runway:{}"])
async def test_an_id_in_capitals_is_the_task_that_a_job_holds(tmp_path: Path, around: str) -> None:
    """Vendors read it in any letters, so another person's job would be followed under a second name."""
    fake, studio = _fake(tmp_path)
    spelled = "0f8fad5b-d9cb-469f-a165-70867728950e"
    fake.tokens["elsewhere"] = around.format(spelled)
    fake.tokens["again"] = around.format(spelled.upper())
    async with studio.running():
        await studio.adoption.take_in("fake", around.format(spelled), "ada", "image")
        with pytest.raises(InvalidRequest, match="Another job already has this task"):
            await studio.adoption.take_in("fake", fake.tokens["again"], "bo", "image")


async def test_what_cannot_be_known_is_asked(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    fake.tokens["elsewhere"] = "task-77"
    fake.updates = [Running(), Running(), Running()]
    async with studio.running():
        with pytest.raises(InvalidRequest, match="Choose the type of result"):
            await studio.adoption.take_in("fake", "task-77", "local")
        with pytest.raises(InvalidRequest, match="Choose the type of result"):
            await studio.adoption.take_in("fake", "task-77", "local", "music")
        job = await studio.adoption.take_in("fake", "task-77", "local", "multishot")
        assert job.kind == "multishot"


@pytest.mark.parametrize(
    ("vendor", "task", "says"),
    [
        ("fake", "nobody-knows", "doesn't know this task"),
        ("fake", "", "isn't a task ID"),
        ("fake", "two words", "isn't a task ID"),
        ("fake", "x" * 513, "isn't a task ID"),
        ("fake", "listed:0123456789abcdef01234567", "This list is out of date"),
        ("nobody", "task-1", "no such connection"),
    ],
)
async def test_what_cannot_be_taken_in_makes_no_job(
    tmp_path: Path, vendor: str, task: str, says: str
) -> None:
    _, studio = _fake(tmp_path)
    async with studio.running():
        with pytest.raises(StudioError, match=says) as refused:
            await studio.adoption.take_in(vendor, task, "local", "image")
        assert isinstance(refused.value, InvalidRequest | Unknown)
        assert studio.live.recent("local") == []


async def test_a_vendor_that_does_not_answer_makes_no_job(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    fake.updates = [VendorError("Fake does not answer.")]
    fake.tokens["elsewhere"] = "task-77"
    async with studio.running():
        with pytest.raises(VendorError, match="Fake does not answer"):
            await studio.adoption.take_in("fake", "task-77", "local", "image")
        assert studio.live.recent("local") == []


async def test_an_unsure_job_takes_a_listed_task_too(tmp_path: Path) -> None:
    fake, studio = _fake(tmp_path)
    async with studio.running():
        job = await until(studio, press(studio, "lost"), "unsure")
        fake.knows("task-elsewhere", prompt="lost")
        (one,) = await studio.adoption.unknown("fake")
        studio.decisions.adopt(job.id, "local", one.name)
        assert len((await until(studio, job, "done")).artifacts) == 1


def _made(folder: Path, *bodies: dict[str, JsonValue]) -> None:
    """Jobs of a library of which nothing is left but what its vendor knows."""
    for web in serve(folder / "lost", {}):
        for body in bodies:
            assert web.client.post("/jobs", json=body).status_code == 201
        while web.client.get("/healthz").json()["open_jobs"]:
            pass
    shutil.copytree(folder / "lost" / "sandbox", folder / "new" / "sandbox")


CLIP: dict[str, JsonValue] = {
    "kind": "video",
    "model": "useapi:video/gen4.5",
    "prompt": "Ink unfolds in water",
    "options": {"duration": 4, "ratio": "16:9"},
}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    _made(tmp_path, {**ASK}, CLIP)
    yield from serve(tmp_path / "new", {})


def test_a_lost_library_finds_its_tasks_at_the_vendor_again(web: Web) -> None:
    told = web.client.get("/connections/useapi/tasks").json()["tasks"]
    # Both went out at the same time.
    assert {(one["kind"], one["model"], one["prompt"], one["state"]) for one in told} == {
        ("video", CLIP["model"], CLIP["prompt"], "succeeded"),
        ("image", ASK["model"], ASK["prompt"], "succeeded"),
    }
    assert "@" not in str(told)
    for one in told:
        answer = web.client.post("/connections/useapi/adopt", json={"task": one["name"]})
        assert answer.status_code == 201, answer.text
        assert answer.json()["sandbox"] is True
    while web.client.get("/healthz").json()["open_jobs"]:
        pass
    jobs = web.client.get("/jobs").json()["jobs"]
    assert {(job["kind"], job["state"], len(job["artifacts"])) for job in jobs} == {
        ("image", "done", 1),
        ("video", "done", 1),
    }
    assert web.client.get("/connections/useapi/tasks").json() == {"tasks": []}
    assert web.client.get("/settings").json()["connections"][0]["lists_tasks"] is True


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "task"),
        ({"task": "x" * 600}, 422, "task"),
        ({"task": "user:0-runwayml:a-task:0a1b2c3d-0000-4000-8000-000000000001"}, 422, "task"),
    ],
)
def test_the_route_says_what_is_wrong_with_an_id(
    web: Web, body: dict[str, str], status: int, field: str
) -> None:
    answer = web.client.post("/connections/useapi/adopt", json=body)
    assert answer.status_code == status, answer.text
    assert [one["field"] for one in answer.json()["problems"]] == [field]
    assert web.client.get("/connections/nobody/tasks").status_code == 404


def listed(task: JsonValue = TASK, **more: JsonValue) -> dict[str, JsonValue]:
    options: JsonValue = {"text_prompt": "A teapot", "seed": 77, "num_images": 1}
    return {
        "taskId": task,
        "name": "gen4 A teapot",
        "status": "RUNNING",
        "options": options,
        **more,
    }


@pytest.mark.parametrize(
    ("task", "kind", "model", "prompt"),
    [
        (listed(), "image", "useapi:image/gen4", "A teapot"),
        (listed(options={"seconds": 5}), "video", "useapi:video/gen4", "A teapot"),
        (listed(options={"duration": 5}, name="gen4.5 Ink"), "video", CLIP["model"], "Ink"),
        (listed(options={"multishot_prompt_1": "Wide"}, name="x"), "multishot", "", "x"),
        (listed(options=None, name=None), None, "", ""),
        (listed(options=[], name=3), None, "", ""),
    ],
)
def test_a_listed_task_is_read_for_what_it_tells(
    task: dict[str, JsonValue], kind: str | None, model: str, prompt: str
) -> None:
    known = read_known(task)
    assert known is not None
    assert (known.kind, known.model, known.prompt) == (kind, model, prompt)
    assert (known.task, known.short, known.state) == (TASK, "0a1b2c3d", "running")


async def test_the_adapter_asks_for_one_page_and_leaves_out_what_has_no_id() -> None:
    tasks: JsonValue = [listed(), listed(None), listed("a b"), listed(OTHER, status="FAILED")]
    async with adapter(said(ACCOUNTS), said(tasks)) as (api, vendor):
        found = await api.tasks()
    assert [one.state for one in found] == ["running", "failed"]
    assert len(vendor.seen) == 2
    assert TASK not in repr(found)


@pytest.mark.fault("F98")
async def test_the_list_is_read_on_from_where_the_last_page_ended() -> None:
    """Also where the vendor gives fewer at once than it is asked for."""
    first: JsonValue = [listed() for _ in range(100)]
    async with adapter(said(ACCOUNTS), said(first), said(first), said([listed(OTHER)])) as (
        api,
        vendor,
    ):
        counts = [len(page) async for page in api.pages()]
    assert counts == [100, 100, 1, 0]
    asked = [request.url.params for request in vendor.seen[1:]]
    assert [params["offset"] for params in asked] == ["0", "100", "200"]
    assert all(1 <= int(params["limit"]) <= 1000 for params in asked)


async def test_nothing_is_listed_where_a_vendor_cannot(tmp_path: Path) -> None:
    fake, _ = _fake(tmp_path)
    row = replace(fake.vendor(), lists_tasks=False)
    silent = Studio(Settings(data_dir=tmp_path / "other"), vendors=[row])
    async with silent.running():
        assert await silent.adoption.unknown("fake") == []
    assert "tasks" not in fake.asked


@pytest.mark.fault("F112")
async def test_a_job_whose_task_is_known_takes_no_other_task_and_loses_no_file(
    tmp_path: Path,
) -> None:
    """What another task made would stand under the numbers of the files that are here."""
    fake, studio = _fake(tmp_path)
    async with studio.running():
        fake.files, fake.answers = 2, [Response(png(1)), *[Response(status_code=500)] * 60]
        job = await until(studio, press(studio, "half here"), "unsure")
        assert (len(job.artifacts), job.ticket and job.ticket.seen) == (1, True)
        fake.knows("task-elsewhere", prompt="half here")
        fake.answers = []
        with pytest.raises(InvalidRequest, match="Check again"):
            studio.decisions.adopt(job.id, "local", "task-elsewhere")
        other = await studio.adoption.take_in("fake", "task-elsewhere", "local", "image")
        assert len((await until(studio, other, "done")).artifacts) == 2
        await studio.decisions.look_again(job.id, "local")
        done = await until(studio, job, "done")
        assert (done.ticket, len(done.artifacts)) == (job.ticket, 2)
