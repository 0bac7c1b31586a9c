"""The library with more than one page of jobs: what is shown stays, whatever changes or comes meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.views import SOON, card, ends, make, show
from tests.support.servers import StudioServer

LINK = ".studio-header .link"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    made = StudioServer(tmp_path / "data").start()
    yield made
    made.close()


def tile(page: Page, job: str) -> Locator:
    return page.locator(f'[data-tile="{job}"]')


def many(server: StudioServer, count: int) -> list[str]:
    """So many jobs that were refused, oldest first."""
    return [make(server, f"Number{place} sandbox:moderated") for place in range(count)]


def mark(server: StudioServer, job: str, **marks: object) -> None:
    httpx.post(f"{server.url}/jobs/{job}/mark", json=marks, timeout=30).raise_for_status()


def select(page: Page, jobs: list[str]) -> None:
    for job in jobs:
        tile(page, job).click(modifiers=["Control"])
    expect(page.locator(".pick-count")).to_have_text(f"{len(jobs)} selected")


def test_what_is_shown_and_selected_stays_while_jobs_come_and_change(
    server: StudioServer, page: Page
) -> None:
    jobs = many(server, 70)
    show(page, server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    some = [jobs[30], jobs[45], jobs[50], jobs[65]]
    select(page, some)
    make(server, "Comes while four are selected")
    expect(tiles).to_have_count(61, timeout=SOON)
    mark(server, some[0], starred=True)
    expect(tile(page, some[0])).to_have_class(re.compile(r"\bstarred\b"), timeout=SOON)
    for job in some[1:]:
        mark(server, job, tags=["sky"])
    mark(server, jobs[3], tags=["sky"])
    row = page.locator('[data-filter="tag"][data-value="sky"] b')
    expect(row).to_have_text("4", timeout=SOON)
    # What lies beyond the pages that were asked for does not come by a change.
    expect(tiles).to_have_count(61)
    expect(tile(page, jobs[3])).to_have_count(0)
    expect(page.locator(".pick-count")).to_have_text("4 selected")


def test_what_is_shown_and_selected_stays_over_an_outage(server: StudioServer, page: Page) -> None:
    jobs = many(server, 70)
    show(page, server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    select(page, [jobs[12], jobs[40]])
    # The feed is shut, and what happens now is learnt only when it is back.
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    expect(page.locator(LINK)).not_to_have_attribute("data-online", "live")
    more = many(server, 5)
    mark(server, jobs[11], starred=True)
    httpx.delete(f"{server.url}/jobs/{jobs[20]}", timeout=30).raise_for_status()
    expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SOON)
    expect(tile(page, more[-1])).to_be_visible(timeout=SOON)
    expect(tile(page, jobs[20])).to_have_count(0)
    expect(tile(page, jobs[12])).to_be_attached()
    expect(page.locator(".pick-count")).to_have_text("2 selected")


def test_a_late_answer_takes_nothing_away_that_came_meanwhile(
    server: StudioServer, page: Page
) -> None:
    old = make(server, "There before")
    show(page, server, "library")
    expect(page.locator(".tile")).to_have_count(1)
    held: list[tuple[Route, APIResponse]] = []
    page.route(
        re.compile(r"/jobs\?.*kind=image"), lambda route: held.append((route, route.fetch()))
    )
    page.locator('[data-filter="kind"][data-value="image"]').click()
    while not held:
        page.wait_for_load_state()
    mark(server, old, starred=True)
    expect(tile(page, old)).to_have_class(re.compile(r"\bstarred\b"), timeout=SOON)
    new = make(server, "Comes while the answer is on its way")
    ends(page, new)
    route, response = held.pop()
    route.fulfill(response=response)
    expect(page.locator('[data-filter="kind"][data-value="image"]')).to_have_class("on")
    expect(tile(page, new)).to_have_attribute("data-state", "done")
    expect(tile(page, old)).to_have_class(re.compile(r"\bstarred\b"))
    expect(card(page, new)).to_be_attached()
