"""A frame that is not of the ratio: what would be cut off is drawn, and a better ratio is one press away."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import ALL, choose, hand_in, options, picture, problems, show
from tests.support.servers import StudioServer

TALL = (180, 320)
MODELS = {"video": "useapi:video/kling-3.0-pro", "multishot": "useapi:multishot/kling-3.0-pro"}


def pick_ratio(page: Page, kind: str, ratio: str) -> None:
    page.locator(f"#{kind}-ratio label[title='{ratio}']").click()


@pytest.mark.parametrize("kind", MODELS)
def test_what_a_ratio_cuts_off_a_frame_is_drawn_and_one_press_keeps_it(
    page: Page, server: StudioServer, kind: str
) -> None:
    show(page, server, kind)
    choose(page, kind, ALL[MODELS[kind]])
    hand_in(page, kind, "start_frame", picture("tall.png", "teal", TALL))
    pick_ratio(page, kind, "16:9")
    tile = page.locator(f"#{kind}-start_frame")
    bands = tile.locator(".band")
    expect(bands).to_have_count(2)
    expect(tile.get_by_role("button", name="68% cut off at the top and bottom")).to_be_visible()
    note = page.locator(f"#{kind}-frames .trouble")
    expect(note).to_have_class(re.compile("soft"))
    expect(note).to_contain_text("Choose 9:16 to keep all of it.")
    image, first = tile.locator("img").bounding_box(), bands.first.bounding_box()
    assert image
    assert first
    assert first["height"] / image["height"] == pytest.approx(0.34, abs=0.04)
    assert options(page, kind)["ratio"] == "16:9", "nothing is changed that somebody chose"
    page.locator(f"#{kind}-frames").get_by_role("button", name="Use 9:16").click()
    expect(bands).to_have_count(0)
    expect(note).to_have_count(0)
    expect(page.locator(f"#{kind}-frames .other-ratio")).to_have_count(0)
    assert options(page, kind)["ratio"] == "9:16"
    assert page.evaluate("document.activeElement !== document.body"), "the focus stays in the form"


def test_where_nobody_chose_a_ratio_the_start_frame_does(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    assert options(page, "video")["ratio"] == "16:9"
    hand_in(page, "video", "start_frame", picture("tall.png", "teal", TALL))
    expect(page.locator("#video-ratio label", has_text="9:16")).to_have_class(
        re.compile("selected")
    )
    assert options(page, "video")["ratio"] == "9:16"
    expect(page.locator("#video-start_frame .band")).to_have_count(0)
    page.reload()
    show(page, server, "video")
    assert options(page, "video")["ratio"] == "9:16"
    page.get_by_role("button", name="Remove start frame").click()
    expect(page.locator("#video-start_frame[data-artifact]")).to_have_count(0)
    assert options(page, "video")["ratio"] == "16:9"


def test_a_wide_frame_loses_its_sides_and_a_last_frame_is_drawn_too(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    pick_ratio(page, "video", "1:1")
    hand_in(page, "video", "start_frame", picture("wide.png", "teal", (320, 180)))
    hand_in(page, "video", "end_frame", picture("square.png", "navy", (200, 200)))
    expect(page.locator("#video-start_frame .band.beside")).to_have_count(2)
    expect(page.locator("#video-end_frame .band")).to_have_count(0)
    page.get_by_role("button", name="Use 16:9").click()
    expect(page.locator("#video-start_frame .band")).to_have_count(0)
    expect(page.locator("#video-end_frame .band.across")).to_have_count(2)
    expect(page.locator("#video-frames .other-ratio")).to_have_count(0)


@pytest.mark.allows_console("status of 422")
def test_a_file_that_the_model_would_refuse_is_marked_and_nothing_is_sent(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "image")
    choose(page, "image", ALL["runway:image/gemini_2.5_flash"])
    page.locator("#image-prompt textarea").fill("A lighthouse")
    good, bad = picture("a.png", "teal"), picture("b.png", "navy", (400, 60))
    hand_in(page, "image", "references", good, bad)
    tiles = page.locator("#tab-image .ref[data-artifact]")
    expect(page.locator("#tab-image .ref.unfit")).to_have_count(1)
    expect(tiles.nth(1)).to_have_class(re.compile("unfit"))
    sentence = "Reference 2 is 400 × 60 px, 6.67 times as wide as high"
    expect(page.locator("#image-references .trouble")).to_contain_text(sentence)
    expect(problems(page, "image")).to_contain_text(sentence)
    page.locator("#image-generate").click()
    expect(page.locator("#jobs [data-job]")).to_have_count(0)
    tiles.nth(1).get_by_role("button", name="Remove").click()
    expect(page.locator("#tab-image .ref.unfit")).to_have_count(0)
