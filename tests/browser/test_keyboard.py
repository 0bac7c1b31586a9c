"""By keyboard alone: every stop is seen, what lies over the page gives the focus back, nothing loses it."""

from collections.abc import Callable
from typing import TypedDict, cast

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.states import Made, fill, go, sign_in
from tests.browser.waits import comes_true
from tests.support.servers import StudioServer

pytestmark = pytest.mark.allows_console("401", "422")
MOST = 120
"""Stops on the way through a tab."""
# A ring is an outline, or a shadow that is nothing but an edge; it is drawn by the stop or by what frames it.
STOP = """() => {
  const stop = document.activeElement;
  if (stop === document.body) return null;
  const isRing = ({outlineStyle, outlineWidth, boxShadow}) =>
    (outlineStyle !== "none" && parseFloat(outlineWidth) > 1) || / 0px 0px 0px [23]px/.test(boxShadow);
  window.rings ??= [];
  let ring = stop;
  while (ring && !isRing(getComputedStyle(ring))) ring = ring.parentElement;
  if (ring && !window.rings.includes(ring)) window.rings.push(ring);
  const {width, height} = (ring ?? stop).getBoundingClientRect();
  return {
    stop: stop.outerHTML.slice(0, 160), ring: ring ? window.rings.indexOf(ring) : -1,
    seen: stop.checkVisibility({visibilityProperty: true}) && width > 8 && height > 4,
    video: stop.matches("video"),
  };
}"""
TOLD = "window.studio.then(({store}) => store.learn(store.vendors.map(vendor => ({...vendor}))))"


class Stop(TypedDict):
    """Where Tab has led."""

    stop: str
    ring: int
    """The number of what draws the ring around it, or -1."""
    seen: bool
    video: bool


@pytest.fixture(scope="module")
def made(server: StudioServer) -> Made:
    """Jobs in every state, and people."""
    return fill(server)


def stops(page: Page) -> list[Stop]:
    """Every stop from the page's beginning on; a player's own buttons end it."""
    page.evaluate("document.activeElement.blur()")
    found: list[Stop] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = cast("Stop | None", page.evaluate(STOP))
        if stop is None or stop["video"]:
            break
        found.append(stop)
    return found


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("width", [1440, 360])
def test_every_stop_of_tab_has_a_ring_of_its_own(
    new_page: Callable[[], Page], server: StudioServer, width: int
) -> None:
    page = new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, server)
    for tab in ("image", "video", "multishot", "library", "settings"):
        go(page, tab)
        page.wait_for_load_state("networkidle")
        page.reload()
        expect(page.locator("body")).to_have_attribute("data-tab", tab)
        page.wait_for_load_state("networkidle")
        found = stops(page)
        assert len(found) > 15, tab
        assert [one["stop"] for one in found if one["ring"] < 0 or not one["seen"]] == [], tab
        rings = [one["ring"] for one in found]
        assert [one["stop"] for one in found if rings.count(one["ring"]) > 1] == [], tab


def test_what_lies_over_the_page_takes_the_focus_and_gives_it_back(
    new_page: Callable[[], Page], server: StudioServer, made: Made
) -> None:
    page = sign_in(new_page(), server)
    shots = page.locator("#shots-total")
    openers: list[tuple[str, Locator]] = [
        ("image", page.locator("#image-many")),
        ("image", page.locator("#image-prompt .recent")),
        ("image", page.locator("#image-references .from-here")),
        ("image", page.locator(f'#jobs [data-job="{made.failed}"] .p')),
        ("multishot", shots.get_by_role("button", name="Edit as script")),
        ("multishot", shots.get_by_role("button", name="Open plans")),
        ("library", page.locator(f'[data-tile="{made.images}"]')),
    ]
    dialog = page.locator("dialog[open]")
    for tab, opener in openers:
        go(page, tab)
        opener.focus()
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        comes_true(page, lambda: dialog.evaluate("one => one.contains(document.activeElement)"))
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()


@pytest.mark.usefixtures("made")
def test_the_drawer_of_jobs_gives_the_focus_back(
    new_page: Callable[[], Page], server: StudioServer
) -> None:
    page = new_page()
    page.set_viewport_size({"width": 800, "height": 1000})
    sign_in(page, server)
    pill = page.locator(".jobs-pill")
    pill.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".jobs-head h2")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("body.jobs-open")).to_have_count(0)
    expect(pill).to_be_focused()


@pytest.mark.usefixtures("made")
def test_news_of_a_connection_leave_the_focus_where_it_is(
    new_page: Callable[[], Page], server: StudioServer
) -> None:
    page = sign_in(new_page(), server)
    pill = page.locator(".pill.sandbox")
    pill.focus()
    page.evaluate(TOLD)
    expect(pill).to_be_focused()
