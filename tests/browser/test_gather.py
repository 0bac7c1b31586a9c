"""What was made here goes into a form again: from a list, or dragged from anywhere on the page."""

from playwright.sync_api import Page, expect

from tests.browser.forms import asked, open_tab, show
from tests.browser.views import CLIP, ends, make
from tests.browser.waits import comes
from tests.support.servers import StudioServer


def files(page: Page, kind: str, field: str) -> list[str]:
    found = asked(page, kind).get(field, [])
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def drawn(page: Page, place: str) -> None:
    """A picture can be taken hold of only once it is there."""
    page.wait_for_function("place => document.querySelector(place)?.naturalWidth > 0", arg=place)


def test_references_are_chosen_from_what_was_made_here(
    studio_server: StudioServer, page: Page
) -> None:
    harbour, owl = (make(studio_server, words) for words in ("A harbor in fog", "An owl at noon"))
    make(studio_server, "A clip that is no picture", kind="video", model=CLIP)
    show(page, studio_server)
    ends(page, harbour)
    ends(page, owl)
    opener = page.locator("#image-references .from-here")
    opener.click()
    tiles = page.locator("dialog.gather[open] .gather-tile")
    expect(tiles).to_have_count(2)
    page.get_by_role("searchbox", name="Search prompts", exact=True).fill("harbor")
    expect(tiles).to_have_count(1)
    tiles.click()
    expect(tiles).to_have_attribute("aria-pressed", "true")
    tiles.click()
    expect(page.locator(".gather-note")).to_have_text("This file is already in the form.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#image-references .ref[data-artifact]")).to_have_count(1)
    assert len(files(page, "image", "references")) == 1
    expect(opener).to_be_focused()


def test_a_single_frame_is_chosen_with_one_press_and_the_empty_list_teaches(
    studio_server: StudioServer, page: Page
) -> None:
    show(page, studio_server, "video")
    page.locator("#video-frames .from-here").click()
    expect(page.locator(".gather-note")).to_contain_text("Images you generate show up here")
    page.keyboard.press("Escape")
    job = make(studio_server, "A first frame")
    ends(page, job)
    page.locator("#video-frames .from-here").click()
    page.locator(".gather-tile").click()
    expect(page.locator("dialog.gather")).not_to_be_visible()
    expect(page.locator("#video-start_frame[data-artifact]")).to_be_visible()
    assert files(page, "video", "start_frame")[0]


def test_a_result_dragged_onto_the_form_is_the_original_and_no_small_copy(
    studio_server: StudioServer, page: Page
) -> None:
    picture = make(studio_server, "A result to drag")
    clips = [make(studio_server, f"Clip {n}", kind="video", model=CLIP) for n in range(2)]
    show(page, studio_server)
    ends(page, picture)
    ends(page, clips[-1])
    made = page.locator("#tab-image .stage-main img")
    drawn(page, "#tab-image .stage-main img")
    made.drag_to(page.locator("#image-references .ref.add"))
    tile = page.locator("#image-references .ref[data-artifact]")
    expect(tile).to_have_count(1)
    known = page.evaluate("id => fetch(`jobs/${id}`).then(a => a.json())", picture)
    comes(page, [known["artifacts"][0]["id"]], lambda: files(page, "image", "references"))
    made.drag_to(page.locator("#image-references .ref[data-artifact]"))
    expect(page.locator("#tab-image .tray-error")).to_contain_text("already in the form")
    open_tab(page, "video")
    drawn(page, "#tab-video .strip img")
    page.locator("#tab-video .strip img").first.drag_to(page.locator("#video-start_frame"))
    expect(page.locator("#tab-video .tray-error")).to_contain_text("must be an image")
