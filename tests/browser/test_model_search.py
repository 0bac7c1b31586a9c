"""The search of the model picker, and lists that close: one at a time, over nothing that is used meanwhile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from providers.catalogue.models import ModelSpec
from tests.browser.forms import (
    ALL,
    MODELS,
    SELLERS,
    asked,
    choose,
    choose_vendor,
    chosen,
    options,
    show,
)
from tests.browser.waits import comes
from tests.support.servers import StudioServer

ALWAYS = ("useapi:video/veo-3.1", "runway:video/veo3.1", "runware:video/google:3@2")
VEO = [spec for spec in MODELS if spec.family == "veo-3.1"]


def of_kind(kind: str) -> list[ModelSpec]:
    return [spec for spec in MODELS if spec.kind == kind]


def search(page: Page, kind: str, text: str) -> Locator:
    """What the model list offers once these words are typed into it."""
    page.locator(f"#{kind}-model input").click()
    page.locator(f"#{kind}-model input").press_sequentially(text)
    return page.get_by_role("option")


def opens(page: Page, model: str) -> None:
    """Wait until the Video form asks for this one."""
    comes(page, model, lambda: asked(page, "video")["model"])


def said(options: Locator) -> set[str]:
    return set(options.evaluate_all("all => all.map(one => one.ariaLabel)"))


def named(spec: ModelSpec) -> str:
    return f"{spec.label} · {SELLERS[spec.vendor]}" + (" (may be refused)" if spec.at_risk else "")


def test_a_newcomer_is_offered_every_model_of_every_service(
    page: Page, server: StudioServer
) -> None:
    found = page.get_by_role("option")
    for kind in ("image", "video"):
        show(page, server, kind)
        page.locator(f"#{kind}-model input").click()
        expect(found).to_have_count(len(of_kind(kind)))
        comes(page, {named(spec) for spec in of_kind(kind)}, lambda: said(found))


def sold(kind: str, part: str) -> set[str]:
    """The models whose name or family says this, in the words of the list."""
    return {named(one) for one in of_kind(kind) if part in one.label or part == one.family}


@pytest.mark.parametrize("vendor", ["All services", "useapi.net", "Runway"])
@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("video", "seedance", "Seedance"),
        ("video", "veo", "Veo"),
        ("video", "upscale", "Magnific"),
        ("image", "upscale", "Magnific"),
        ("image", "BANANA pro", "nano-banana-pro"),
        ("video", "gen45", "gen-4.5"),
    ],
)
def test_the_search_looks_at_all_services_whichever_is_shown(
    page: Page, server: StudioServer, kind: str, vendor: str, text: str, part: str
) -> None:
    show(page, server, kind)
    choose_vendor(page, kind, vendor)
    wanted = sold(kind, part)
    offered = search(page, kind, text)
    expect(offered).to_have_count(len(wanted))
    comes(page, wanted, lambda: said(offered))


def test_one_model_is_one_group_with_the_price_at_every_door(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["runway:video/veo3.1"])
    page.locator("#video-duration label", has_text="8 s").click()
    offered = search(page, "video", "veo 3.1")
    groups = page.locator("#video-model [role=group]")
    veo = groups.filter(has=page.get_by_text("Veo 3.1", exact=True))
    expect(veo).to_have_count(1)
    doors = veo.get_by_role("option")
    expect(doors).to_have_count(len(VEO))
    expect(doors.filter(has_text="Runway")).to_contain_text("320 credits")
    expect(doors.filter(has_text="Runway")).to_contain_text("for 8 s")
    expect(doors.filter(has_text="useapi.net")).to_contain_text("price unknown")
    expect(veo).to_contain_text(f"{len(VEO)} services")
    expect(offered).to_have_count(len(sold("video", "Veo 3.1")))


def test_a_door_that_is_pressed_is_the_one_that_opens_and_what_fits_goes_along(
    page: Page, server: StudioServer
) -> None:
    show(page, server, "video")
    choose(page, "video", ALL["useapi:video/kling-3.0-pro"])
    page.locator("#video-prompt textarea").fill("A red kite")
    page.locator("#video-duration label", has_text="10 s").click()
    chosen(page, "video", duration=10)
    search(page, "video", "kling").filter(has_text="Runware").first.click()
    expect(page.get_by_role("option")).to_have_count(0)
    opens(page, "runware:video/klingai:kling-video@3-pro")
    body = asked(page, "video")
    assert (body["prompt"], options(page, "video")["duration"]) == ("A red kite", 10)
    # The list of vendors follows to the door that was opened.
    expect(page.locator("#video-vendor input")).to_have_value("Runware")
    expect(page.locator("#video-model input")).to_have_value("Kling 3.0 Pro")
    page.reload()
    expect(page.locator("#video-model input")).to_have_value("Kling 3.0 Pro")


def test_the_keyboard_walks_the_doors_and_enter_opens_one(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    box = page.locator("#video-model input")
    offered = search(page, "video", "veo")
    expect(offered).to_have_count(len(sold("video", "Veo")))
    expect(box).to_have_attribute("aria-expanded", "true")
    last = offered.evaluate_all("all => all.at(-1).dataset.model")
    active = page.locator("#video-model [role=option].active")
    expect(active).to_have_attribute("aria-label", named(ALL[ALWAYS[0]]))
    page.keyboard.press("ArrowDown")
    expect(active).to_have_attribute("aria-label", named(ALL[ALWAYS[1]]))
    expect(active).to_have_id(box.get_attribute("aria-activedescendant") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(active).to_have_attribute("aria-label", named(ALL[last]))
    page.keyboard.press("Enter")
    opens(page, last)
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_be_focused()
    # Escape gives back the chosen one, and typing opens the list again.
    page.keyboard.type("sora")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value(named(ALL[last]))


def test_a_service_with_a_key_stands_first_among_the_doors(page: Page, keyed: StudioServer) -> None:
    show(page, keyed, "video")
    offered = search(page, "video", "veo 3.1")
    expect(offered).to_have_count(len(sold("video", "Veo 3.1")))
    first = offered.evaluate_all("all => all.map(one => one.ariaLabel)")[0]
    assert first == named(ALL["runware:video/google:3@2"])
    page.keyboard.press("Enter")
    opens(page, "runware:video/google:3@2")


@pytest.fixture
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    made = StudioServer(tmp_path_factory.mktemp("keyed") / "data", RUNWARE_API_KEY="r" * 32).start()
    yield made
    made.close()


def test_what_another_tab_makes_is_one_press_away(page: Page, server: StudioServer) -> None:
    show(page, server, "multishot")
    offered = search(page, "multishot", "seedance")
    expect(offered).to_have_count(0)
    list_ = page.locator("#multishot-model")
    expect(list_).to_contain_text("No model")
    rows = [spec for spec in of_kind("video") if "Seedance" in spec.label]
    # What several services sell is one model.
    count = len({spec.family or spec.id for spec in rows})
    list_.get_by_role("button", name=f"{count} on the Video tab").click()
    expect(page.locator("body")).to_have_attribute("data-tab", "video")
    expect(page.locator("#video-model input")).to_have_value("seedance")
    expect(page.get_by_role("option")).to_have_count(len(rows))


LISTS = ("#video-model input", "#video-vendor input")


def opened(page: Page, box: str) -> None:
    page.locator(box).click()
    expect(page.get_by_role("option").first).to_be_visible()


@pytest.mark.parametrize("box", LISTS)
@pytest.mark.parametrize("typed", ["", "r"])
def test_lists_close_on_tab_and_are_never_two(
    page: Page, server: StudioServer, box: str, typed: str
) -> None:
    show(page, server, "video")
    for key in ("Tab", "Shift+Tab"):
        opened(page, box)
        page.keyboard.type(typed)
        before = asked(page, "video")["model"]
        page.keyboard.press(key)
        expect(page.get_by_role("option")).to_have_count(0)
        expect(page.locator(box)).not_to_be_focused()
        page.wait_for_function("() => new Promise(go => setTimeout(() => go(true)))")
        expect(page.get_by_role("option")).to_have_count(0)
        assert asked(page, "video")["model"] == before


def test_going_through_the_form_by_keyboard_opens_no_list(page: Page, server: StudioServer) -> None:
    show(page, server, "image")
    choose(page, "image", ALL["useapi:image/gen4"])
    # The list in which it was chosen fades.
    expect(page.get_by_role("option")).to_have_count(0)
    page.locator("#image-model input").focus()
    for _ in range(25):
        assert page.get_by_role("option").count() == 0
        page.keyboard.press("Tab")
    # A key alone opens nothing either; the arrow does, and so does a letter.
    box = page.locator("#image-style input[role=combobox]")
    box.focus()
    for key in ("Shift", "Control", "Alt"):
        page.keyboard.press(key)
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("option")).to_have_count(0)


@pytest.mark.parametrize("box", [*LISTS, "#image-style input[role=combobox]"])
@pytest.mark.parametrize(
    "act", ["typing elsewhere", "a press beside it", "generate", "a dialog", "another tab"]
)
@pytest.mark.allows_console("422 (Unprocessable Entity)")
def test_a_list_outlasts_nothing(page: Page, server: StudioServer, box: str, act: str) -> None:
    kind = box[1:].partition("-")[0]
    show(page, server, kind)
    if kind == "image":
        choose(page, "image", ALL["useapi:image/gen4"])
    opened(page, box)
    match act:
        case "typing elsewhere":
            page.locator(f"#{kind}-prompt textarea").evaluate("one => one.focus()")
            page.keyboard.type("A kite")
        case "a press beside it":
            page.mouse.click(1100, 880)
        case "generate":
            page.keyboard.press("Control+Enter")
            expect(page.locator(f"#{kind}-problems li.hard").first).to_be_visible()
        case "a dialog":
            page.evaluate("document.querySelector('dialog.viewer').showModal()")
        case _:
            page.locator("#tab-library-button").click()
    expect(page.locator(f"#tab-{kind} [role=option]")).to_have_count(0)


def test_two_lists_are_never_open_at_once(page: Page, server: StudioServer) -> None:
    show(page, server, "video")
    opened(page, LISTS[0])
    page.keyboard.press("Escape")
    for box in (LISTS[1], LISTS[0], LISTS[1]):
        opened(page, box)
        expect(page.locator("[role=listbox]:visible")).to_have_count(1)
        page.mouse.click(1100, 880)


WITHIN = """([kind, width, height]) => {
  const lists = [...document.querySelectorAll(`#tab-${kind} [role=listbox]`)];
  const listed = lists.find(one => one.checkVisibility());
  const box = listed?.getBoundingClientRect();
  return box?.height && box.left >= 0 && box.right <= width && box.bottom <= height
    && listed.scrollWidth <= listed.clientWidth;
}"""


@pytest.mark.parametrize("width", [1440, 800, 360])
@pytest.mark.parametrize("kind", ["image", "video", "multishot"])
def test_the_open_list_lies_within_the_window(
    page: Page, server: StudioServer, width: int, kind: str
) -> None:
    height = 780
    page.set_viewport_size({"width": width, "height": height})
    show(page, server, kind)
    page.locator(f"#{kind}-model input").click()
    page.wait_for_function(WITHIN, arg=[kind, width, height])
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_be_in_viewport()
