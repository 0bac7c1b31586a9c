"""A disk that takes its time: everybody else goes on, and nothing is sent or shown before it is written."""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.history.database import READERS
from providers.history.journal import Journal
from providers.jobs.job import Job
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import MODEL, FakeVendor, fake_studio, png, press, running
from tests.support.serving import ASK, Web, picture, serve
from tests.support.standing import as_elsewhere, history_of, is_waited_for, standing_still

pytestmark = pytest.mark.anyio
PATIENCE = 60.0


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path / "data", {})


async def until(holds: Callable[[], bool]) -> None:
    """Let everybody else go on until this is true."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what it asks has no event
            await asyncio.sleep(0.001)


async def over(studio: Studio, job: Job) -> Job:
    """The job once nobody works on it any more."""
    await until(lambda: not studio.live.get(job.id, "local").is_open)
    return studio.live.get(job.id, "local")


async def turns() -> None:
    """Everybody else on the loop gets many turns."""
    for _ in range(200):
        await asyncio.sleep(0)


@pytest.mark.fault("F107")
async def test_nothing_is_sent_or_shown_before_it_is_written(tmp_path: Path) -> None:
    """F107: the disk stands still between the last upload and the create call."""
    fake = FakeVendor(upload_gate=asyncio.Event())
    assert fake.upload_gate is not None
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        handed = tmp_path / "in.png"
        handed.write_bytes(png())
        kept = await studio.files.keep("local", "in.png", handed)
        body: dict[str, JsonValue] = {"kind": "image", "model": MODEL.id, "prompt": "fox"}
        with studio.live.watch("local") as changes:
            job = studio.submission.submit(
                read_request({**body, "references": [kept.id]}), owner="local"
            )
            await asyncio.wait_for(fake.reached.wait(), PATIENCE)
            journal = history_of(studio)
            with standing_still(journal):
                fake.upload_gate.set()
                await until(lambda: is_waited_for(journal))
                await turns()
                assert fake.created() == 0
                assert studio.live.get(job.id, "local").submitted is None
                told = [changes.get_nowait() for _ in range(changes.qsize())]
                assert [one.submitted for one in told if one.submitted] == []
            assert (await over(studio, job)).state == "done"
        assert fake.created() == 1


@pytest.mark.fault("F107")
async def test_a_ticket_is_shown_once_the_disk_has_it(tmp_path: Path) -> None:
    """F107: and so is a cancellation before the vendor hears of it."""
    fake = FakeVendor(gate=asyncio.Event(), end=Running(progress=0.5))
    assert fake.gate is not None
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        request = read_request({"kind": "image", "model": MODEL.id, "prompt": "fox"})
        job = studio.submission.submit(request, owner="local")
        await asyncio.wait_for(fake.reached.wait(), PATIENCE)
        journal = history_of(studio)
        with standing_still(journal):
            fake.gate.set()
            await until(lambda: is_waited_for(journal))
            await turns()
            shown = studio.live.get(job.id, "local")
            assert (shown.state, shown.ticket) == ("submitting", None)
        await until(lambda: studio.live.get(job.id, "local").state == "running")
        with standing_still(journal):
            cancelling = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
            await until(lambda: is_waited_for(journal))
            await turns()
            assert "cancel" not in fake.asked
            assert not studio.live.get(job.id, "local").cancel_wanted
        await cancelling
        assert (await over(studio, job)).state == "cancelled"
        assert (fake.created(), fake.asked.count("cancel")) == (1, 1)


@pytest.mark.fault("F107", "F118")
def test_no_question_and_no_press_keeps_the_others_waiting(web: Web) -> None:
    """F107: where questions wait for the disk, only who asks them waits, and a press is answered after it."""
    client, studio = web
    made = client.post("/media?name=a.png", content=picture()).json()["id"]
    job = client.post("/jobs", json=ASK).json()["id"]
    journal = history_of(studio)
    as_elsewhere(journal)
    for method, path, body in asked(job, made):
        answers: list[int] = []

        def ask(
            method: str = method,
            path: str = path,
            body: object = body,
            answers: list[int] = answers,
        ) -> None:
            answers.append(client.request(method, path, json=body).status_code)

        asking, others = (
            threading.Thread(target=ask),
            threading.Thread(target=stranger, args=(web,)),
        )
        with standing_still(journal):
            asking.start()
            others.start()
            others.join(PATIENCE)
            stood = others.is_alive()
            early = list(answers)
        asking.join(PATIENCE)
        others.join(PATIENCE)
        assert not stood, f"{method} {path} stands in the loop"
        assert not early, f"{method} {path} asks nothing of the history: it proves nothing here"
        assert answers
        assert answers[0] < 500


def stranger(web: Web) -> None:
    """Somebody whose question has nothing to do with the history, asked often enough to be behind the other."""
    for _ in range(5):
        assert web.client.get("/healthz", headers={"x-who": "stranger"}).status_code == 200


def asked(job: str, artifact: str) -> Iterator[tuple[str, str, object]]:
    """Every question and press that needs the history; the job's end comes last."""
    yield "GET", "/healthz", None
    yield "GET", "/jobs", None
    yield "GET", "/jobs?since=0", None
    yield "GET", "/jobs?since=5", None
    yield "GET", f"/jobs/{job}", None
    yield "POST", "/check", {**ASK, "references": [artifact]}
    yield "POST", "/jobs", ASK
    yield "POST", f"/jobs/{job}/mark", {"starred": True}
    yield "POST", f"/jobs/{job}/cancel", {}
    yield "POST", f"/jobs/{job}/look", {}
    yield "POST", f"/jobs/{job}/adopt", {"task": "task-1"}
    yield "POST", f"/jobs/{job}/discard", {}
    yield "POST", f"/jobs/{job}/go-on", {}
    yield "POST", f"/jobs/{job}/retry", {"client_request_id": "again-and-again"}
    yield "GET", "/settings", None
    yield "GET", "/notices", None
    yield "GET", "/spend", None
    yield "GET", "/connections/useapi/tasks", None
    yield "POST", "/connections/useapi/adopt", {"task": "task-of-somebody", "kind": "image"}
    # In the sandbox nothing is asked of the ledger, so of the file that it names.
    yield "POST", "/batches/check", {"requests": [{**ASK, "references": [artifact]}]}
    yield "POST", "/batches", {"requests": [ASK], "client_request_id": "batch-one"}
    yield "GET", "/batches/batch-one", None
    yield "POST", "/batches/batch-one/cancel", {}
    yield "GET", f"/media/{artifact}", None
    yield "GET", f"/media/{artifact}/thumb", None
    yield "POST", "/archive", {"jobs": [job]}
    yield "DELETE", f"/jobs/{job}", None


