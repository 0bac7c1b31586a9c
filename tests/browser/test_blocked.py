"""Words that moderation blocked: the page asks once before it sends them again."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.views import SOON, ends, first_job, generate, make, show
from tests.support.servers import StudioServer


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio without any key."""
    made = StudioServer(tmp_path_factory.mktemp("blocked") / "data").start()
    yield made
    made.close()


def question(page: Page) -> Locator:
    """The question above the button, as far as it is asked."""
    return page.locator("[data-part=problems][data-tab=image] li", has_text="Moderation blocked")


@pytest.mark.allows_console("status of 422")
def test_generate_asks_once_and_an_edit_or_a_yes_goes_on(box: StudioServer, page: Page) -> None:
    words = "A storm sandbox:moderated"
    blocked = make(box, words)
    show(page, box)
    ends(page, blocked, "rejected")
    generate(page, words)
    yes = question(page).get_by_role("button", name="Generate anyway")
    expect(yes).to_be_focused(timeout=SOON)
    expect(page.locator("#jobs [data-job]")).to_have_count(1)
    page.locator("#image-prompt textarea").fill("A calm sea")
    expect(question(page)).to_have_count(0)
    page.locator("#image-prompt textarea").fill(words)
    expect(yes).to_be_visible(timeout=SOON)
    yes.click()
    expect(page.locator("#jobs [data-job]")).to_have_count(2, timeout=SOON)
    ends(page, first_job(page, words), "rejected")


def test_the_card_asks_before_it_tries_the_same_words_again(box: StudioServer, page: Page) -> None:
    job = make(box, "A duel sandbox:moderated")
    show(page, box)
    card = ends(page, job, "rejected")
    jobs = page.locator("#jobs [data-job]")
    before = len(httpx.get(f"{box.url}/jobs", timeout=30).json()["jobs"])
    expect(jobs).to_have_count(before)
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Send the same words again?")
    card.get_by_role("button", name="Try again anyway").click()
    expect(jobs).to_have_count(before + 1, timeout=SOON)
