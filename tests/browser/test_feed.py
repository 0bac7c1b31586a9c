"""The feed on a bad line: what the page shows is what the studio says, or the page says that it may not be."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect
from pydantic import JsonValue

from tests.browser.forms import asked, hand_in, picture
from tests.browser.views import SOON, card, ends, make, show
from tests.support.servers import StudioServer

LINK = ".studio-header .link"
LIVE = re.compile(r"/live(\?|$)")
SINCE = re.compile(r"/jobs\?since=")
SLOW = 40_000
"""Milliseconds within which a page that doubts its feed has asked in another way."""


def speed(own_server: StudioServer, scale: float) -> None:
    body = {"speed": scale}
    httpx.post(f"{own_server.url}/settings/sandbox", json=body, timeout=30).raise_for_status()


def silence(page: Page) -> Callable[[], None]:
    """Let the page's sockets stay open and pass nothing on, from when this is called."""
    quiet = False

    def routed(route: WebSocketRoute) -> None:
        there = route.connect_to_server()
        there.on_message(lambda message: None if quiet else route.send(message))

    def hush() -> None:
        nonlocal quiet
        quiet = True

    page.route_web_socket(LIVE, routed)
    return hush


@pytest.mark.allows_console("WebSocket connection")
def test_without_a_socket_nothing_that_lay_between_two_answers_is_missed(
    own_server: StudioServer, page: Page
) -> None:
    page.route_web_socket(LIVE, lambda route: route.close())
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(SINCE, hold)
    page.goto(own_server.url)
    speed(own_server, 60)
    job = make(own_server, "Waits for the poll")
    while not held:
        page.wait_for_load_state()
    route, response = held[0]
    # It is cancelled while the answer that says otherwise is on its way, and answers of other kinds are newer.
    httpx.post(f"{own_server.url}/jobs/{job}/cancel", json={}, timeout=30).raise_for_status()
    later = make(own_server, "Comes as the answer to another question")
    page.evaluate(
        "id => fetch('jobs/' + id).then(told => told.json())"
        ".then(job => window.studio.then(studio => void studio.store.put(job)))",
        later,
    )
    expect(card(page, later)).to_be_visible(timeout=SOON)
    route.fulfill(response=response)
    ends(page, job, "cancelled")


def test_a_socket_that_is_open_and_silent_is_doubted(own_server: StudioServer, page: Page) -> None:
    hush = silence(page)
    show(page, own_server)
    speed(own_server, 0)
    hush()
    job = make(own_server, "Done behind a silent line")
    expect(card(page, job)).to_have_attribute("data-state", "done", timeout=SLOW)
    expect(page.locator(LINK)).to_have_attribute("data-online", "polling")
    expect(page.locator(LINK)).to_have_text("Checking every 2 s")


@pytest.mark.allows_console("ERR_INTERNET_DISCONNECTED", "WebSocket connection", "Failed to load")
def test_being_offline_is_said_and_heals(own_server: StudioServer, page: Page) -> None:
    show(page, own_server)
    page.context.set_offline(True)
    expect(page.locator(LINK)).to_have_text("Offline", timeout=SLOW)
    page.context.set_offline(False)
    job = make(own_server, "Made while the page was away")
    ends(page, job)
    expect(page.locator(LINK)).to_have_text("", timeout=SOON)


@pytest.mark.allows_console(
    "WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load", "404"
)
def test_after_a_restart_on_another_folder_nothing_of_the_first_stays(
    tmp_path: Path, page: Page
) -> None:
    first = StudioServer(tmp_path / "first").start()
    old = make(first, "From the first folder")
    show(page, first)
    ends(page, old)
    page.locator("#tab-library-button").click()
    expect(page.locator(f'[data-tile="{old}"]')).to_be_visible()
    page.locator(f'[data-tile="{old}"]').click()
    expect(page.locator("dialog.viewer")).to_be_visible()
    page.wait_for_load_state("networkidle")
    first.kill()
    second = StudioServer(tmp_path / "second", port=first.port).start()
    try:
        new = make(second, "From the second folder")
        ends(page, new)
        expect(card(page, old)).to_have_count(0)
        expect(page.locator(f'[data-tile="{new}"]')).to_be_attached()
        expect(page.locator(f'[data-tile="{old}"]')).to_have_count(0)
        expect(page.locator("dialog.viewer")).not_to_be_visible()
        page.locator("#tab-image-button").click()
        expect(page.get_by_text("From the first folder").locator("visible=true")).to_have_count(0)
    finally:
        second.close()
        first.close()


