"""The page behind a web server that shows the studio below a path, beside other things of its own."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect

from tests.browser.forms import hand_in, picture
from tests.browser.views import card, ends, first_job, generate, show
from tests.browser.waits import comes_true
from tests.support.front import Front, before
from tests.support.servers import StudioServer


@pytest.mark.parametrize("takes_off", [False, True], ids=["by setting", "by header"])
def test_nothing_is_asked_above_the_path_and_a_job_is_made_and_seen_there(
    tmp_path: Path, page: Page, takes_off: bool
) -> None:
    asked: set[str] = set()

    def heard(of: Request | WebSocket) -> None:
        if not of.url.startswith(("data:", "blob:")):
            asked.add(urlsplit(of.url).path)

    page.on("request", heard)
    page.on("websocket", heard)
    server = StudioServer(tmp_path / "data")
    server.settings = {} if takes_off else {"STUDIO_ROOT_PATH": "/studio"}
    server.start()
    front = Front(urlsplit(server.url).netloc, takes_off=takes_off)
    try:
        with before(front) as url:
            server.url = f"{url}/"
            show(page, server)
            hand_in(page, "image", "references", picture())
            generate(page, "A lighthouse below a path")
            job = first_job(page, "A lighthouse below a path")
            ends(page, job)
            seen = card(page, job).locator("img").first
            expect(seen).to_be_visible()
            comes_true(page, lambda: bool(seen.evaluate("image => image.naturalWidth > 0")))
            page.locator("#tab-settings-button").click()
            expect(page.locator("body")).to_have_attribute("data-tab", "settings")
            page.wait_for_load_state("networkidle")
            page.goto("about:blank")
    finally:
        server.close()
    assert front.strays == []
    assert {path for path in asked if not path.startswith("/studio/")} == set()
    own = ("live", "theme.css", "static/js/iframeResizer.contentWindow.min.js")
    assert {f"/studio/{name}" for name in own} <= asked
