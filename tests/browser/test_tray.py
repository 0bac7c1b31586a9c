"""References, pasted, dropped and ordered; and the seed's dice."""

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.forms import ALL, asked, choose, chosen, hand_in, options, picture, show
from tests.browser.gates import hold
from tests.browser.waits import comes, comes_true
from tests.support.servers import StudioServer


def test_references_have_order_names_and_limits(page: Page, server: StudioServer) -> None:
    show(page, server)
    choose(page, "image", ALL["useapi:image/nano-banana"])
    hand_in(page, "image", "references", picture("a.png", "red"), picture("b.png", "blue"))
    tiles = page.locator("#tab-image .ref[data-artifact]")
    first, second = ids(tiles)
    area = page.locator("#image-prompt textarea")
    area.fill("Put on a hat")
    area.evaluate("area => area.setSelectionRange(3, 3)")
    page.get_by_role("button", name="Insert @IMG_2 into the prompt").click()
    expect(area).to_have_value("Put @IMG_2 on a hat")
    page.wait_for_function(
        "window.studio.then(s => s.form.request('image').prompt === 'Put @IMG_2 on a hat')"
    )
    tiles.first.locator(".im").click()
    page.get_by_role("button", name="Later").click()
    comes(page, [second, first], lambda: ids(tiles))
    comes(page, [second, first], lambda: asked(page, "image")["references"])
    tiles.first.drag_to(tiles.last)
    # A drop is heard after the mouse is up.
    comes(page, [first, second], lambda: ids(tiles))
    hand_in(page, "image", "references", picture("c.png", "green"))
    expect(page.locator("#tab-image .ref.add")).to_have_count(0)
    expect(page.locator("#image-references .n")).to_have_text("3 of 3")


def ids(tiles: Locator) -> list[str | None]:
    """The artifacts of the tray, in order."""
    return [tile.get_attribute("data-artifact") for tile in tiles.all()]


