"""What was made is at hand: on a phone after Generate, beside other results, and after an answer was lost."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.forms import hand_in, picture
from tests.browser.views import CLIP, CUTS, IMAGE, card, ends, make, put, show
from tests.support.servers import StudioServer

ABOVE_THE_FOOT = """kind => {
  const box = place => document.querySelector(place).getBoundingClientRect();
  const shown = box(`[data-part=stage][data-tab=${kind}] .hero`);
  return shown.top >= 0 && shown.bottom <= box(`#tab-${kind} .maker-foot`).top;
}"""


@contextmanager
def phone(browser: Browser) -> Generator[Page]:
    """A page as a phone shows it."""
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, has_touch=True, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def stage(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-part=stage][data-tab={kind}]")


@pytest.mark.parametrize("kind", ["image", "video", "multishot"])
def test_a_phone_goes_to_what_is_being_made_and_shows_it_when_it_is_done(
    server: StudioServer, browser: Browser, kind: str
) -> None:
    for number in range(2):
        make(
            server,
            f"Earlier {number}",
            model=IMAGE if kind == "image" else CLIP,
            kind="image" if kind == "image" else "video",
        )
    httpx.post(f"{server.url}/settings/sandbox", json={"speed": 100}, timeout=30)
    with phone(browser) as page:
        show(page, server, kind)
        expect(stage(page, kind)).to_be_hidden()
        if kind == "multishot":
            for shot in (1, 2):
                page.locator(f"#shot-{shot}-prompt textarea").fill("A train in the snow")
        else:
            page.locator(f"#{kind}-prompt textarea").fill("A train in the snow")
        with page.expect_response("**/jobs") as answered:
            page.locator(f"#{kind}-generate").tap()
        job = str(answered.value.json()["id"])
        expect(stage(page, kind).locator(".way")).to_be_in_viewport(ratio=0.5)
        expect(stage(page, kind)).to_contain_text("A train in the snow")
        httpx.post(f"{server.url}/settings/sandbox", json={"speed": 0}, timeout=30)
        expect(card(page, job)).to_have_attribute("data-state", "done", timeout=60_000)
        result = stage(page, kind).locator(".hero")
        expect(result).to_be_in_viewport(ratio=0.9)
        page.wait_for_function(ABOVE_THE_FOOT, arg=kind)


def test_details_opened_from_the_stage_or_the_list_have_newer_and_older(
    server: StudioServer, page: Page
) -> None:
    mine = [make(server, f"Harbour {number}") for number in range(4)]
    for job in mine:
        show(page, server)
        ends(page, job)
    stage(page, "image").get_by_role("button", name="Details").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_contain_text("Harbour 3")
    expect(viewer.get_by_role("button", name="Newer")).to_be_disabled()
    viewer.get_by_role("button", name="Older").click()
    expect(viewer).to_contain_text("Harbour 2")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("Harbour 1")
    viewer.get_by_role("button", name="Newer").click()
    expect(viewer).to_contain_text("Harbour 2")
    # What comes meanwhile is newer.
    make(server, "Harbour 4")
    expect(viewer.get_by_role("button", name="Newer")).to_be_enabled()
    page.keyboard.press("Escape")
    # A failed one opens its details from the list of jobs.
    failed = make(server, "Nothing sandbox:fails")
    ends(page, failed, "failed").get_by_role("button", name="Details").click()
    expect(viewer).to_contain_text("Nothing")
    viewer.get_by_role("button", name="Older").click()
    expect(viewer).to_contain_text("Harbour 4")


def test_older_ones_are_asked_for_where_the_page_knows_no_more(
    server: StudioServer, page: Page
) -> None:
    first = make(server, "The oldest of all", model=CUTS, kind="multishot", shots=[
        {"prompt": "A", "seconds": 5}, {"prompt": "B", "seconds": 5},
    ])  # fmt: skip
    last = make(server, "The newest of all", model=CUTS, kind="multishot", shots=[
        {"prompt": "A", "seconds": 5}, {"prompt": "B", "seconds": 5},
    ])  # fmt: skip
    show(page, server, "multishot")
    ends(page, first)
    ends(page, last)
    # A page whose feed began later knows the newest alone.
    page.evaluate(
        """id => window.studio.then(({ store }) => {
          for (const job of store.jobs.keys()) if (job !== id) store.jobs.delete(job);
        })""",
        last,
    )
    stage(page, "multishot").get_by_role("button", name="Details").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_contain_text("The newest of all")
    viewer.get_by_role("button", name="Older").click()
    expect(viewer).to_contain_text("The oldest of all")


def test_a_frame_that_takes_anothers_place_says_so_and_gives_it_back(
    server: StudioServer, page: Page
) -> None:
    clip = make(server, "Waves at dusk", model=CLIP, kind="video")
    show(page, server, "video")
    ends(page, clip).locator(".p").click()
    hand_in(page, "video", "start_frame", picture())
    tile = page.locator("#tab-video .ref[data-field=start_frame][data-artifact]")
    mine = tile.get_attribute("data-artifact") or ""
    notice = page.locator("#tab-video .notice")
    expect(notice).to_be_hidden()
    stage(page, "video").get_by_role("button", name=re.compile("last frame")).click()
    expect(notice).to_contain_text("replaced the previous start frame")
    expect(tile).not_to_have_attribute("data-artifact", mine)
    notice.get_by_role("button", name="Undo").click()
    expect(tile).to_have_attribute("data-artifact", mine)
    # The same file once more replaces nothing, and nothing is said.
    page.evaluate(
        "id => window.studio.then(s => s.form.attach('video', 'start_frame', {id, kind: 'image'}))",
        mine,
    )
    expect(notice).not_to_contain_text("replaced")


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_lost_answer_says_one_thing_of_the_charge_and_one_button_stands_out(
    server: StudioServer, page: Page, sandbox: bool
) -> None:
    show(page, server)
    job = make(server, f"Lost {sandbox} sandbox:lost-request")
    found = ends(page, job, "unsure")
    error = httpx.get(f"{server.url}/jobs/{job}", timeout=30).json()["error"]
    if not sandbox:
        error["lines"] = [error["message"], error["advice"]]
    put(page, server, job, sandbox=sandbox, state="queued", revision=2**53 - 2)
    put(page, server, job, sandbox=sandbox, error=error, revision=2**53 - 1)
    expect(found).to_have_attribute("data-state", "unsure")
    if sandbox:
        expect(found).to_contain_text("not charged")
        expect(found).not_to_contain_text(re.compile("may [^.]*charge|charge for it|charged twice"))
    else:
        expect(found).to_contain_text("may have been charged")
        expect(found).not_to_contain_text("not charged")
        expect(found).not_to_contain_text("nothing is charged")
    page.locator("#tab-image-button").click()
    for place in (found, stage(page, "image")):
        buttons = place.locator(".fix button")
        expect(buttons.first).to_contain_text("Check again")
        expect(buttons.first).to_have_css("background-color", "rgb(244, 192, 74)")
        for button in buttons.all()[1:]:
            expect(button).not_to_have_css("background-color", "rgb(244, 192, 74)")
