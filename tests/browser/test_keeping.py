"""Stars, tags, keys and zips on the page: kept by the studio, shown everywhere, found again."""

import io
import json
import zipfile
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Download, Locator, Page, expect
from pydantic import JsonValue

from tests.browser.views import SOON, ends, make, show, tile
from tests.browser.waits import comes
from tests.support.servers import StudioServer


def library(page: Page, own_server: StudioServer, count: int) -> list[str]:
    """The library with so many done jobs, newest last."""
    jobs = [make(own_server, f"Heron {number}") for number in range(count)]
    show(page, own_server)
    for job in jobs:
        ends(page, job)
    page.locator("#tab-library-button").click()
    expect(page.locator(".tile")).to_have_count(count)
    return jobs


def kept(own_server: StudioServer, job: str) -> tuple[JsonValue, JsonValue]:
    """What the studio holds of a job's marks."""
    told = httpx.get(f"{own_server.url}/jobs/{job}", timeout=30).json()
    return told["starred"], told["tags"]


def row(page: Page, field: str, value: str) -> Locator:
    return page.locator(f'[data-filter="{field}"][data-value="{value}"]')


def test_a_star_is_given_by_key_and_press_shown_on_every_page_and_filtered(
    own_server: StudioServer, new_page: Callable[[], Page]
) -> None:
    here, there = new_page(), new_page()
    older, job = library(here, own_server, 2)
    show(there, own_server, "library")
    tile(here, job).focus()
    here.keyboard.press("f")
    for page in (here, there):
        expect(tile(page, job).and_(page.locator(".starred"))).to_be_visible(timeout=SOON)
        expect(row(page, "starred", "true").locator("b")).to_have_text("1", timeout=SOON)
    assert kept(own_server, job) == (True, [])
    # A press on the star of a tile does the same and opens nothing.
    tile(there, older).hover()
    tile(there, older).locator(".tile-star").click(force=True)
    expect(tile(here, older).and_(here.locator(".starred"))).to_be_visible(timeout=SOON)
    expect(there.locator("dialog.viewer")).to_be_hidden()
    row(here, "starred", "true").click()
    expect(here.locator(".tile")).to_have_count(2)
    # In the details, and with it the tile leaves the filter; the focus goes to its neighbour.
    tile(here, older).click()
    star = here.locator("dialog.viewer").get_by_role("button", name="Star", exact=True)
    expect(star).to_have_attribute("aria-pressed", "true")
    here.keyboard.press("f")
    expect(star).to_have_attribute("aria-pressed", "false")
    here.keyboard.press("Escape")
    expect(here.locator(".tile")).to_have_count(1)
    expect(tile(here, job)).to_be_focused()
    here.keyboard.press("f")
    expect(here.locator(".lib-note")).to_contain_text("No results match these filters")
    expect(there.locator(".tile.starred")).to_have_count(0, timeout=SOON)
    assert kept(own_server, job) == kept(own_server, older) == (False, [])


@pytest.mark.allows_console("status of 422")
def test_tags_are_added_completed_shown_filtered_and_found(
    own_server: StudioServer, page: Page
) -> None:
    older, job = library(page, own_server, 2)
    tile(page, job).click()
    viewer = page.locator("dialog.viewer")
    field = viewer.get_by_role("combobox", name="Add a tag")
    field.fill("Golden  Hour")
    field.press("Enter")
    chips = viewer.locator(".tag-chip")
    expect(chips).to_have_text(["Golden Hour"])
    # Keys mean nothing while somebody writes.
    field.press_sequentially("<b>df?")
    field.press("Enter")
    expect(chips).to_have_text(["Golden Hour", "<b>df?"])
    comes(page, (False, ["Golden Hour", "<b>df?"]), lambda: kept(own_server, job))
    field.fill("x,y,z,1,2,3,4")
    expect(page.locator(".toast")).to_contain_text("at most 8 tags")
    field.fill("half")
    field.press("Escape")
    expect(viewer).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_have_text("Heron 0")
    expect(chips).to_have_count(0)
    field.focus()
    offered = viewer.locator("#known-tags option")
    expect(offered).to_have_count(2)
    field.fill("golden hour")
    field.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(tile(page, job).locator(".tile-tags")).to_have_text("Golden Hour +1")
    expect(row(page, "tag", "Golden Hour").locator("b")).to_have_text("2", timeout=SOON)
    row(page, "tag", "<b>df?").click()
    expect(page.locator(".tile")).to_have_count(1)
    row(page, "tag", "<b>df?").click()
    page.locator("#tab-library").get_by_role("searchbox").fill("gold")
    expect(page.locator(".tile")).to_have_count(2)
    tile(page, older).click()
    viewer.get_by_role("button", name="Remove tag Golden Hour").click()
    expect(chips).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(1)


