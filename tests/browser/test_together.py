"""What was built apart, on one page: names that differ, pictures that are large, examples that can be sent."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.views import SOON, ends, make, show
from tests.browser.waits import comes_true
from tests.support.servers import StudioServer

FOUR = "useapi:image/nano-banana-pro"


def test_models_of_one_name_are_told_apart_by_what_differs_and_others_are_not(
    server: StudioServer, page: Page
) -> None:
    for model in ("useapi:image/gen4", "runway:image/gen4_image", FOUR):
        make(server, "A heron", model=model)
    show(page, server, "library")

    for model, name in (
        ("useapi:image/gen4", "Gen-4, useapi.net"),
        ("runway:image/gen4_image", "Gen-4, Runway"),
        (FOUR, "Nano Banana Pro"),
    ):
        found = page.locator(f'[data-filter="model"][data-value="{model}"] span')
        expect(found).to_have_text(name, timeout=SOON)


def test_the_link_to_the_vendors_own_bytes_goes_with_the_picture(
    server: StudioServer, page: Page
) -> None:
    job = make(server, "Four herons", model=FOUR, options={"count": 4})
    show(page, server)
    ends(page, job)
    page.locator("#tab-library-button").click()
    page.locator(f'[data-tile="{job}"]').click()
    link = page.locator("dialog.viewer").get_by_role("link", name="Original file", exact=True)
    files = httpx.get(f"{server.url}/jobs/{job}", timeout=30).json()["artifacts"]
    for file in files:
        expect(link).to_have_attribute(
            "href", f"{server.url}/{file['url']}?download=original", timeout=SOON
        )
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("kind", ["image", "video"])
def test_the_example_of_a_list_can_be_sent_as_it_is(
    server: StudioServer, page: Page, kind: str
) -> None:
    show(page, server, kind)
    page.locator(f"#{kind}-many").click()
    dialog = page.get_by_role("dialog", name="Batch")
    box = dialog.get_by_label("Prompts, one per line")
    lines, table = (box.get_attribute("placeholder") or "").split("\nOr a table:\n")
    for text, jobs in ((lines, 3), (table, 1)):
        box.fill(text)
        expect(dialog.get_by_role("button", name=f"Generate {jobs}")).to_have_attribute(
            "aria-disabled", "false", timeout=SOON
        )


@pytest.mark.parametrize("width", [800, 360])
def test_on_narrow_pages_the_picture_and_the_search_have_room(
    server: StudioServer, browser: Browser, width: int
) -> None:
    job = make(server, "A wide heron")
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = show(context.new_page(), server)
    ends(page, job)
    page.locator("#tab-library-button").click()
    search = page.get_by_role("searchbox")
    expect(search).to_be_visible()
    comes_true(page, lambda: search.evaluate("search => search.offsetWidth") >= 300)
    page.locator(f'[data-tile="{job}"]').click()
    picture = page.locator("dialog.viewer .view-media img")
    page.wait_for_function(
        "document.querySelector('dialog.viewer .view-media img')?.complete", timeout=SOON
    )
    comes_true(page, lambda: picture.evaluate("picture => picture.offsetWidth") >= 0.85 * width)
    context.close()


@pytest.mark.parametrize("width", [1440, 360])
def test_what_is_said_lies_over_neither_the_bar_of_a_selection_nor_its_question(
    server: StudioServer, browser: Browser, width: int
) -> None:
    jobs = [make(server, f"Chosen heron {number}") for number in (1, 2)]
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = show(context.new_page(), server)
    for job in jobs:
        ends(page, job)
    page.locator("#tab-library-button").click()
    # A message stays for as long as nobody looks.
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.get_by_role("button", name="Select", exact=True).click()
    for job in jobs:
        page.locator(f'[data-tile="{job}"]').click()
    bar = page.get_by_role("group", name="Selected results")
    with page.expect_download():
        bar.get_by_role("button", name="Download 2").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Downloading")
    bar.get_by_role("button", name="Delete 2").click()
    expect(bar).to_contain_text("Permanently delete")
    page.wait_for_function(
        """() => {
          const [said, bar] = [".toast", ".pick-bar"].map(place =>
            document.querySelector(place).getBoundingClientRect());
          return said.height && bar.height && said.bottom <= bar.top;
        }"""
    )
    context.close()
