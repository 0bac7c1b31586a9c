"""A fifth vendor stands in the page like the four: in the pickers, with its own controls, and in Settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import choose_vendor, open_tab, options, show
from tests.browser.pressed import pressed
from tests.browser.waits import comes
from tests.support import acme
from tests.support.servers import StudioServer

BANANA, ETCHING = acme.VENDOR.models


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio with five vendors."""
    made = StudioServer(
        tmp_path_factory.mktemp("fifth") / "data", module="tests.support.acme"
    ).start()
    yield made
    made.close()


def pick(page: Page, label: str) -> None:
    """Choose a model of the vendor that is shown."""
    page.locator("#image-model input").click()
    page.get_by_role("option", name=label, exact=True).click()


def test_it_is_picked_and_its_own_controls_are_there(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    show(page, server)
    choose_vendor(page, "image", acme.VENDOR.label)
    pick(page, ETCHING.label)
    expect(page.locator("#tab-image .summary-text")).to_have_text(ETCHING.summary)
    expect(page.locator("#image-line_weight")).to_contain_text("Line weight (µm)")
    expect(page.locator("#image-plate_tone")).to_be_visible()
    expect(page.locator("#image-ratio")).to_be_hidden()
    page.locator("#image-prompt textarea").fill("An oak in winter")
    page.locator("#image-line_weight input[type=number]").fill("9")
    page.locator("#image-prompt textarea").click()
    comes(page, {"line_weight": 9, "plate_tone": True}, lambda: options(page, "image"))
    ((_, found),) = pressed(page, server, "image", tmp_path)
    assert (found.kind, found.width, found.height) == ("image", 640, 640)
    card = page.locator("#jobs [data-job]").first
    expect(card).to_contain_text(ETCHING.label)


@pytest.mark.allows_console("422 (Unprocessable Entity)")
def test_a_limit_of_its_own_is_told_by_the_form(page: Page, server: StudioServer) -> None:
    show(page, server)
    choose_vendor(page, "image", acme.VENDOR.label)
    pick(page, BANANA.label)
    expect(page.locator("#image-ratio")).to_be_visible()
    expect(page.locator("#image-line_weight")).to_be_hidden()
    page.locator("#image-prompt textarea").fill("x" * 901)
    page.locator("#image-generate").click()
    expect(page.locator("#image-problems")).to_contain_text("901 of 900")


def test_it_is_in_no_picker_of_a_kind_that_it_does_not_make(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    for kind, there in (("image", 1), ("video", 0), ("multishot", 0)):
        open_tab(page, kind)
        page.locator(f"#{kind}-vendor input").click()
        offered = page.get_by_role("option", name=acme.VENDOR.label, exact=True)
        expect(offered).to_have_count(there)
        page.keyboard.press("Escape")


def test_a_model_that_others_sell_too_names_it(page: Page, server: StudioServer) -> None:
    show(page, server)
    choose_vendor(page, "image", "Runflow")
    expect(page.locator("#tab-image")).to_contain_text(acme.VENDOR.label)


def test_settings_show_its_connection_and_its_key(page: Page, server: StudioServer) -> None:
    show(page, server)
    page.locator("#tab-settings-button").click()
    place = page.locator('[data-part="settings"]')
    for words in (acme.VENDOR.label, acme.VENDOR.key_variable, "Sandbox"):
        expect(place).to_contain_text(words)
