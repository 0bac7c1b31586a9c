"""A result brings its settings back: dropped, chosen or pasted, seen first, and then in the form."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import FilePayload, Locator, Page, expect
from pydantic import JsonValue

from tests.browser.forms import ALL, asked, choose, picture, show
from tests.browser.views import CUTS, IMAGE, ends, make
from tests.support.servers import StudioServer

SHOTS: list[JsonValue] = [
    {"prompt": "Wide: the train enters", "seconds": 3},
    {"prompt": "Inside: a hand wipes the window", "seconds": 5},
    {"prompt": "The lights of a station", "seconds": 4},
]
GIVE = """([how, bytes, name, type, target]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], name, {type}));
  const event = how === "paste"
    ? new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true});
  document.querySelector(target).dispatchEvent(event);
}"""


def drop(page: Page, content: bytes, name: str, target: str, how: str = "drop") -> None:
    kind = "video/mp4" if name.endswith(".mp4") else "image/png"
    page.evaluate(GIVE, [how, list(content), name, kind, target])


def download(page: Page, job: str, kind: str, name: str = "Download") -> bytes:
    """What the button on the job's details saves."""
    ends(page, job).locator(".p").click()
    page.locator(f"#tab-{kind} .stage-main").get_by_role("button", name="Details").click()
    with page.expect_download() as saved:
        page.locator("dialog.viewer").get_by_role("link", name=name, exact=True).click()
    page.keyboard.press("Escape")
    return Path(saved.value.path()).read_bytes()


def dialog(page: Page) -> Locator:
    return page.locator("dialog.restore[open]")


def test_a_downloaded_multishot_clip_restores_its_shots_in_a_fresh_page(
    server: StudioServer, new_page: Callable[[], Page]
) -> None:
    job = make(
        server, "A night train", kind="multishot", model=CUTS,
        shots=SHOTS, options={"ratio": "9:16", "audio": False},
    )  # fmt: skip
    clip = download(show(new_page(), server, "multishot"), job, "multishot")
    page = show(new_page(), server, "image")
    drop(page, clip, "train.mp4", "#tab-image .stage-column")
    shown = dialog(page)
    expect(shown).to_contain_text("Settings from train.mp4")
    expect(shown).to_contain_text("in Multishot Studio")
    expect(shown.locator(".view-shots li")).to_have_count(3)
    for words in ("Kling 3.0 Pro", "useapi.net", "A night train", "9:16", "off"):
        expect(shown).to_contain_text(words)
    # An Image form has no place for a clip.
    expect(shown.get_by_role("button", name="Use as reference")).to_have_count(0)
    shown.get_by_role("button", name="Apply").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "multishot")
    expect(page.locator("#shot-3-prompt textarea")).to_have_value("The lights of a station")
    expect(page.locator("#multishot-prompt textarea")).to_have_value("A night train")
    form = asked(page, "multishot")
    assert (form["model"], form["shots"]) == (CUTS, SHOTS)
    options = form["options"]
    assert isinstance(options, dict)
    assert (options["ratio"], options["audio"]) == ("9:16", False)


def test_a_dropped_picture_brings_its_references_or_becomes_one(
    server: StudioServer, new_page: Callable[[], Page]
) -> None:
    page = show(new_page(), server)
    page.locator("#tab-image input[type=file][data-field=references]").set_input_files(
        [picture("boat.png", "teal")]
    )
    tiles = page.locator("#tab-image .ref[data-artifact]")
    expect(tiles).to_have_count(1)
    reference = tiles.get_attribute("data-artifact")
    job = make(server, "A boat", references=[reference], options={"seed": 4711, "ratio": "4:3"})
    content = download(page, job, "image")
    page = show(new_page(), server)
    page.locator("#image-prompt textarea").fill("Something else")
    drop(page, content, "boat.png", "#tab-image .part-tray")
    shown = dialog(page)
    expect(shown.locator(".view-refs img")).to_have_count(1)
    shown.get_by_role("button", name="Use as reference").click()
    tiles = page.locator("#tab-image .ref[data-artifact]")
    expect(tiles).to_have_count(1)
    assert tiles.get_attribute("data-artifact") != reference
    expect(page.locator("#image-prompt textarea")).to_have_value("Something else")
    drop(page, content, "boat.png", "#image-prompt textarea", "paste")
    shown.get_by_role("button", name="Apply").click()
    expect(page.locator("#image-prompt textarea")).to_have_value("A boat")
    form = asked(page, "image")
    assert (form["model"], form["references"]) == (IMAGE, [reference])
    assert form["options"] == {**form["options"], "seed": 4711, "ratio": "4:3"}  # pyright: ignore[reportGeneralTypeIssues]
    page.locator("#tab-image .notice").get_by_role("button", name="Undo").click()
    expect(page.locator("#image-prompt textarea")).to_have_value("Something else")


