"""Short messages stand where they can be seen and are read out: on the topmost layer."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import picture
from tests.browser.gates import hold, until
from tests.browser.views import CLIP, ends, make, show
from tests.support.servers import StudioServer

TOPMOST = """() => {
  const toast = document.querySelector(".toast"), box = toast.getBoundingClientRect();
  const shelf = toast.parentElement;
  shelf.style.pointerEvents = toast.style.pointerEvents = "auto";
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return [shelf.getAttribute("role"), seen === toast, toast.closest("dialog")?.className ?? ""];
}"""
FULL = {"field": "", "message": "The disk is full. Free some, then try again.", "soft": False}


@pytest.mark.allows_console("status of 507")
def test_a_refusal_stands_over_the_dialog_in_which_it_was_asked_for(
    page: Page, server: StudioServer
) -> None:
    job = make(server, "A heron")
    show(page, server)
    ends(page, job).locator(".p").click()
    page.locator("#tab-image .stage-main").get_by_role("button", name="Details").click()
    viewer = page.locator("dialog.viewer")
    expect(viewer.locator(".toasts[role=status]")).to_be_attached()
    page.route("**/mark", lambda route: route.fulfill(status=507, json={"problems": [FULL]}))
    viewer.get_by_role("button", name="Star", exact=True).click()
    toast = page.locator(".toast")
    expect(toast).to_have_text(str(FULL["message"]))
    role, seen, layer = page.evaluate(TOPMOST)
    assert (role, seen, "viewer" in layer) == ("status", True, True)
    # Another dialog takes it over, and hands it back.
    viewer.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.locator("dialog.keys .toast")).to_have_count(1)
    assert page.evaluate(TOPMOST)[1]
    page.keyboard.press("Escape")
    expect(viewer.locator(".toast")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("body > .toasts > .toast")).to_have_text(str(FULL["message"]))


def test_a_message_waits_for_whoever_looks_at_another_page(
    page: Page, server: StudioServer
) -> None:
    page.clock.install()
    show(page, server)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate(
        """() => {
          const held = new DataTransfer();
          for (const name of ["a.png", "b.png"]) held.items.add(new File(["x"], name));
          document.body.dispatchEvent(
            new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}));
        }"""
    )
    toast = page.locator(".toast")
    expect(toast).to_have_count(1)
    page.clock.run_for(60_000)
    expect(toast).to_have_count(1)
    page.evaluate(
        """() => {
          delete document.hidden;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(toast).to_have_count(1)
    page.clock.run_for(60_000)
    expect(toast).to_have_count(0)


@pytest.mark.allows_console("status of 422")
def test_a_file_that_is_refused_is_told_to_whoever_went_to_another_tab(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    why = {"field": "", "message": "This picture cannot be read.", "soft": False}
    held = hold(page, "**/media?name=*")
    chooser = page.locator("#tab-image input[type=file][data-field=references]")
    chooser.set_input_files([picture("away.png", "#445566")])
    until(page, held)
    page.locator("#tab-library-button").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "library")
    held[0].fulfill(status=422, json={"problems": [why]})
    expect(page.locator(".toast")).to_have_text("away.png: This picture cannot be read.")


def test_how_a_job_ended_is_heard_over_a_dialog(page: Page, own_server: StudioServer) -> None:
    httpx.post(f"{own_server.url}/settings/sandbox", json={"speed": 60}, timeout=30)
    show(page, own_server)
    page.locator("#image-prompt .recent").click()
    heard = page.locator("dialog.recents[open] > [role=status].unseen")
    expect(heard).to_have_count(1)
    job = make(own_server, "A heron that ends unseen")
    expect(page.locator(f'#jobs [data-job="{job}"]')).to_be_attached()
    httpx.post(f"{own_server.url}/jobs/{job}/cancel", json={}, timeout=30)
    expect(heard).to_contain_text("A heron that ends unseen: Cancelled")
    page.keyboard.press("Escape")
    expect(page.locator("body > [role=status].unseen")).to_have_count(1)


@pytest.mark.allows_console("status of 507")
def test_a_message_is_seen_over_a_clip_that_fills_the_screen(
    page: Page, server: StudioServer
) -> None:
    job = make(server, "A heron in full", kind="video", model=CLIP)
    show(page, server, "video")
    ends(page, job).locator(".p").click()
    clip = page.locator("#tab-video .hero video")
    expect(clip).to_be_visible()
    page.locator("#tab-video .stage-main").get_by_role("button", name="Details").click()
    page.route("**/mark", lambda route: route.fulfill(status=507, json={"problems": [FULL]}))
    page.locator("dialog.viewer").press("f")
    expect(page.locator(".toast")).to_have_count(1)
    page.evaluate("document.querySelector('dialog.viewer video').requestFullscreen()")
    page.wait_for_function("document.fullscreenElement?.matches('video')")
    # The page hears of the full screen a frame after it is there.
    page.wait_for_function(f"({TOPMOST})()[1]")
    page.locator("dialog.viewer").press("f")
    expect(page.locator(".toast")).to_have_text([str(FULL["message"])] * 2)
    page.wait_for_function(f"({TOPMOST})()[1]")
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function("!document.fullscreenElement && !document.querySelector('[popover]')")
    page.wait_for_function(f"({TOPMOST})()[1]")
