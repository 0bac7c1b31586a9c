"""The library with more than one page of jobs: what is shown stays, whatever changes or comes meanwhile."""

import re

import httpx
import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.gates import hold, until
from tests.browser.views import CLIP, LINK, SOON, card, ends, make, show, shut, tile
from tests.browser.waits import comes_true
from tests.support.servers import StudioServer


def many(own_server: StudioServer, count: int) -> list[str]:
    """So many jobs that were refused, oldest first."""
    return [make(own_server, f"Number{place}of{count} sandbox:moderated") for place in range(count)]


def mark(own_server: StudioServer, job: str, **marks: object) -> None:
    httpx.post(f"{own_server.url}/jobs/{job}/mark", json=marks, timeout=30).raise_for_status()


def select(page: Page, jobs: list[str]) -> None:
    for job in jobs:
        tile(page, job).click(modifiers=["Control"])
    expect(page.locator(".pick-count")).to_have_text(f"{len(jobs)} selected")


def test_what_is_shown_and_selected_stays_while_jobs_come_and_change(
    own_server: StudioServer, page: Page
) -> None:
    jobs = many(own_server, 70)
    show(page, own_server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    some = [jobs[30], jobs[45], jobs[50], jobs[65]]
    select(page, some)
    make(own_server, "Comes while four are selected")
    expect(tiles).to_have_count(61, timeout=SOON)
    mark(own_server, some[0], starred=True)
    expect(tile(page, some[0])).to_have_class(re.compile(r"\bstarred\b"), timeout=SOON)
    for job in some[1:]:
        mark(own_server, job, tags=["sky"])
    mark(own_server, jobs[3], tags=["sky"])
    row = page.locator('[data-filter="tag"][data-value="sky"] b')
    expect(row).to_have_text("4", timeout=SOON)
    # What lies beyond the pages that were asked for does not come by a change.
    expect(tiles).to_have_count(61)
    expect(tile(page, jobs[3])).to_have_count(0)
    expect(page.locator(".pick-count")).to_have_text("4 selected")


def test_what_is_shown_and_selected_stays_over_an_outage(
    own_server: StudioServer, page: Page
) -> None:
    jobs = many(own_server, 70)
    show(page, own_server, "library")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(60, timeout=SOON)
    select(page, [jobs[12], jobs[40]])
    # The feed is shut, and what happens now is learnt only when it is back.
    come_back = shut(page)
    more = many(own_server, 5)
    mark(own_server, jobs[11], starred=True)
    httpx.delete(f"{own_server.url}/jobs/{jobs[20]}", timeout=30).raise_for_status()
    come_back()
    expect(page.locator(LINK)).to_have_attribute("data-online", "live", timeout=SOON)
    expect(tile(page, more[-1])).to_be_visible(timeout=SOON)
    expect(tile(page, jobs[20])).to_have_count(0)
    expect(tile(page, jobs[12])).to_be_attached()
    expect(page.locator(".pick-count")).to_have_text("2 selected")


def test_a_late_answer_takes_nothing_away_that_came_meanwhile(
    own_server: StudioServer, page: Page
) -> None:
    old = make(own_server, "There before")
    show(page, own_server, "library")
    expect(page.locator(".tile")).to_have_count(1)
    held: list[tuple[Route, APIResponse]] = []
    page.route(
        re.compile(r"/jobs\?.*kind=image"), lambda route: held.append((route, route.fetch()))
    )
    page.locator('[data-filter="kind"][data-value="image"]').click()
    while not held:
        page.wait_for_load_state()
    mark(own_server, old, starred=True)
    expect(tile(page, old)).to_have_class(re.compile(r"\bstarred\b"), timeout=SOON)
    new = make(own_server, "Comes while the answer is on its way")
    ends(page, new)
    route, response = held.pop()
    route.fulfill(response=response)
    expect(page.locator('[data-filter="kind"][data-value="image"]')).to_have_class("on")
    expect(tile(page, new)).to_have_attribute("data-state", "done")
    expect(tile(page, old)).to_have_class(re.compile(r"\bstarred\b"))
    expect(card(page, new)).to_be_attached()


def row(page: Page, field: str, value: str) -> Locator:
    return page.locator(f'[data-filter="{field}"][data-value="{value}"]')


def test_the_filters_are_there_when_the_window_has_grown(
    own_server: StudioServer, page: Page
) -> None:
    page.set_viewport_size({"width": 480, "height": 800})
    show(page, own_server)
    page.locator(".tab-container button, .overflow-menu button", has_text="Library").first.click()
    filters = row(page, "kind", "image")
    expect(page.locator(".fil summary")).to_be_visible(timeout=SOON)
    expect(filters).not_to_be_visible()
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(filters).to_be_visible()
    page.set_viewport_size({"width": 480, "height": 800})
    expect(filters).not_to_be_visible()
    page.locator(".fil summary").click()
    expect(filters).to_be_visible()


def test_counts_respect_the_other_filters_and_one_press_clears_all(
    own_server: StudioServer, page: Page
) -> None:
    for prompt in ("A heron", "A heron sandbox:moderated", "An owl"):
        make(own_server, prompt)
    make(own_server, "A heron that flies", model=CLIP, kind="video")
    show(page, own_server, "library")
    results = page.locator(".lib-results")
    expect(results.locator("p")).to_have_text("4 results", timeout=SOON)
    clear = results.get_by_role("button", name="Clear")
    expect(clear).not_to_be_visible()
    row(page, "kind", "image").focus()
    page.keyboard.press("Enter")
    expect(results.locator("p")).to_have_text("3 results")
    expect(row(page, "kind", "image")).to_be_focused()
    expect(row(page, "state", "done").locator("b")).to_have_text("2")
    expect(row(page, "kind", "video").locator("b")).to_have_text("1")
    page.locator(".lib input[type=search]").fill("owl")
    expect(results.locator("p")).to_have_text("1 result", timeout=SOON)
    expect(row(page, "kind", "video").locator("b")).to_have_text("0")
    row(page, "kind", "video").click()
    expect(page.locator(".lib-note")).to_contain_text("match these filters")
    clear.click()
    expect(results.locator("p")).to_have_text("4 results")
    expect(page.locator(".lib input[type=search]")).to_have_value("")
    expect(page.locator(".tile")).to_have_count(4)
    expect(clear).not_to_be_visible()


def test_what_runs_and_what_waits_are_counted_apart(own_server: StudioServer, page: Page) -> None:
    body = {"speed": 60}
    httpx.post(f"{own_server.url}/settings/sandbox", json=body, timeout=30).raise_for_status()
    jobs = [make(own_server, f"A heron {place}", model=CLIP, kind="video") for place in range(9)]
    show(page, own_server, "library")
    expect(page.locator(".tile")).to_have_count(9, timeout=SOON)

    def told(name: str) -> int:
        found = page.locator('[data-filter="state"]', has_text=name).locator("b")
        return int(found.inner_text()) if found.count() else 0

    def waiting() -> int:
        asked = [f"{own_server.url}/jobs/{job}" for job in jobs]
        states = [httpx.get(one, timeout=30).json()["state"] for one in asked]
        return states.count("waiting")

    # Of those that wait some find a slot a moment later.
    comes_true(page, lambda: 0 < waiting() < 9)
    page.reload()
    expect(page.locator(".tile")).to_have_count(9, timeout=SOON)
    comes_true(page, lambda: (told("Running"), told("Waiting")) == (9 - waiting(), waiting()))
    page.locator('[data-filter="state"]', has_text="Waiting").click()
    comes_true(page, lambda: page.locator(".tile").count() == waiting())


BOXES = """ids => ids.map(id => {
  const box = document.querySelector(`[data-tile="${id}"] img`)?.getBoundingClientRect();
  return box?.height ? [box.width, box.height] : [0, 1];
})"""
SAID_BELOW = """ids => ids.every(id => {
  const [said, picture] = [".tile-say", ".tile-pic"].map(name =>
    document.querySelector(`[data-tile="${id}"] ${name}`).getBoundingClientRect());
  return said.top > picture.bottom - 1;
})"""


def test_tiles_keep_their_shapes_and_say_what_they_are(
    own_server: StudioServer, page: Page
) -> None:
    ratios = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
    jobs = {
        ratio: make(own_server, f"A heron, {ratio}", options={"ratio": ratio}) for ratio in ratios
    }
    show(page, own_server)
    for job in jobs.values():
        ends(page, job)
    page.locator("#tab-library-button").click()

    def boxes() -> list[tuple[float, float]]:
        found = page.evaluate(BOXES, list(jobs.values()))
        return [(float(width), float(height)) for width, height in found]

    shapes = [pytest.approx(shape, rel=0.03) for shape in ratios.values()]
    comes_true(page, lambda: [width / height for width, height in boxes()] == shapes)
    heights = [height for _, height in boxes()]
    assert max(heights) - min(heights) < 2
    wide, tall = tile(page, jobs["16:9"]), tile(page, jobs["9:16"])
    said = wide.locator(".tile-say")
    expect(said).to_have_css("opacity", "0")
    wide.hover()
    expect(said).to_have_css("opacity", "1")
    expect(said).to_have_text("A heron, 16:9Gen-4")
    tall.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tile:focus-visible .tile-say")).to_have_css("opacity", "1")
    page.get_by_role("button", name="Large tiles").click()
    page.mouse.move(0, 0)
    page.wait_for_function(SAID_BELOW, arg=list(jobs.values()))


def test_the_arrow_keys_go_to_the_tile_above_and_below(
    own_server: StudioServer, page: Page
) -> None:
    ratios = ("16:9", "9:16", "1:1", "9:16", "16:9")
    for place in range(15):
        make(own_server, f"A heron {place}", options={"ratio": ratios[place % 5]})
    show(page, own_server, "library")
    expect(page.locator(".tile img")).to_have_count(15, timeout=SOON)
    page.wait_for_function("[...document.querySelectorAll('.tile img')].every(one => one.complete)")
    page.locator(".tile").first.focus()
    centre = "() => { const box = document.activeElement.getBoundingClientRect();"
    centre += " return [box.x + box.width / 2, box.width, box.y]; }"
    page.keyboard.press("ArrowRight")
    x, wide, y = page.evaluate(centre)
    page.keyboard.press("ArrowDown")
    below, under, lower = page.evaluate(centre)
    assert lower > y
    assert abs(below - x) <= (wide + under) / 2
    page.keyboard.press("ArrowUp")
    assert page.evaluate(centre)[2] == y


def test_the_details_go_on_to_what_a_first_page_on_its_way_brings(
    own_server: StudioServer, page: Page
) -> None:
    older, starred, _ = many(own_server, 3)
    mark(own_server, starred, starred=True)
    show(page, own_server, "library")
    page.locator('[data-filter="starred"]').first.click()
    expect(page.locator(".tile")).to_have_count(1, timeout=SOON)
    held = hold(page, "**/jobs?*", "GET")
    page.locator(".lib-results").get_by_role("button", name="Clear").click()
    until(page, held)
    tile(page, starred).click()
    details = page.locator("dialog.viewer[open]")
    expect(details).to_contain_text("Number1 ")
    page.keyboard.press("ArrowRight")
    for route in held:
        route.continue_()
    expect(details).to_contain_text("Number0 ")
    expect(tile(page, older)).to_have_count(1)
