"""Two windows of one person, and what comes between a keystroke and its answer."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import open_tab, show
from tests.browser.gates import hold, until
from tests.browser.views import ends, make
from tests.support.servers import StudioServer

EARLIER = "**/jobs?kind=image&limit=100*"
"""The page's question for earlier prompts."""


def drafted(page: Page, kind: str, text: str) -> None:
    """Wait until a prompt stands in this browser's draft."""
    page.wait_for_function(
        """([kind, text]) => JSON.parse(localStorage.getItem("studio-draft-1") ?? "{}")
             .forms?.[kind]?.prompt === text""",
        arg=[kind, text],
    )


def test_a_click_in_one_window_leaves_the_prompt_typed_in_another(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    other = show(page.context.new_page(), server)
    page.locator("#image-prompt textarea").fill("Typed here")
    drafted(page, "image", "Typed here")
    other.locator("#image-ratio label", has_text="9:16").click()
    open_tab(other, "video")
    other.locator("#video-prompt textarea").fill("Typed there")
    drafted(other, "video", "Typed there")
    drafted(page, "image", "Typed here")
    other.close()
    page.reload()
    page.wait_for_selector("body[data-tab] .summary-text", state="attached")
    open_tab(page, "image")
    expect(page.locator("#image-prompt textarea")).to_have_value("Typed here")
    page.wait_for_function(
        "window.studio.then(s => s.form.request('image').options.ratio === '9:16')"
    )
    open_tab(page, "video")
    expect(page.locator("#video-prompt textarea")).to_have_value("Typed there")


def test_a_window_that_is_closed_takes_no_older_draft_along(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#image-prompt textarea").fill("Older")
    drafted(page, "image", "Older")
    other = show(page.context.new_page(), server)
    other.locator("#image-prompt textarea").fill("Newer")
    drafted(other, "image", "Newer")
    page.reload()
    expect(page.locator("#image-prompt textarea")).to_have_value("Newer")
    drafted(other, "image", "Newer")


def test_each_window_comes_back_to_its_own_tab_and_a_new_one_to_the_last(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    other = show(page.context.new_page(), server)
    open_tab(page, "video")
    other.locator("#tab-library-button").click()
    other.wait_for_function(
        """JSON.parse(localStorage.getItem("studio-draft-1")).tab === "library" """
    )
    third = page.context.new_page()
    third.goto(server.url)
    expect(third.locator("body[data-tab=library]")).to_have_count(1)
    page.reload()
    expect(page.locator("#video-prompt textarea")).to_be_visible()
    expect(page.locator("body[data-tab=video]")).to_have_count(1)


@pytest.mark.allows_console("status of 404")
def test_a_tag_that_is_typed_while_its_job_is_deleted_elsewhere_goes_to_no_other(
    page: Page, server: StudioServer
) -> None:
    older, job = make(server, "The one before"), make(server, "A heron that goes")
    show(page, server)
    ends(page, older)
    ends(page, job)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{job}"]').click()
    viewer = page.locator("dialog.viewer")
    field = viewer.get_by_role("combobox", name="Add a tag")
    field.press_sequentially("daw")
    httpx.delete(f"{server.url}/jobs/{job}", timeout=30)
    expect(viewer).to_contain_text("deleted in another window")
    page.keyboard.type("nf")
    page.keyboard.press("Enter")
    told = httpx.get(f"{server.url}/jobs/{older}", timeout=30).json()
    assert told["tags"] == []
    assert not told["starred"]
    viewer.get_by_role("button", name="Older").click()
    expect(viewer.locator(".view-prompt")).to_have_text("The one before")


def test_what_is_typed_while_earlier_prompts_load_stays(page: Page, server: StudioServer) -> None:
    make(server, "An earlier owl")
    show(page, server)
    held = hold(page, EARLIER, "GET")
    area = page.locator("#image-prompt textarea")
    area.fill("Half a thought")
    area.press("Alt+ArrowUp")
    until(page, held)
    area.press_sequentially(" and more")
    with page.expect_response(EARLIER):
        held[0].continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(area).to_have_value("Half a thought and more")


def test_presses_while_earlier_prompts_load_are_counted(page: Page, server: StudioServer) -> None:
    make(server, "An owl, first")
    make(server, "An owl, second")
    show(page, server)
    held = hold(page, EARLIER, "GET")
    area = page.locator("#image-prompt textarea")
    area.press("Alt+ArrowUp")
    until(page, held)
    area.press("Alt+ArrowUp")
    held[0].continue_()
    expect(area).to_have_value("An owl, first")
    assert len(held) == 1


@pytest.mark.allows_console("net::ERR_FAILED")
def test_earlier_prompts_that_could_not_be_had_are_asked_for_again(
    page: Page, server: StudioServer
) -> None:
    make(server, "An owl that waits")
    show(page, server)
    page.route(EARLIER, lambda route: route.abort())
    area = page.locator("#image-prompt textarea")
    area.press("Alt+ArrowUp")
    expect(page.locator(".toast")).to_contain_text("isn't responding")
    page.unroute(EARLIER)
    area.press("Alt+ArrowUp")
    expect(area).to_have_value("An owl that waits")
