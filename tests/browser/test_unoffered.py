"""A model that its vendor said it doesn't have: the page says so in the list and beside it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import choose
from tests.browser.views import SOON, show
from tests.support.runway_calls import ROWS
from tests.support.runway_served import keyed_studio
from tests.support.servers import StudioServer

MODEL = "runway:image/gen4_image"
SENTENCE = "Runway said last that it doesn't offer Gen-4, so it may refuse it again."


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio with a key of Runway's, which no longer has one of its models."""
    with keyed_studio(tmp_path_factory.mktemp("unoffered"), ended=["gen4_image"]) as made:
        yield made


def test_a_refusal_marks_the_model_in_the_list_and_on_its_card_after_a_restart_too(
    keyed: StudioServer, page: Page
) -> None:
    show(page, keyed, "image")
    choose(page, "image", ROWS[MODEL])
    risk = page.locator("#tab-image .summary-risk")
    expect(risk).to_be_hidden()
    page.locator("#image-prompt textarea").fill("A ferry leaves")
    page.locator("#image-generate").click()
    expect(risk).to_have_text(SENTENCE, timeout=SOON)
    chosen = page.locator("#image-model input")
    expect(chosen).to_have_value("Gen-4 (may be refused)", timeout=SOON)
    # What the card says is not said again below it.
    told = page.locator("[data-part=problems][data-tab=image] li", has_text="doesn't offer")
    expect(told).to_have_count(0)
    page.goto("about:blank")
    keyed.stop()
    keyed.start()
    show(page, keyed, "image")
    choose(page, "image", ROWS[MODEL], "may be refused")
    expect(risk).to_have_text(SENTENCE, timeout=SOON)
