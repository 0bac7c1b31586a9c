"""What the feed says of itself: which data folder, which page, and that it lives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.serving import ASK, HOME, LIVE, Web, serve, whose
from ui.bundle.mark import page_mark
from ui.web.live import Live


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path / "data", {})


def test_the_feed_and_the_poll_name_the_folder_and_the_page(web: Web, tmp_path: Path) -> None:
    mark = page_mark(web.studio.catalogue)
    assert f'id="studio-page">"{mark}"</script>' in web.client.get("/").text
    with web.client.websocket_connect(LIVE) as page:
        told = page.receive_json()
    polled = web.client.get("/jobs?since=0&store=&page=").json()
    assert (told["store"], told["page"]) == (polled["store"], polled["page"])
    assert (told["store"], told["page"]) == (web.studio.store, mark)
    names = [again.studio.store for _ in range(2) for again in serve(tmp_path / "other", {})]
    assert names[0] == names[1]
    assert names[0] not in ("", web.studio.store)


def test_who_knows_another_folder_or_an_older_page_is_told_all_again(web: Web) -> None:
    job = web.client.post("/jobs", json=ASK).json()["id"]
    known = f"store={web.studio.store}&page={page_mark(web.studio.catalogue)}"
    later = 10**17
    for asked in ("", f"&{known}"):
        assert web.client.get(f"/jobs?since={later}{asked}").status_code == 204
    of_another = web.client.get(f"/jobs?since={later}&store=another").json()
    assert [each["id"] for each in of_another["jobs"]] == [job]
    assert of_another["revision"] < later
    newer = web.client.get(f"/jobs?since={later}&store={web.studio.store}&page=older").json()
    assert (newer["jobs"], newer["gone"], newer["revision"]) == ([], [], later)


def test_a_mark_differs_with_every_script_and_every_row(web: Web, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, text in ((here, "one"), (there, "two")):
        folder.mkdir()
        (folder / "studio.js").write_text(text)
    rows = web.studio.catalogue
    assert page_mark(rows, here) != page_mark(rows, there)
    few = type(rows)(list(rows)[1:])
    assert page_mark(few, here) != page_mark(rows, here)


def test_a_quiet_feed_says_that_it_lives_to_who_wants_to_know(tmp_path: Path) -> None:
    studio = Studio(Settings(data_dir=tmp_path), credentials=Credentials({}))
    routes = [Live(studio, whose, beat=0.01).route()]
    app = Starlette(routes=routes, lifespan=lambda _: studio.running())
    with TestClient(app, base_url=HOME) as client:
        with client.websocket_connect(f"{LIVE}?pulse=1") as page:
            kinds = [page.receive_json()["type"] for _ in range(3)]
        assert kinds == ["snapshot", "pulse", "pulse"]
