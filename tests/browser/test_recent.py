"""Prompts that were sent before come back: from a searched list, or by Alt and the arrow keys."""

from playwright.sync_api import Page, expect

from tests.browser.forms import show
from tests.browser.views import CLIP, ends, make
from tests.support.servers import StudioServer


def test_a_recent_prompt_fills_the_form_and_what_it_replaced_comes_back(
    studio_server: StudioServer, page: Page
) -> None:
    make(studio_server, "A harbor in fog")
    make(studio_server, "An owl at noon")
    make(studio_server, "A clip of its own", kind="video", model=CLIP)
    last = make(studio_server, "A harbor in fog")
    show(page, studio_server)
    ends(page, last)
    area = page.locator("#image-prompt textarea")
    area.fill("Half a thought")
    page.locator("#image-prompt .recent").click()
    lines = page.locator(".recent-line .recent-text")
    expect(lines).to_have_text(["A harbor in fog", "An owl at noon"])
    page.get_by_role("searchbox", name="Search recent prompts", exact=True).fill("owl")
    expect(lines).to_have_text(["An owl at noon"])
    lines.click()
    expect(area).to_have_value("An owl at noon")
    expect(area).to_be_focused()
    page.locator("#tab-image .notice").get_by_role("button", name="Undo").click()
    expect(area).to_have_value("Half a thought")


def test_alt_and_arrows_step_through_prompts_and_back_to_what_was_being_written(
    studio_server: StudioServer, page: Page
) -> None:
    for words in ("First", "Second"):
        make(studio_server, words)
    show(page, studio_server)
    area = page.locator("#image-prompt textarea")
    area.fill("Being written")
    for key, words in (
        ("ArrowUp", "Second"),
        ("ArrowUp", "First"),
        ("ArrowUp", "First"),
        ("ArrowDown", "Second"),
        ("ArrowDown", "Being written"),
    ):
        area.press(f"Alt+{key}")
        expect(area).to_have_value(words)