@pytest.mark.allows_console("status of 422")
def test_a_file_that_is_no_picture_is_refused_in_a_sentence(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    junk = FilePayload(name="notes.png", mimeType="image/png", buffer=b"not an image" * 40)
    page.locator("#tab-image input[type=file][data-field=references]").set_input_files(junk)
    expect(page.locator("#tab-image .part-tray [role=alert]")).to_be_visible()
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(0)


def test_a_pasted_and_a_dropped_picture_become_references(page: Page, server: StudioServer) -> None:
    show(page, server)
    give = """([how, bytes, target]) => {
      const held = new DataTransfer();
      held.items.add(new File([new Uint8Array(bytes)], `${how}.png`, {type: "image/png"}));
      const event = how === "paste"
        ? new ClipboardEvent("paste", {clipboardData: held, bubbles: true, cancelable: true})
        : new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true});
      document.querySelector(target).dispatchEvent(event);
    }"""
    tiles = page.locator("#tab-image .ref[data-artifact]")
    page.evaluate(give, ["paste", list(picture()["buffer"]), "#image-prompt textarea"])
    expect(tiles).to_have_count(1)
    page.evaluate(give, ["drop", list(picture("z", "red")["buffer"]), "#tab-image .part-tray"])
    expect(tiles).to_have_count(2)


def test_the_dice_throws_a_seed_and_an_empty_seed_sends_none(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    choose(page, "image", ALL["useapi:image/gen4"])
    assert "seed" not in options(page, "image")
    page.locator("#image-seed .dice").click()
    thrown = options(page, "image")["seed"]
    assert isinstance(thrown, int)
    assert 1 <= thrown <= 4294967294
    expect(page.locator("#image-seed input")).to_have_value(str(thrown))
    page.locator("#image-seed input").fill("42")
    page.locator("#image-diversity label", has_text="3").click()
    page.wait_for_function("window.studio.then(s => s.form.request('image').options.seed === 42)")
    chosen(page, "image", diversity=3)
    assert options(page, "image")["explore"] is False
    page.locator("#image-explore label", has_text="Explore (free, slow)").click()
    page.wait_for_function("window.studio.then(s => s.form.request('image').options.explore)")


def test_references_stand_in_the_order_chosen_whatever_arrives_first(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    held: list[Route] = []
    page.route("**/media?name=a.png", lambda route: held.append(route))
    files = [picture(f"{name}.png", colour) for name, colour in COLOURS.items()]
    page.locator("#tab-image input[type=file][data-field=references]").set_input_files(files)
    tiles = page.locator("#tab-image .ref[data-artifact]")
    expect(tiles).to_have_count(2)
    expect(tiles.first.locator(".im")).to_have_attribute("aria-label", "Reference 2: b.png")
    page.get_by_role("button", name="Insert @IMG_3 into the prompt").click()
    expect(page.locator("#image-prompt textarea")).to_have_value("@IMG_3")
    held[0].continue_()
    expect(tiles).to_have_count(3)
    comes(page, ["a.png", "b.png", "c.png"], lambda: names(tiles))


COLOURS = {"a": "#a10000", "b": "#00a100", "c": "#0000a1"}
"""Bytes that nothing else here hands in: a file keeps the name under which the studio met it first."""


def names(tiles: Locator) -> list[str | None]:
    """The files of the tray, in order."""
    return [tile.locator(".im").get_attribute("title") for tile in tiles.all()]


def test_a_picture_that_is_there_already_stays_where_it_is(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    hand_in(page, "image", "references", picture("a.png", "red"), picture("b.png", "blue"))
    tiles = page.locator("#tab-image .ref[data-artifact]")
    before = ids(tiles)
    chooser = page.locator("#tab-image input[type=file][data-field=references]")
    chooser.set_input_files([picture("again.png", "red")])
    note = page.locator("#tab-image .tray-error")
    expect(note).to_have_text("again.png: This file is already among the references.")
    assert ids(tiles) == before


@pytest.mark.allows_console("status of 422")
def test_refusals_name_their_files_and_equal_ones_are_said_once(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    choose(page, "image", ALL["useapi:image/nano-banana"])
    junk = [
        FilePayload(name=f"{name}.png", mimeType="image/png", buffer=f"no picture {name}".encode())
        for name in ("one", "two")
    ]
    film = FilePayload(name="film.mp4", mimeType="video/mp4", buffer=b"0" * 99)
    chooser = page.locator("#tab-image input[type=file][data-field=references]")
    chooser.set_input_files([film, *junk, picture("good.png", "red")])
    note = page.locator("#tab-image .tray-error")
    expect(note).to_contain_text("film.mp4: References must be an image.")
    expect(note).to_contain_text("2 files (one.png, two.png): ")
    expect(page.locator("#tab-image .ref[data-artifact]")).to_have_count(1)


def test_parked_references_outlive_a_removal_and_a_reload(page: Page, server: StudioServer) -> None:
    show(page, server)
    colours = ("red", "blue", "green", "white", "black")
    hand_in(page, "image", "references", *(picture(f"{name}.png", name) for name in colours))
    choose(page, "image", ALL["useapi:image/nano-banana"])
    tiles = page.locator("#tab-image .ref[data-artifact]")
    expect(tiles).to_have_count(3)
    expect(page.locator("#image-references .n")).to_have_text("3 of 3 · 2 kept aside")
    tiles.first.locator(".gone").click()
    expect(tiles).to_have_count(2)
    page.reload()
    expect(tiles).to_have_count(2)
    choose(page, "image", ALL["useapi:image/nano-banana-pro"])
    expect(tiles).to_have_count(4)


def test_tools_stand_at_the_chosen_tile_and_the_focus_stays_in_the_tray(
    page: Page, server: StudioServer
) -> None:
    show(page, server)
    files = [picture(f"{number}.png", f"#{number:02d}8899") for number in range(14)]
    hand_in(page, "image", "references", *files)
    tiles = page.locator("#tab-image .ref[data-artifact]")
    tiles.nth(1).locator(".im").click()
    tools = page.locator("#tab-image .tray-tools")

    def between() -> bool:
        boxes = (one.bounding_box() for one in (tiles.nth(1), tools, tiles.nth(4).locator(".im")))
        tile, bar, below = boxes
        return (
            tile is not None
            and bar is not None
            and below is not None
            and tile["y"] + tile["height"] <= bar["y"] <= bar["y"] + bar["height"] <= below["y"]
        )

    comes_true(page, between)
    focused = "document.activeElement.closest('.part-tray') && document.activeElement.innerText"
    later = tools.get_by_role("button", name="Later")
    later.press("Enter")
    comes(page, "Later", lambda: page.evaluate(focused))
    comes(page, ["2.png", "1.png"], lambda: names(tiles)[1:3])
    tools.get_by_role("button", name="Remove").press("Enter")
    expect(tiles).to_have_count(13)
    comes(page, "3.png", lambda: page.evaluate("document.activeElement.title"))
    page.keyboard.press("Delete")
    expect(tiles).to_have_count(12)
    comes(page, "4.png", lambda: page.evaluate("document.activeElement.title"))
    page.keyboard.press("Alt+ArrowLeft")
    comes(page, "4.png", lambda: page.evaluate("document.activeElement.title"))
    tiles.last.locator(".gone").press("Enter")
    expect(tiles).to_have_count(11)
    page.wait_for_function("document.activeElement.closest('.part-tray')")


DROP = """([bytes, name, target]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
  const given = {dataTransfer: held, bubbles: true, cancelable: true};
  document.querySelector(target).dispatchEvent(new DragEvent("drop", given));
}"""


def test_a_file_dropped_on_a_tile_that_is_sending_goes_to_its_field(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["runway:video/veo3.1"])
    held = hold(page, "**/media?name=slow.png*")
    for field, colour in (("end_frame", "#aabbcc"), ("start_frame", "#ccbbaa")):
        chooser = page.locator(f"#tab-video input[type=file][data-field={field}]")
        chooser.set_input_files([picture("slow.png", "#334455")])
        sending = f"#tab-video .ref.sending[data-field={field}]"
        expect(page.locator(sending)).to_be_visible()
        name = f"{field}.png"
        page.evaluate(DROP, [list(picture(name, colour)["buffer"]), name, f"{sending} .im"])
        expect(page.locator(f"#video-{field}[data-artifact] .im")).to_have_attribute("title", name)
        expect(page.locator("#tab-video .ref.sending")).to_have_count(0)
        if field == "end_frame":
            expect(page.locator("#video-start_frame[data-artifact]")).to_have_count(0)
    assert held
