"""A key with two accounts: one is chosen beside the model, and its files from a list."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from providers.vendors.accounts import account_mark
from providers.vendors.sandbox.engine import Engine
from tests.browser.views import SOON, show
from tests.support.servers import StudioServer
from tests.support.useapi_served import KEY, ONE, TWO, emulator


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StudioServer, Engine]]:
    """A studio with a key of useapi.net's, and what comes to the vendor."""
    folder = tmp_path_factory.mktemp("accounts")
    with emulator(folder / "vendor") as (url, engine):
        made = StudioServer(folder / "data", USEAPI_TOKEN=KEY, STUDIO_USEAPI_BASE_URL=url).start()
        yield made, engine
        made.close()


def press(page: Page, words: str) -> None:
    page.locator("#image-prompt textarea").fill(words)
    page.locator("#image-generate").click()
    job = page.locator("#jobs [data-job]", has_text=words)
    expect(job).to_contain_text("Done", timeout=SOON)


def test_an_account_is_chosen_beside_the_model_and_its_files_from_a_list(
    keyed: tuple[StudioServer, Engine], page: Page
) -> None:
    server, engine = keyed
    show(page, server, "image")
    account = page.locator("#tab-image .summary-account select")
    expect(account).to_be_visible(timeout=SOON)
    expect(account.locator("option")).to_have_count(3)
    assert "example" not in account.inner_text() or ONE not in account.inner_text()
    account.select_option(account_mark(TWO))
    press(page, "A ferry leaves")
    made = engine.book[-1]
    assert TWO in made.task
    assert TWO in json.dumps(made.body)
    account.select_option("")
    page.locator("#image-references .from-there", has_text="From useapi.net").click()
    tile = page.locator("dialog.gather button.remote", has_text="A ferry leaves")
    expect(tile.locator("img")).to_have_js_property("complete", True, timeout=SOON)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    tile.click()
    expect(page.locator("#tab-image .ref[data-field=references][data-artifact]")).to_have_count(
        1, timeout=SOON
    )
    page.locator("dialog.gather").get_by_role("button", name="Close").click()
    press(page, "The ferry comes back")
    again = engine.book[-1]
    assert TWO in again.task
    assert isinstance(again.body, dict)
    assert TWO in str(again.body["imageAssetId1"])
