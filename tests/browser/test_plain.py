"""What is pasted, dropped or typed in an unusual way: the right deed, or one plain sentence."""

import json
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue

from tests.browser.forms import ALL, asked, choose, open_tab, picture, problems, show
from tests.browser.gates import hold, until
from tests.support.servers import StudioServer

PASTE = """([target, text, bytes, name]) => {
  const held = new DataTransfer();
  if (text) held.setData("text/plain", text);
  if (bytes) held.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
  const event = new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true});
  return document.querySelector(target).dispatchEvent(event);
}"""
"""Answers whether the browser goes on to paste the text by itself."""
DROP = """([target, names]) => {
  const held = new DataTransfer();
  for (const name of names) held.items.add(new File(["x"], name, {type: "image/png"}));
  const event = new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true});
  return document.querySelector(target).dispatchEvent(event);
}"""
AREA = "#image-prompt textarea"


def uploads(page: Page) -> list[str]:
    """Addresses to which files go."""
    found: list[str] = []
    page.on(
        "request",
        lambda request: (
            found.append(request.url)
            if request.method == "POST" and "/media" in request.url
            else None
        ),
    )
    return found


def test_text_that_carries_a_picture_is_pasted_as_text(page: Page, server: StudioServer) -> None:
    show(page, server)
    sent = uploads(page)
    content = list(picture("cells.png", "#102030")["buffer"])
    assert page.evaluate(PASTE, [AREA, "A fox\tin snow", content, "image.png"])
    # Beside a field there is nothing to paste text into, and the picture of the cells is not meant.
    page.evaluate(PASTE, ["#tab-image .part-tray", "A fox\tin snow", content, "image.png"])
    assert sent == []
    expect(page.locator("#tab-image .ref.sending, #tab-image .ref[data-artifact]")).to_have_count(0)
    # A file whose name travels with it, as file managers do it, is a file all the same.
    assert not page.evaluate(PASTE, [AREA, "cells.png", content, "cells.png"])
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(1)


def test_under_a_dialog_a_file_goes_nowhere_behind(page: Page, server: StudioServer) -> None:
    show(page, server)
    sent = uploads(page)
    content = list(picture("under.png", "#203040")["buffer"])
    page.locator("#image-many").click()
    field = "dialog.many textarea"
    assert not page.evaluate(PASTE, [field, "", content, "under.png"])
    expect(page.locator("dialog.many .toast")).to_contain_text("Close this first")
    assert page.evaluate(PASTE, [field, "A line", content, "under.png"])
    assert not page.evaluate(DROP, [field, ["under.png"]])
    expect(page.locator("dialog.many .toast")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator("#image-prompt .recent").click()
    assert not page.evaluate(DROP, ["dialog.recents", ["under.png"]])
    assert sent == []
    expect(page.locator("#tab-image .ref.sending")).to_have_count(0)


def test_two_files_on_the_library_are_told_what_to_do(page: Page, server: StudioServer) -> None:
    show(page, server)
    for tab in ("library", "settings"):
        page.locator(f"#tab-{tab}-button").click()
        expect(page.locator("body")).to_have_attribute("data-tab", tab)
        page.evaluate(DROP, [f"#tab-{tab}", ["a.png", "b.png"]])
        expect(page.locator(".toast").last).to_contain_text("one file at a time")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_dropped_folder_is_called_one(page: Page, server: StudioServer, tmp_path: Path) -> None:
    show(page, server)
    sent = uploads(page)
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "a.png").write_bytes(picture()["buffer"])
    place = page.locator("#image-references").bounding_box()
    assert place
    client = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(tmp_path / "frames")], "dragOperationsMask": 1}
        given = {"type": kind, "x": place["x"] + 20, "y": place["y"] + 20, "data": data}
        client.send("Input.dispatchDragEvent", given)  # pyright: ignore[reportUnknownMemberType]
    expect(page.locator("#tab-image .tray-error")).to_have_text(
        "frames: This is a folder. Upload the files in it instead."
    )
    expect(page.locator("#tab-image .ref.sending")).to_have_count(0)
    assert sent == []


def test_a_number_of_takes_that_cannot_be_is_said(page: Page, server: StudioServer) -> None:
    show(page, server)
    page.locator("#image-many").click()
    dialog = page.locator("dialog.many")
    dialog.get_by_label("Prompts, one per line").fill("A kite")
    takes = dialog.get_by_label("Variations per prompt, each with its own seed")
    go = dialog.locator(".act.go")
    expect(go).to_have_attribute("aria-disabled", "false")
    for wrong in ("25", "0", "1.5", ""):
        takes.fill(wrong)
        expect(dialog.locator(".tool-note")).to_have_text(
            "Variations per prompt must be a whole number from 1 to 20."
        )
        expect(go).to_have_attribute("aria-disabled", "true")
        expect(takes).to_have_value(wrong)
    takes.fill("3")
    expect(go).to_have_text("Generate 3")
    expect(go).to_have_attribute("aria-disabled", "false")


