"""Deleting on the page: asked first, one job or several, and every other page follows."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.views import LINK, SOON, card, ends, make, show, shut, tile
from tests.support.servers import StudioServer


def status(own_server: StudioServer, job: str) -> int:
    return httpx.get(f"{own_server.url}/jobs/{job}", timeout=30).status_code


@pytest.mark.allows_console("status of 404")
def test_a_job_is_deleted_after_a_question_and_leaves_every_page(
    own_server: StudioServer, new_page: Callable[[], Page]
) -> None:
    here, there = new_page(), new_page()
    show(here, own_server)
    older, job = make(own_server, "The one before"), make(own_server, "A heron that goes")
    for one in (older, job):
        ends(here, one)
    show(there, own_server, "library")
    expect(tile(there, job)).to_be_visible(timeout=SOON)
    here.locator("#tab-library-button").click()
    tile(here, job).click()
    viewer = here.locator("dialog.viewer")
    button = viewer.get_by_role("button", name="Delete", exact=True)
    button.click()
    asked = viewer.locator(".ask")
    expect(asked).to_be_focused()
    expect(asked.locator("p")).to_have_text("Permanently delete this job and its file?")
    here.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(button).to_be_focused()
    assert status(own_server, job) == 200
    button.click()
    viewer.get_by_role("button", name="Delete job").click()
    expect(here.locator(".toast")).to_have_text("Deleted.")
    # The next one takes its place.
    expect(viewer.locator(".view-prompt")).to_have_text("The one before")
    for page in (here, there):
        expect(tile(page, job)).to_have_count(0, timeout=SOON)
        expect(card(page, job)).to_have_count(0)
        expect(tile(page, older)).to_have_count(1)
    assert status(own_server, job) == 404
    viewer.get_by_role("button", name="Delete", exact=True).click()
    viewer.get_by_role("button", name="Delete job").click()
    expect(viewer).to_be_hidden()
    expect(here.locator(".lib-note")).to_contain_text("Nothing here yet")


def test_several_are_selected_and_deleted_together(own_server: StudioServer, page: Page) -> None:
    show(page, own_server)
    jobs = [make(own_server, f"Heron {number}") for number in range(5)]
    for job in jobs:
        ends(page, job)
    page.locator("#tab-library-button").click()
    select = page.get_by_role("button", name="Select", exact=True)
    bar = page.locator(".pick-bar")
    select.click()
    expect(bar).to_contain_text("Select results to download, star or delete")
    tile(page, jobs[4]).click()
    tile(page, jobs[2]).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 selected")
    tile(page, jobs[3]).press("Space")
    expect(tile(page, jobs[3])).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(tile(page, jobs[4])).not_to_have_attribute("aria-pressed", "true")
    # A click with Ctrl begins by itself.
    tile(page, jobs[0]).click(modifiers=["Control"])
    tile(page, jobs[1]).click()
    bar.get_by_role("button", name="Delete 2").click()
    expect(bar.locator(".ask p")).to_have_text("Permanently delete 2 jobs and their 2 files?")
    bar.locator(".ask .sure").click()
    expect(page.locator(".toast")).to_have_text("2 jobs deleted.")
    expect(bar).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(3)
    expect(select).to_be_focused()
    assert [status(own_server, job) for job in jobs] == [404, 404, 200, 200, 200]


def test_what_is_on_its_way_has_no_delete_and_cannot_be_selected(
    own_server: StudioServer, page: Page
) -> None:
    httpx.post(f"{own_server.url}/settings/sandbox", json={"speed": 60}, timeout=30)
    show(page, own_server, "library")
    job = make(own_server, "A slow heron")
    tile(page, job).click(modifiers=["Control"])
    expect(page.locator(".toast")).to_contain_text("hasn't finished")
    expect(tile(page, job)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    tile(page, job).click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.get_by_role("button", name="Cancel")).to_be_visible()
    expect(viewer.get_by_role("button", name="Delete", exact=True)).to_have_count(0)


# What it asked for just before may be gone by then.
@pytest.mark.allows_console("status of 404")
def test_a_page_that_was_away_learns_what_was_deleted_meanwhile(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server)
    job = make(own_server, "A heron that goes unseen")
    ends(page, job)
    # A page with its feed shut: what happens now it has to learn when it comes back.
    come_back = shut(page)
    httpx.delete(f"{own_server.url}/jobs/{job}", timeout=30)
    come_back()
    expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SOON)
    expect(card(page, job)).to_have_count(0)
