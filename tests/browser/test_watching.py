"""What is being watched stays, whatever others start; and one clip plays at a time."""

import httpx
from playwright.sync_api import Locator, Page, expect
from pydantic import JsonValue

from tests.browser.views import CLIP, SOON, card, ends, make, put, show
from tests.support.servers import StudioServer

WATCHED = "video => { window.watched = video; video.currentTime = 1; }"
STILL = """() => {
    const stage = document.querySelector('[data-part="stage"][data-tab="video"]');
    return stage.querySelector('video') === window.watched && window.watched.currentTime >= 1;
}"""


def stage(page: Page, kind: str = "video") -> Locator:
    return page.locator(f'[data-part="stage"][data-tab="{kind}"]')


def clip(own_server: StudioServer, prompt: str) -> str:
    return make(own_server, prompt, model=CLIP, kind="video")


def slowly(own_server: StudioServer) -> None:
    body = {"speed": 60}
    httpx.post(f"{own_server.url}/settings/sandbox", json=body, timeout=30).raise_for_status()


def test_a_clip_that_is_watched_stays_while_others_begin(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server, "video")
    watched = clip(own_server, "A heron that is watched")
    ends(page, watched)
    expect(stage(page).locator("video")).to_be_visible(timeout=SOON)
    stage(page).locator("video").evaluate(WATCHED)
    slowly(own_server)
    # Another window's, and one that was pressed long before and begins only now.
    other = clip(own_server, "From another window")
    expect(card(page, other)).to_be_visible(timeout=SOON)
    older: dict[str, JsonValue] = {"id": "older", "created": 1.0, "artifacts": []}
    put(page, own_server, watched, **older, state="waiting")
    put(page, own_server, watched, **older, state="running", revision=1e16)
    expect(card(page, "older")).to_have_attribute("data-state", "running")
    # A change of its own that is drawn.
    job = httpx.get(f"{own_server.url}/jobs/{watched}", timeout=30).json()
    put(page, own_server, watched, artifacts=[*job["artifacts"], *job["artifacts"]], revision=1e16)
    expect(stage(page).locator(".cap-prompt")).to_have_text("A heron that is watched")
    page.wait_for_function(STILL)
    # What is pressed here is what one wants to see.
    page.locator("#video-prompt textarea").fill("Pressed in this window")
    page.locator("#video-generate").click()
    expect(stage(page).locator(".way-prompt")).to_have_text("Pressed in this window", timeout=SOON)


def test_a_picture_that_was_chosen_stays_while_others_begin(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server)
    four = make(own_server, "Four herons", options={"count": 4})
    ends(page, four)
    stage(page, "image").locator(".shot").nth(2).click()
    slowly(own_server)
    other = make(own_server, "From another window")
    expect(card(page, other)).to_be_visible(timeout=SOON)
    expect(stage(page, "image").locator(".shot.on")).to_have_attribute("aria-label", "Image 3 of 4")
    ends(page, four).locator(".p").click()
    third = make(own_server, "From another window again")
    expect(card(page, third)).to_be_visible(timeout=SOON)
    expect(stage(page, "image").locator(".cap-prompt")).to_have_text("Four herons")


def test_the_stages_clip_and_that_of_the_details_do_not_play_at_once(
    own_server: StudioServer, page: Page
) -> None:
    show(page, own_server, "video")
    ends(page, clip(own_server, "A heron that calls"))
    below = stage(page).locator("video")
    expect(below).to_be_visible(timeout=SOON)
    play = "video => { video.muted = true; video.loop = true; return video.play(); }"
    below.evaluate(play)
    stage(page).get_by_role("button", name="Details").click()
    above = page.locator("dialog.viewer video")
    expect(above).to_be_visible(timeout=SOON)
    expect(below).to_have_js_property("paused", True)
    above.evaluate(play)
    expect(above).to_have_js_property("paused", False)
    below.evaluate(play)
    expect(above).to_have_js_property("paused", True)
