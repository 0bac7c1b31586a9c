"""The live list is true over reloads, kills, lost sockets and many tabs, and cancelling is honest."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.gates import OUTAGE
from tests.browser.views import SOON, card, ends, first_job, generate, make, show
from tests.support.ports import HOME, Port
from tests.support.servers import ROOT, StudioServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox takes its usual few seconds."""
    folder = tmp_path_factory.mktemp("live") / "data"
    made = StudioServer(folder, STUDIO_SANDBOX_SPEED="1").start()
    yield made
    made.close()


def speed(server: StudioServer, scale: float) -> None:
    """How long the sandbox's tasks take, those that run already among them."""
    body = {"speed": scale}
    httpx.post(f"{server.url}/settings/sandbox", json=body, timeout=30).raise_for_status()


@pytest.mark.fault("F77")
def test_a_job_outlives_a_reload_and_shows_in_a_second_browser(
    server: StudioServer, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    show(first, server)
    # It runs until both have seen it.
    speed(server, 20)
    generate(first, "Two windows on one job")
    first.reload()
    show(second, server)
    job = first_job(second, "Two windows on one job")
    for page in (first, second):
        expect(card(page, job)).to_be_visible(timeout=SOON)
        expect(card(page, job).locator(".m")).to_contain_text(
            re.compile(r"Running \d+%"), timeout=SOON
        )
    expect(second).to_have_title(re.compile(r"^\(\d+\) Multishot Studio$"))
    speed(server, 1)
    for page in (first, second):
        ends(page, job)
        expect(
            page.locator('[data-part="stage"][data-tab="image"] .hero img').first
        ).to_be_visible()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    """The sandbox as a process of its own; its address."""
    port = Port()
    folder = str(tmp_path / "emulator")
    command = [sys.executable, "-m", "providers.vendors.sandbox", "--port", str(port.number)]
    url = f"http://{HOME}:{port.number}"
    with (tmp_path / "emulator.log").open("wb") as log:
        process = subprocess.Popen([*command, "--folder", folder], cwd=ROOT, stdout=log, stderr=log)
    try:
        # Refused connections are tried again, a little later each time, until the process listens.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6), timeout=30) as client:
            client.get(f"{url}/book").raise_for_status()
        yield url
    finally:
        process.kill()
        process.wait(10)
        port.close()


@pytest.mark.fault("F39", "F78")
@pytest.mark.allows_console(*OUTAGE)
def test_an_open_page_heals_after_the_studio_was_killed_and_nothing_is_bought_twice(
    tmp_path: Path, emulator: str, page: Page
) -> None:
    address = f"{emulator}/useapi/v1/runwayml"
    studio = StudioServer(tmp_path / "data", STUDIO_USEAPI_BASE_URL=address).start()
    try:
        show(page, studio)
        page.evaluate("window.sameDocument = true")
        generate(page, "Killed in the middle sandbox:slow")
        job = first_job(page, "Killed in the middle")
        expect(card(page, job)).to_have_attribute(
            "data-state", re.compile("queued|running"), timeout=SOON
        )
        studio.kill()
        expect(page.locator(".studio-header .link")).to_have_text("Reconnecting", timeout=SOON)
        studio.start()
        ends(page, job)
        expect(page.locator(".studio-header .link")).to_have_text("", timeout=SOON)
        assert page.evaluate("window.sameDocument")
        expect(page.locator("#image-prompt textarea")).to_have_value(
            "Killed in the middle sandbox:slow"
        )
        assert len(httpx.get(f"{emulator}/book", timeout=30).json()) == 1
    finally:
        studio.close()


def test_ten_tabs_of_one_browser_all_show_the_job(server: StudioServer, page: Page) -> None:
    show(page, server)
    others = [page.context.new_page() for _ in range(9)]
    for other in others:
        other.goto(server.url)
    job = make(server, "Seen ten times")
    for one in (page, *others):
        ends(one, job)


@pytest.mark.fault("F39")
@pytest.mark.allows_console("WebSocket connection")
def test_without_a_socket_the_page_asks_every_two_seconds(server: StudioServer, page: Page) -> None:
    page.route_web_socket(re.compile(r"/live(\?|$)"), lambda route: route.close())
    page.goto(server.url)
    expect(page.locator(".studio-header .link")).to_have_text("Checking every 2 s", timeout=SOON)
    ends(page, make(server, "Without a socket"))


def test_cancelling_a_test_card_warns_of_no_charge(server: StudioServer, page: Page) -> None:
    show(page, server)
    job = make(server, "A long night sandbox:slow")
    found = card(page, job)
    expect(found).to_have_attribute("data-state", re.compile("queued|running"), timeout=SOON)
    found.get_by_role("button", name="Cancel: A long").click()
    expect(found.locator(".ask p")).to_have_text("Cancel this job? Sandbox: nothing is charged.")
    found.get_by_role("button", name="Cancel job").click()
    ends(page, job, "cancelled")
    expect(found.locator(".m span")).to_have_text("Cancelled")
    expect(found.locator(".hint")).to_have_text("Sandbox: nothing is charged.")
    assert "unknown" not in found.inner_text()


@pytest.fixture
def keyed(tmp_path: Path, emulator: str) -> Iterator[StudioServer]:
    """A studio with a key, for one test; asked for before the page, it outlives it."""
    address, key = f"{emulator}/useapi/v1/runwayml", "user:1234-abcdefghijklmnop"
    made = StudioServer(tmp_path / "data", STUDIO_USEAPI_BASE_URL=address, USEAPI_TOKEN=key).start()
    yield made
    made.close()


def test_with_a_key_every_question_names_the_charge(keyed: StudioServer, page: Page) -> None:
    show(page, keyed)
    job = make(keyed, "A long day sandbox:slow")
    found = card(page, job)
    expect(found).to_have_attribute("data-state", re.compile("queued|running"), timeout=SOON)
    found.get_by_role("button", name="Cancel: A long").click()
    expect(found.locator(".ask p")).to_contain_text("may still finish the task and charge")
    found.get_by_role("button", name="Cancel job").click()
    ends(page, job, "cancelled")
    expect(found.locator(".m b")).to_have_text("charge unknown")


def test_a_change_touches_only_its_own_card(server: StudioServer, page: Page) -> None:
    for number in range(5):
        make(server, f"Standing still {number} sandbox:moderated")
    show(page, server)
    expect(page.locator("#jobs [data-state=rejected]")).to_have_count(5, timeout=SOON)
    page.evaluate(
        """() => {
            window.touched = new Set();
            new MutationObserver(list => list.forEach(({target}) => {
                const card = (target.closest ? target : target.parentElement)?.closest('[data-job]');
                if (card) window.touched.add(card.dataset.job);
            })).observe(document.getElementById('jobs'),
                {subtree: true, childList: true, characterData: true, attributes: true});
        }"""
    )
    job = make(server, "Moving")
    ends(page, job)
    assert page.evaluate("[...window.touched]") == [job]
