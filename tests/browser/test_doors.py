"""Every vendor's door from the page, with no key: what is pressed arrives as a file that is what was asked."""

import json
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.browser.forms import ALL, choose, chosen, hand_in, picture, show
from tests.browser.pressed import pressed
from tests.support.servers import StudioServer

FRAME = "#ff00ff"


def ordered(server: StudioServer) -> dict[str, JsonValue]:
    """The body of the last create call that an emulator of this studio took."""
    lines = (server.folder / "sandbox" / "book.jsonl").read_text().splitlines()
    return cast("dict[str, JsonValue]", json.loads(lines[-1])["body"])


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_a_picture_comes_from_every_vendor(
    page: Page, server: StudioServer, vendor: Vendor, tmp_path: Path
) -> None:
    show(page, server)
    choose(page, "image", next(spec for spec in vendor.models if spec.kind == "image"))
    page.locator("#image-prompt textarea").fill(f"A door in a wall, {vendor.name}")
    page.locator("#image-ratio label[title='16:9']").click()
    chosen(page, "image", ratio="16:9")
    ((_, found),) = pressed(page, server, "image", tmp_path)
    assert found.kind == "image"
    assert found.width / found.height == pytest.approx(16 / 9, rel=0.06)
    expect(page.locator('[data-part="stage"][data-tab="image"] .hero img').first).to_be_visible()


def test_a_video_comes_from_words_and_from_a_first_frame(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["runway:video/gen4.5"])
    page.locator("#video-prompt textarea").fill("A gate opens")
    page.locator("#video-duration-span input[type=number]").fill("2")
    page.locator("#video-prompt textarea").click()
    chosen(page, "video", duration=2)
    (made,) = pressed(page, server, "video", tmp_path)
    assert (made.found.kind, made.found.seconds) == ("video", 2)
    assert "promptImage" not in ordered(server)
    hand_in(page, "video", "start_frame", picture(colour=FRAME))
    page.locator("#video-ratio label[title='1:1']").click()
    chosen(page, "video", ratio="1:1")
    (framed,) = pressed(page, server, "video", tmp_path)
    assert (framed.found.seconds, framed.found.width) == (2, framed.found.height)
    (frame,) = cast("list[dict[str, str]]", ordered(server)["promptImage"])
    assert frame["position"] == "first"
    assert (made.holds(FRAME), framed.holds(FRAME)) == (False, True)


def test_a_picture_is_enlarged(page: Page, server: StudioServer, tmp_path: Path) -> None:
    show(page, server)
    choose(page, "image", ALL["runway:image/magnific_precision_upscaler_v2"])
    expect(page.locator("#image-references .lab")).to_contain_text("Image to upscale")
    expect(page.locator("#image-prompt")).to_be_hidden()
    hand_in(page, "image", "references", picture(size=(640, 360)))
    page.locator("#image-scale label", has_text="4×").click()
    chosen(page, "image", scale=4)
    ((_, found),) = pressed(page, server, "image", tmp_path)
    assert (found.width, found.height) == (4 * 640, 4 * 360)
    named = page.locator("#jobs [data-job]").first
    expect(named).to_contain_text("Upscale of picture.png")
    expect(page.get_by_role("img", name="Upscale of picture.png").first).to_be_attached()


def test_a_batch_of_which_one_fails_keeps_the_rest_and_says_so(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    show(page, server)
    choose(page, "image", ALL["runware:image/google:4@1"])
    page.locator("#image-prompt textarea").fill("Eight doors sandbox:one-fails")
    page.locator("#image-count-span input[type=number]").fill("8")
    page.locator("#image-prompt textarea").click()
    chosen(page, "image", count=8)
    made = pressed(page, server, "image", tmp_path)
    assert {one.found.kind for one in made} == {"image"}
    assert len({one.path.read_bytes() for one in made}) == len(made) == 7
    assert ordered(server)["numberResults"] == 8
    expect(page.locator("#jobs [data-job]").first).to_contain_text("7 of 8 done")


def test_an_edit_with_three_references(page: Page, server: StudioServer, tmp_path: Path) -> None:
    show(page, server)
    choose(page, "image", ALL["runflow:image/google/nano-banana-pro"])
    page.locator("#image-prompt textarea").fill("These three on one table")
    colours = ("red", "lime", "blue")
    hand_in(page, "image", "references", *(picture(f"{name}.png", name) for name in colours))
    (made,) = pressed(page, server, "image", tmp_path)
    assert made.found.kind == "image"
    order = ordered(server)
    assert order["model"] == "google/nano-banana-pro/edit"
    assert len(cast("dict[str, list[str]]", order["input"])["image_urls"]) == 3
    assert [made.holds(colour) for colour in (*colours, "magenta")] == [True, True, True, False]


def test_settings_show_every_connection(page: Page, server: StudioServer) -> None:
    show(page, server)
    page.locator("#tab-settings-button").click()
    place = page.locator('[data-part="settings"]')
    for vendor in VENDORS:
        expect(place).to_contain_text(vendor.label)
        expect(place).to_contain_text(vendor.key_variable)