@pytest.mark.allows_console("status of 422")
def test_the_original_bytes_are_known_and_a_strange_file_is_told_in_a_sentence(
    server: StudioServer, page: Page
) -> None:
    job = make(server, "Known here", options={"seed": 12})
    show(page, server)
    original = download(page, job, "image", "Original file")
    opener = page.locator("#tab-image .from-file")
    chooser = page.locator("input[data-settings-from]")
    opener.click()
    chooser.set_input_files(FilePayload(name="known.png", mimeType="image/png", buffer=original))
    shown = dialog(page)
    expect(shown).to_contain_text("Made here")
    expect(shown).to_contain_text("Known here")
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    before = asked(page, "image")
    opener.click()
    chooser.set_input_files(picture("holiday.png", "coral"))
    expect(shown).to_contain_text("This file has no settings")
    expect(shown.get_by_role("button", name="Apply")).to_have_count(0)
    shown.get_by_role("button", name="Use as reference").click()
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(1)
    drop(page, b"no clip at all", "junk.mp4", "#tab-image .stage-column")
    expect(shown).to_contain_text("has no room for this file")
    shown.get_by_role("button", name="Close").click()
    assert asked(page, "image")["prompt"] == before["prompt"]


def test_hostile_settings_are_shown_as_text_and_what_does_not_fit_is_named(
    server: StudioServer, page: Page
) -> None:
    show(page, server)
    choose(page, "image", ALL[IMAGE])
    evil = "<img src=x onerror=\"document.title='owned'\">"
    fields: dict[str, JsonValue] = {
        "kind": "image",
        "model": f"useapi:image/{evil}",
        "prompt": evil,
        "studio": evil,
        "options": {evil: evil, "ratio": "7:3"},
        "references": {"references": ["ab" * 32]},
    }
    info, out = PngInfo(), io.BytesIO()
    info.add_itxt("Multishot Studio", json.dumps(fields))
    with Image.new("RGB", (8, 8)) as small:
        small.save(out, "PNG", pnginfo=info)
    page.locator("#tab-library-button").click()
    drop(page, out.getvalue(), f"{evil}.png", "#jobs")
    shown = dialog(page)
    expect(shown.locator(".told-prompt")).to_have_text(evil)
    expect(shown.locator(".told-misfits")).to_contain_text("There is no model")
    expect(shown.locator(".told-misfits")).to_contain_text("isn't here")
    expect(shown.locator("img, script")).to_have_count(0)
    shown.get_by_role("button", name="Apply").click()
    expect(page.locator("#image-prompt textarea")).to_have_value(evil)
    form = asked(page, "image")
    assert (form["model"], form.get("references", [])) == (IMAGE, [])
    assert "7:3" not in str(form["options"])
    assert page.title() != "owned"


@pytest.mark.allows_console("status of 422")
def test_a_photo_dropped_beside_the_form_is_used_in_it_by_one_press(
    server: StudioServer, page: Page
) -> None:
    photo = picture("holiday.png", "coral")["buffer"]
    show(page, server)
    for tab, text in (("image", "Use as reference"), ("video", "Use as start frame")):
        page.locator(f"#tab-{tab}-button").click()
        drop(page, photo, "holiday.png", "#jobs")
        shown = dialog(page)
        expect(shown).to_contain_text("This file can be used in the form.")
        expect(shown).not_to_contain_text("This file has no settings")
        shown.get_by_role("button", name=text).click()
        expect(page.locator(f"#tab-{tab} .ref[data-artifact]")).to_have_count(1)
    page.locator("#tab-library-button").click()
    drop(page, photo, "holiday.png", "body")
    dialog(page).get_by_role("button", name="Use as").click()
    expect(page.locator("body")).not_to_have_attribute("data-tab", "library")


ELSEWHERE = """([type, text]) => {
  const held = new DataTransfer();
  held.setData(type, text);
  const target = document.querySelector("#tab-image .maker");
  target.dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize(
    "dragged",
    [
        ["text/html", "<meta charset='utf-8'><img src='https://example.org/x'>"],
        ["text/uri-list", "https://example.org/fox.jpg?size=large"],
    ],
    ids=["a piece of a page", "an address"],
)
def test_an_image_of_another_page_has_to_be_saved_first(
    server: StudioServer, page: Page, dragged: list[str]
) -> None:
    show(page, server)
    page.evaluate(ELSEWHERE, dragged)
    said = page.get_by_role("status").filter(has_text="This image is on another page")
    expect(said.first).to_contain_text("Save it first, then drop the saved file here.")
