"""A model that the key's account doesn't have: the page says so beside it, and asks once before it sends."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import choose
from tests.browser.views import SOON, show
from tests.support.runway_calls import ROWS
from tests.support.runway_served import keyed_studio
from tests.support.servers import StudioServer

KLING = "runway:video/kling3.0_standard"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio with a key of Runway's, whose account lists one model for images."""
    with keyed_studio(tmp_path_factory.mktemp("withheld"), listed=["gen4_image"]) as made:
        yield made


@pytest.mark.allows_console("status of 422")
def test_generate_asks_once_about_a_model_that_is_not_enabled(
    keyed: StudioServer, page: Page
) -> None:
    show(page, keyed, "video")
    choose(page, "video", ROWS[KLING], "not enabled for this account")
    expect(page.locator("#tab-video .summary-risk")).to_have_text(
        "Not enabled for this account: Runway doesn't list it.", timeout=SOON
    )
    jobs = page.locator("#jobs [data-job]")
    for count, words in ((1, "A ferry leaves"), (2, "A ferry comes back")):
        page.locator("#video-prompt textarea").fill(words)
        page.locator("#video-generate").click()
        if count == 1:
            question = page.locator(
                "[data-part=problems][data-tab=video] li", has_text="doesn't list"
            )
            expect(question).to_be_visible(timeout=SOON)
            expect(jobs).to_have_count(0)
            question.get_by_role("button", name="Generate anyway").click()
        expect(jobs).to_have_count(count, timeout=SOON)