@contextmanager
def standing_questions(journal: Journal) -> Generator[threading.Event]:
    """Inside, as many questions of pages as there may be at once stand still; set once they were let go."""
    let_go, asked = threading.Event(), threading.Barrier(READERS + 1)

    def stand() -> None:
        with journal.database.reading():
            asked.wait()
            let_go.wait()

    threads = [threading.Thread(target=stand) for _ in range(READERS)]
    # Whoever waits for them on the loop waits for ever, and the test should not.
    patience = threading.Timer(60, let_go.set)
    for thread in (*threads, patience):
        thread.start()
    asked.wait()
    try:
        yield let_go
    finally:
        patience.cancel()
        let_go.set()
        for thread in threads:
            thread.join()


@pytest.mark.fault("F107")
async def test_questions_of_pages_that_stand_still_stop_no_job(tmp_path: Path) -> None:
    fake = FakeVendor(gate=asyncio.Event())
    async with running(tmp_path, fake) as studio:
        with studio.live.watch("local") as queue:
            job = press(studio)
            await fake.reached.wait()
            with standing_questions(history_of(studio)) as let_go:
                assert fake.gate is not None
                fake.gate.set()
                while (await queue.get()).state != "done":
                    pass
                assert not let_go.is_set()
        assert studio.live.get(job.id, "local").state == "done"
