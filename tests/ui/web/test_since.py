"""What changed since a revision: nothing that is on its way to the disk is passed over."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from providers.errors import Refused
from providers.history.journal import Journal
from providers.history.marks import Marks
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import MODEL, PACE, FakeVendor
from tests.support.serving import HOME, LIVE, Web, whose
from tests.support.standing import history_of, standing_still
from ui.web.live import Live
from ui.web.routes import JobRoutes

pytestmark = pytest.mark.fault("F107", "F108")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    vendor = FakeVendor(end=Running(progress=0.1)).vendor(replace(PACE, image_every=0.01))
    studio = Studio(Settings(data_dir=tmp_path), credentials=Credentials({}), vendors=[vendor])
    routes = [Live(studio, whose).route(), *JobRoutes(studio, whose).all()]
    app = Starlette(routes=routes, lifespan=lambda _: studio.running())
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield Web(client, studio)


def _pressed(web: Web) -> str:
    body = {"kind": "image", "model": MODEL.id, "prompt": "a red fox"}
    return web.client.post("/jobs", json=body).json()["id"]


def _ended(web: Web) -> str:
    job = _running(web)
    while web.client.post(f"/jobs/{job}/cancel", json={}).json()["state"] != "cancelled":
        pass
    return job


def _star(studio: Studio, job: str) -> None:
    history_of(studio).mark(job, "ann", Marks(starred=True))


@contextmanager
def _before_its_commit(journal: Journal, work: Callable[[], object]) -> Generator[None]:
    """Inside, this is done in a transaction that the disk has not taken yet."""
    done, goes_on = threading.Event(), threading.Event()

    def stand() -> None:
        work()
        done.set()
        goes_on.wait()

    thread = threading.Thread(target=journal.database.write, args=(stand,))
    thread.start()
    done.wait()
    try:
        yield
    finally:
        goes_on.set()
        thread.join()


def _in_line(journal: Journal, job: str) -> None:
    """A decision about a job, on its way while the disk takes nothing."""
    row = journal.jobs.get(job)
    changed = {"detail": "Decided", "revision": journal.revisions.next()}
    journal.put(row.model_copy(update=changed), note=True)


def _asked(web: Web, since: int) -> tuple[set[str], int]:
    answer = web.client.get(f"/jobs?since={since}")
    if answer.status_code == 204:
        return set(), since
    body = answer.json()
    return {job["id"] for job in body["jobs"]} | set(body["gone"]), body["revision"]


def _change_another(web: Web, job: str) -> None:
    """A later change of another job, which is seen before the disk has it."""
    life, _ = web.studio.opened.runner._jobs[job]  # pyright: ignore[reportPrivateUsage]

    async def show() -> None:
        await life.show(progress=0.75)

    assert web.client.portal is not None
    web.client.portal.call(show)


def _running(web: Web) -> str:
    job = _pressed(web)
    while web.client.get(f"/jobs/{job}").json()["state"] != "running":
        pass
    return job


@pytest.mark.parametrize("how", ["line", "commit", "delete"])
def test_a_change_that_is_on_its_way_is_told_after_a_later_one(web: Web, how: str) -> None:
    late, other = _ended(web), _running(web)
    journal = history_of(web.studio)
    _, since = _asked(web, 1)
    stands = {
        "line": lambda: standing_still(journal),
        "commit": lambda: _before_its_commit(journal, lambda: _star(web.studio, late)),
        "delete": lambda: _before_its_commit(journal, lambda: journal.delete(late, "ann")),
    }[how]()
    with stands:
        if how == "line":
            _in_line(journal, late)
        _change_another(web, other)
        told, cursor = _asked(web, since)
        assert told == {other}
        with web.client.websocket_connect(LIVE) as live:
            snapshot = live.receive_json()["revision"]
    if how == "line":
        journal.database.write(lambda: None)
    assert late in _asked(web, cursor)[0]
    assert late in _asked(web, snapshot)[0]


def test_the_revision_goes_on_once_all_is_written(web: Web) -> None:
    late, other = _ended(web), _running(web)
    journal = history_of(web.studio)
    _, since = _asked(web, 1)
    with _before_its_commit(journal, lambda: _star(web.studio, late)):
        _change_another(web, other)
    told, cursor = _asked(web, since)
    assert told == {late, other}
    assert _asked(web, cursor) == (set(), cursor)


def test_a_page_that_saw_an_empty_history_is_told_of_what_was_made_and_deleted_since(
    web: Web,
) -> None:
    with web.client.websocket_connect(LIVE) as page:
        seen = page.receive_json()["revision"]
    job = _ended(web)
    assert web.client.delete(f"/jobs/{job}").status_code == 204
    with web.client.websocket_connect(f"{LIVE}{'&' if '?' in LIVE else '?'}since={seen}") as page:
        assert job in page.receive_json()["gone"]
    assert job in web.client.get(f"/jobs?since={seen}").json()["gone"]


def test_a_poll_tells_what_became_of_a_connection(web: Web) -> None:
    job = _ended(web)
    first = web.client.get("/jobs?since=0&links=").json()
    assert [link["trouble"] for link in first["connections"]] == [""]
    knows = f"/jobs?since={first['revision']}&links={first['links']}"
    assert web.client.get(knows).status_code == 204
    (link,) = web.studio.connections.values()
    link.health.refused(Refused("The key is refused.", code="key"))
    told = web.client.get(knows).json()
    assert told["jobs"] == []
    assert told["revision"] == first["revision"]
    assert "key" in told["connections"][0]["trouble"].lower()
    assert told["links"] != first["links"]
    with web.client.websocket_connect(LIVE) as live:
        assert live.receive_json()["links"] == told["links"]
    # Where nothing about it changed, it is not told with what else did.
    _star(web.studio, job)
    later = web.client.get(f"/jobs?since={told['revision']}&links={told['links']}").json()
    assert [one["id"] for one in later["jobs"]] == [job]
    assert later["connections"] == []