def test_a_press_that_ends_a_composition_sends_nothing(page: Page, server: StudioServer) -> None:
    show(page, server)
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.url) if "batches" in request.url else None
    )
    page.locator("#image-many").click()
    dialog = page.locator("dialog.many")
    field = dialog.get_by_label("Prompts, one per line")
    field.fill("猫")
    expect(dialog.locator(".act.go")).to_have_attribute("aria-disabled", "false")
    press = """(area, keys) => area.dispatchEvent(
      new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, ...keys}))"""
    field.evaluate(press, {"isComposing": True})
    field.evaluate(press, {"keyCode": 229})
    expect(dialog).to_be_visible()
    assert not [url for url in sent if url.endswith("/batches")]
    page.keyboard.press("Escape")
    open_tab(page, "multishot")
    page.get_by_role("button", name="Edit as script", exact=True).click()
    script = page.locator("dialog.script")
    script.locator("textarea").fill("猫 | 5s")
    script.locator("textarea").evaluate(press, {"isComposing": True})
    expect(script).to_be_visible()


@pytest.mark.allows_console("status of 400")
def test_half_a_character_is_said_beside_the_prompt(page: Page, server: StudioServer) -> None:
    show(page, server)
    area = page.locator(AREA)
    area.fill("A fox")
    area.evaluate(
        """area => {
          area.value = "A fox \\ud83e";
          area.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    expect(problems(page, "image")).to_contain_text(["half of a character"])
    page.locator("#image-generate").click()
    expect(page.locator("#image-prompt .trouble")).to_contain_text("half of a character")


def test_half_a_character_in_a_search_finds_and_breaks_nothing(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    page.locator("#image-prompt .recent").click()
    page.get_by_role("searchbox", name="Search recent prompts", exact=True).evaluate(
        """field => {
          field.value = "fox \\ud83e";
          field.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    expect(page.locator("dialog.recents .tool-note")).to_have_text("No prompts match this search.")


def test_a_file_on_its_way_is_cancelled_and_generate_goes_on(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    held = hold(page, "**/media?name=slow.png*")
    chooser = page.locator("#tab-image input[type=file][data-field=references]")
    chooser.set_input_files([picture("slow.png", "#506070")])
    until(page, held)
    page.locator(AREA).fill("A heron")
    page.locator("#image-generate").click()
    expect(problems(page, "image")).to_contain_text(["slow.png is still uploading"])
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Cancel upload of slow.png").click()
    expect(page.locator("#tab-image .ref.sending")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a reference")).to_be_focused()
    with page.expect_response("**/jobs") as sent:
        page.locator("#image-generate").click()
    assert sent.value.status == 201
    assert not asked(page, "image").get("references")


def test_a_file_that_the_chosen_model_does_not_take_keeps_nobody_waiting(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["runway:video/veo3.1"])
    held = hold(page, "**/media?name=slow.png*")
    chooser = page.locator("#tab-video input[type=file][data-field=end_frame]")
    chooser.set_input_files([picture("slow.png", "#607080")])
    until(page, held)
    choose(page, "video", ALL["runway:video/gen4.5"])
    page.locator("#video-prompt textarea").fill("A whale")
    with page.expect_response("**/jobs") as sent:
        page.locator("#video-generate").click()
    assert sent.value.status == 201
    held[0].continue_()


def test_a_file_that_arrives_while_a_list_is_open_goes_along(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    held = hold(page, "**/media?name=slow.png*")
    chooser = page.locator("#tab-image input[type=file][data-field=references]")
    chooser.set_input_files([picture("slow.png", "#708090")])
    until(page, held)
    page.locator("#image-many").click()
    dialog = page.locator("dialog.many")
    dialog.get_by_label("Prompts, one per line").fill("A kite\nA crane")
    go = dialog.locator(".act.go")
    expect(go).to_have_attribute("aria-disabled", "false")
    go.click()
    expect(dialog.locator(".tool-note")).to_contain_text("slow.png is still uploading")
    held[0].continue_()
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(1)
    expect(dialog.locator(".tool-note")).to_have_text("2 jobs")
    with page.expect_request("**/batches") as sent:
        go.click()
    body = cast("dict[str, list[dict[str, JsonValue]]]", json.loads(sent.value.post_data or "{}"))
    assert [bool(one["references"]) for one in body["requests"]] == [True, True]