@pytest.mark.allows_console("WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load")
def test_after_an_older_history_was_put_back_what_it_does_not_know_goes(
    tmp_path: Path, page: Page
) -> None:
    folder = tmp_path / "data"
    own_server = StudioServer(folder).start()
    kept = make(own_server, "In the copy")
    httpx.get(f"{own_server.url}/jobs/{kept}", timeout=30).raise_for_status()
    own_server.stop()
    shutil.copytree(folder, tmp_path / "copy")
    own_server.start()
    try:
        show(page, own_server)
        ends(page, kept)
        lost = make(own_server, "After the copy")
        ends(page, lost)
        page.wait_for_load_state("networkidle")
        own_server.stop()
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "copy", folder)
        own_server.start()
        expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SOON)
        expect(card(page, lost)).to_have_count(0, timeout=SOON)
        expect(card(page, kept)).to_be_attached()
    finally:
        own_server.close()


def test_a_newer_page_is_noticed_and_offered(own_server: StudioServer, page: Page) -> None:
    def newer(message: str | bytes) -> str | bytes:
        told = json.loads(message)
        return json.dumps({**told, "page": "newer"}) if told["type"] == "snapshot" else message

    def routed(route: WebSocketRoute) -> None:
        there = route.connect_to_server()
        there.on_message(lambda message: route.send(newer(message)))

    show(page, own_server)
    expect(page.locator(".banner")).to_have_count(0)
    page.locator("#image-prompt textarea").fill("Kept over the reload")
    page.route_web_socket(LIVE, routed)
    # The feed is shut and comes back, as over a restart.
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    banner = page.locator(".banner", has_text="newer version")
    expect(banner).to_be_visible(timeout=SOON)
    page.evaluate("window.sameDocument = true")
    page.unroute_all()
    banner.get_by_role("button", name=re.compile("^Reload")).click()
    expect(page.locator("#image-prompt textarea")).to_have_value("Kept over the reload")
    assert not page.evaluate("window.sameDocument")


def test_on_a_phone_a_newer_page_is_told_before_anything_else(
    own_server: StudioServer, page: Page
) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    body: dict[str, JsonValue] = {"notice": "The disk is slow.", "free": 1, "least": 2}
    page.route("**/notices", lambda route: route.fulfill(json=body))
    show(page, own_server)
    expect(page.locator(".banner")).to_have_count(1)
    page.evaluate(
        """() => window.studio.then(({store}) => {
          const {revision, store: folder} = store.feed;
          store.follow({revision, store: folder, page: "newer", gone: [], jobs: [],
            connections: [], links: ""});
        })"""
    )
    expect(page.locator(".banner")).to_have_count(1)
    expect(page.locator(".banner")).to_contain_text("newer version")
    expect(page.locator(".banner-rest")).to_have_text("2 more notices")


@pytest.mark.allows_console("WebSocket connection")
def test_without_a_socket_a_page_learns_what_became_of_a_connection(
    own_server: StudioServer, page: Page
) -> None:
    page.route_web_socket(LIVE, lambda route: route.close())
    page.goto(own_server.url)
    expect(page.locator(LINK)).to_have_attribute("data-online", "polling", timeout=SLOW)
    pill = page.locator(".connections .pill")
    expect(pill).to_contain_text("Sandbox")
    links = [
        {"vendor": "runway", "sandbox": False, "trouble": "Runway refuses the key."},
    ]
    page.evaluate("links => window.studio.then(({store}) => store.learn(links))", links)
    expect(page.locator(".connections")).to_contain_text("Runway")
    # What the page knows by now is not what the studio says.
    page.evaluate("window.studio.then(({store}) => { store.feed.links = 'older'; })")
    expect(page.locator(".connections")).not_to_contain_text("Runway", timeout=SOON)


@pytest.mark.allows_console("WebSocket connection", "ERR_", "Failed to load", "status of 404")
def test_after_a_restart_on_another_folder_a_form_lets_go_of_files_that_are_not_there(
    tmp_path: Path, page: Page
) -> None:
    own_server = StudioServer(tmp_path / "first").start()
    try:
        show(page, own_server)
        hand_in(page, "image", "references", picture("here.png", "red"))
        page.locator("#image-prompt textarea").fill("Stays")
        own_server.stop()
        own_server.folder = tmp_path / "second"
        own_server.start()
        expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SLOW)
        expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(0, timeout=SOON)
        expect(page.locator("#tab-image .tray-error")).to_contain_text("here.png: This file is not")
        expect(page.locator("#image-prompt textarea")).to_have_value("Stays")
        assert not asked(page, "image").get("references")
    finally:
        own_server.close()
