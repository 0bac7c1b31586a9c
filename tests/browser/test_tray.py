"""References, pasted, dropped and ordered; and the seed's dice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.forms import ALL, asked, choose, hand_in, options, picture, show
from tests.servers import StudioServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox answers at once."""
    made = StudioServer(tmp_path_factory.mktemp("forms") / "data").start()
    yield made
    made.close()


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
    assert asked(page, "image")["prompt"] == "Put @IMG_2 on a hat"
    tiles.first.locator(".im").click()
    page.get_by_role("button", name="Later").click()
    assert ids(tiles) == [second, first] == asked(page, "image")["references"]
    tiles.first.drag_to(tiles.last)
    assert ids(tiles) == [first, second]
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
    junk = FilePayload(name="notes.png", mimeType="image/png", buffer=b"not a picture" * 40)
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
    assert options(page, "image")["diversity"] == 3
    assert options(page, "image")["explore"] is False
    page.locator("#image-explore label", has_text="free, slow").click()
    page.wait_for_function("window.studio.then(s => s.form.request('image').options.explore)")