def test_results_are_judged_by_keys_alone(own_server: StudioServer, page: Page) -> None:
    first, second, third = library(page, own_server, 3)
    tile(page, third).focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Star / unstar")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    tile(page, third).focus()
    page.keyboard.press("f")
    expect(tile(page, third).and_(page.locator(".starred"))).to_be_visible()
    with page.expect_download() as saved:
        page.keyboard.press("d")
    assert saved.value.suggested_filename.startswith("sandbox-heron-2-")
    # What is starred says so before it goes.
    page.keyboard.press("Delete")
    asked = page.locator(".pick-bar .ask")
    expect(asked.locator("p")).to_have_text(
        "Permanently delete this job and its file? It is starred."
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".tile")).to_have_count(2)
    expect(tile(page, second)).to_be_focused()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_be_visible()
    with page.expect_download() as saved:
        page.keyboard.press("d")
    assert saved.value.suggested_filename.startswith("sandbox-heron-1-")
    page.keyboard.press("Delete")
    expect(viewer.locator(".ask p")).to_have_text("Permanently delete this job and its file?")
    page.keyboard.press("Escape")
    expect(viewer).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".view-prompt")).to_have_text("Heron 0")
    page.keyboard.press("Escape")
    # Nothing fires where somebody writes.
    search = page.locator("#tab-library").get_by_role("searchbox")
    search.focus()
    page.keyboard.type("?f")
    expect(keys).to_be_hidden()
    expect(search).to_have_value("?f")
    assert kept(own_server, first) == kept(own_server, second) == (False, [])


def names(download: Download) -> list[str]:
    """What a zip says that it holds, read as the browser saved it."""
    with zipfile.ZipFile(io.BytesIO(download.path().read_bytes())) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("manifest.json"))
        return sorted(str(line["prompt"]) for line in told["files"])


def test_what_is_selected_and_all_that_fits_come_as_one_zip(
    own_server: StudioServer, page: Page
) -> None:
    jobs = library(page, own_server, 4)
    httpx.post(f"{own_server.url}/jobs/{jobs[0]}/mark", json={"starred": True}, timeout=30)
    bar = page.locator(".pick-bar")
    tile(page, jobs[1]).click(modifiers=["Control"])
    tile(page, jobs[3]).click()
    with page.expect_download() as saved:
        bar.get_by_role("button", name="Download 2").click()
    assert names(saved.value) == ["Heron 1", "Heron 3"]
    expect(page.locator(".toast")).to_contain_text("Downloading one zip: 2 files")
    bar.get_by_role("button", name="Star", exact=True).click()
    expect(page.locator(".tile.starred")).to_have_count(3)
    page.keyboard.press("Escape")
    row(page, "starred", "true").click()
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("button", name="Select", exact=True).click()
    bar.get_by_role("button", name="Download all 3").click()
    expect(bar.locator(".ask p")).to_contain_text("Download 3 files,")
    with page.expect_download() as saved:
        bar.locator(".ask .sure").click()
    assert names(saved.value) == ["Heron 0", "Heron 1", "Heron 3"]
